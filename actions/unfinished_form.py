"""A ticket's form whose memory is gone, and its buttons pressed when it is over: noticed, said, and gone on with.

The dialogue's memory may be lost while a form is open: it expires, or its store is emptied. Each step of the form leaves its
draft in the database, so a draft without an open form shows what happened, whatever the citizen says next.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from actions.fallback import HELPED
from actions.messages import Trace
from actions.replies import Reply
from actions.ticket_words import FIELDS, load_ticket_words
from actions.tickets.cards import ticket_card
from actions.tickets.service import TicketService
from actions.tickets.unfinished import Unfinished
from actions.turns import Turn

logger = logging.getLogger(__name__)
KEPT_SLOTS = ("ticket_kind", "ticket_kind_label", *(f"ticket_{field}" for field in FIELDS))
FORM = "ticket_form"
# What a reply decided that is no help: where the form was forgotten, the offer to go on with it takes its place.
NO_HELP = frozenset({"unresolved", "clarify", "smalltalk"})
OVER = {"ticket_cancelling": "utter_ticket_form_over", "follow_confirm": "utter_follow_form_over"}
WITHOUT_FORM = {
    "cancel": "utter_nothing_to_cancel",
    "change_field": "utter_nothing_to_change",
    "stay_anonymous": "utter_anonymous_is_fine",
}


STRAYED = {"cancel": "utter_nothing_to_cancel", "change": "utter_nothing_to_change"}


class UnfinishedForms:
    """Keeps the draft of an open form, and speaks of it when the form is gone."""

    def __init__(self, tickets: TicketService) -> None:
        self._tickets = tickets
        self._words = load_ticket_words()

    def keep(self, turn: Turn, slots: Mapping[str, Any]) -> None:
        """Keep what the form holds after this step; ``slots`` are those that the step changes."""
        values = {name: slots.get(name, turn.slots.get(name)) for name in KEPT_SLOTS}
        key = str(slots.get("ticket_key") or turn.slot("ticket_key"))
        self._tickets.unfinished.keep(turn.conversation_id, Unfinished(key, values))

    def forget(self, turn: Turn) -> None:
        """The form was given up."""
        self._tickets.unfinished.forget(turn.conversation_id)

    def draft(self, turn: Turn) -> Unfinished | None:
        """The draft of this conversation; None where there is none, or the database does not say."""
        try:
            return self._tickets.unfinished.of(turn.conversation_id)
        except SQLAlchemyError as error:
            logger.warning("drafts of tickets cannot be read: %s", type(error).__name__)
            return None

    def attend(self, turn: Turn, reply: Reply) -> Reply:
        """The reply of an action outside any form, with the offer to go on with a form that was lost: once for each."""
        if reply.next_action or (draft := self.draft(turn)) is None:
            return reply
        if self._words.says("resumes", turn.said):
            return self.resume(draft)
        if turn.slot("draft_offered") == draft.key:
            return reply
        if reply.trace is None or reply.trace.decision not in NO_HELP:
            reply.slots["draft_offered"] = draft.key
            return reply.say("utter_ticket_unfinished", kind=_kind(draft))
        return self._offer(draft)

    def settled(self, turn: Turn) -> Reply | None:
        """是的 and 不是 outside any form, where they belong to one that was lost or is over; None where to none."""
        draft = self.draft(turn)
        if draft is None:
            return self._over(turn) if turn.pressed else None
        if turn.offers:
            return None
        if turn.intent == "affirm":
            return self.resume(draft)
        return self._dropped(turn) if turn.slot("draft_offered") == draft.key else self._offer(draft)

    def agreed(self, turn: Turn) -> Reply | None:
        """A typed yes outside any form, where a form was lost."""
        draft = self.draft(turn)
        return self.resume(draft) if draft is not None and not turn.offers else None

    def declined(self, turn: Turn) -> Reply | None:
        """A typed no outside any form, where a form was lost and going on was offered."""
        draft = self.draft(turn)
        if draft is None or turn.offers:
            return None
        return self._dropped(turn) if turn.slot("draft_offered") == draft.key else self._offer(draft)

    def strayed(self, turn: Turn, wish: str) -> Reply:
        """What belongs into a form (``wish``: fill, change, confirm, cancel), typed where none is open."""
        draft = self.draft(turn)
        if draft is None:
            words = STRAYED.get(wish, "utter_go_on")
            return Reply(Trace(decision="smalltalk", reason=f"no form is open: {wish}")).say(words)
        return self._dropped(turn) if wish == "cancel" else self.resume(draft)

    def without_form(self, turn: Turn) -> Reply:
        """取消, 修改, 匿名 outside any form: said to the form that was lost, or answered for what they are."""
        draft = self.draft(turn)
        if draft is None:
            return Reply(Trace(decision="smalltalk", reason="no form is open")).say(WITHOUT_FORM[turn.intent])
        return self._dropped(turn) if turn.intent == "cancel" else self.resume(draft)

    def resume(self, draft: Unfinished) -> Reply:
        """Open the form again with all that was told."""
        reply = Reply(Trace(decision="action", reason="unfinished ticket resumed"), next_action=FORM)
        reply.slots = {**resumed(draft), "ticket_resume": True, "draft_offered": None, **HELPED}
        return reply.say("utter_ticket_resumed", kind=_kind(draft))

    def _offer(self, draft: Unfinished) -> Reply:
        reply = Reply(Trace(decision="action", reason="unfinished ticket offered"))
        reply.slots = {"draft_offered": draft.key}
        return reply.say("utter_ticket_unfinished", kind=_kind(draft))

    def _dropped(self, turn: Turn) -> Reply:
        self.forget(turn)
        reply = Reply(Trace(decision="action", reason="unfinished ticket dropped"), slots={"draft_offered": None})
        return reply.say("utter_ticket_cancelled")

    def _over(self, turn: Turn) -> Reply:
        """A button of a form that is over: what became of it, from the ticket that was filed with it, if one was."""
        asked, key = str(turn.entities.get("asked") or ""), str(turn.entities.get("draft") or "")
        reply = Reply(Trace(decision="action", reason=f"button of a form that is over: {asked or 'unknown'}"))
        if asked != "ticket_confirm":
            return reply.say(OVER.get(asked, "utter_button_over"))
        filed = self._tickets.filed_with(turn.conversation_id, key) if key else None
        if filed is None:
            return reply.say("utter_ticket_form_over")
        return reply.say("utter_ticket_already_filed").show(ticket_card(filed))


def resumed(draft: Unfinished) -> dict[str, Any]:
    """The form's slots as the draft has them."""
    return {**dict.fromkeys(KEPT_SLOTS), **draft.values, "ticket_key": draft.key, "ticket_confirm": None}


def _kind(draft: Unfinished) -> str:
    return draft.values.get("ticket_kind_label") or load_ticket_words().texts["some_ticket"]
