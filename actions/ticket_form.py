"""Filing a ticket in a conversation: one step of the form, and its end. What Rasa calls the form asks the questions."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from actions.deciding.decide import Deciding
from actions.fallback import HELPED
from actions.interruptions import Interruptions
from actions.messages import Trace
from actions.number_check import with_number_hint
from actions.questions import is_noise, is_question
from actions.replies import Reply
from actions.ticket_fields import merge, read_fields
from actions.ticket_filling import TicketFilling
from actions.ticket_slots import cleared, draft_of, summary_of
from actions.ticket_words import FIELDS, load_ticket_words, tells_what
from actions.tickets.cards import ticket_card
from actions.tickets.drafts import MAX_LENGTHS, MAX_TEXT
from actions.tickets.errors import TicketError
from actions.tickets.service import TicketService
from actions.turns import Turn
from actions.unfinished_form import UnfinishedForms, resumed

logger = logging.getLogger(__name__)

INVALID_PHONES_BEFORE_ANONYMOUS = 2
# How probable a wish must be to be taken as plainly said, and to be taken as likelier than not (0–1).
SURE, EVEN = 0.6, 0.5
# Questions the form asks beside those for its fields; nothing is stored under these names.
PSEUDO_SLOTS = frozenset({"cancelling", "field"})


class TicketForm:
    """Reads each message of an open form and decides what it means for the draft, which lives in slots ``ticket_*``."""

    def __init__(
        self,
        tickets: TicketService,
        interruptions: Interruptions,
        deciding: Deciding,
        unfinished: UnfinishedForms,
        now: Callable[[], datetime],
    ) -> None:
        self._tickets = tickets
        self._unfinished = unfinished
        self._interruptions = interruptions
        self._deciding = deciding
        self._now = now
        self._filling = TicketFilling(now)
        self._words = load_ticket_words()

    def step(self, turn: Turn) -> Reply:
        """What one message changes. Slots that stay None are asked next; ``close_form`` ends the form."""
        if turn.form_opens and turn.slots.get("ticket_resume"):
            return self._remembered(turn, Reply(None, slots={"ticket_resume": None, "ticket_confirm": None}))
        asked = turn.slot("requested_slot").removeprefix("ticket_")
        reply = self._opened(turn) if turn.form_opens else self._meaning(turn, asked)
        return self._remembered(turn, with_number_hint(turn, reply))

    def finish(self, turn: Turn) -> Reply:
        """File what was confirmed, or say that nothing was filed; a draft that cannot be filed is kept open."""
        outcome = turn.slot("ticket_outcome")
        if turn.slot("ticket_confirm") != "yes":
            return self._not_filed(turn, outcome)
        draft = draft_of(turn)
        # One form files one ticket, in however many turns and from whatever memory it is confirmed.
        key = turn.slot("ticket_key") or turn.message_id
        try:
            filed = self._tickets.file(draft, conversation_id=turn.conversation_id, idempotency_key=key)
        except (TicketError, SQLAlchemyError) as error:
            return self._kept_open(error)
        trace = Trace(decision="action", reason="ticket filed", ticket_number=filed.ticket.number)
        reply = Reply(trace, slots=cleared(known_number=None, known_code=None, did="filed", has_ticket=True, **HELPED))
        reply.say("utter_ticket_filed").show(ticket_card(filed.ticket, sealed_code=filed.sealed_code))
        return reply.say("utter_ticket_next")

    def _opened(self, turn: Turn) -> Reply:
        words = turn.words or (turn.slot("last_question") if turn.pressed else "")
        told = read_fields(words, "what", self._now())
        left = self._unfinished.draft(turn)
        if left and not (turn.words and (tells_what(turn.words) or told.where or told.when or told.contact)):
            reply = Reply(_trace("unfinished ticket resumed"), slots=cleared(**resumed(left), **HELPED))
            return reply.say("utter_ticket_resumed", kind=str(left.values.get("ticket_kind_label") or ""))
        kind = self._words.kinds.get(str(turn.entities.get("ticket_kind") or self._words.kind_of(words)))
        kind = kind or self._words.kinds[self._words.default_kind]
        slots = cleared(
            ticket_kind=kind.name,
            ticket_kind_label=kind.label,
            ticket_key=turn.message_id,
            draft_offered=None,
            did="form",
            **HELPED,
        )
        slots |= {f"ticket_{field}": "" for field in kind.skip}
        found = merge({}, told, "what", changes=False)
        if not tells_what(words):
            found.pop("what", None)
        elif turn.words or len(words) <= MAX_TEXT:
            found["what"] = words
        slots |= {f"ticket_{field}": value for field, value in found.items()}
        reply = Reply(_trace(f"ticket form opened: {kind.name}"), slots=slots)
        if left:
            reply.say("utter_ticket_anew")
        return reply.say("utter_ticket_opened", kind=kind.label)

    def _meaning(self, turn: Turn, asked: str) -> Reply:
        for read in (self._cancelling, self._cancel, self._change, self._field_named, self._contact_wish):
            if reply := read(turn, asked):
                return reply
        if asked in PSEUDO_SLOTS:
            asked = self._next_field(turn)
        if asked == "confirm":
            return self._confirming(turn)
        aside = self._aside(turn, asked)
        return aside or self._value(turn, asked)

    def _cancelling(self, turn: Turn, asked: str) -> Reply | None:
        if asked != "cancelling":
            return None
        meant = turn.entities.get("asked") in (None, "ticket_cancelling")
        if (
            (turn.intent == "affirm" and turn.pressed and meant)
            or self._words.says("agrees", turn.said)
            or self._wants_out(turn)
        ):
            return self._cancelled()
        if self._words.says("refuses", turn.said) or turn.pressed:
            return Reply(_trace("goes on after thinking about cancelling")).say("utter_ticket_goes_on")
        return None

    def _cancel(self, turn: Turn, asked: str) -> Reply | None:
        if not self._wants_out(turn):
            return None
        if not any(turn.slot(f"ticket_{field}") for field in FIELDS):
            return self._cancelled()
        return Reply(_trace("asks whether to cancel"), slots={"requested_slot": "ticket_cancelling"})

    def _wants_out(self, turn: Turn) -> bool:
        if turn.pressed:
            return turn.intent == "cancel"
        return self._words.says("cancel", turn.said) or self._deciding.wishes(turn)["cancel"] >= SURE

    def _cancelled(self) -> Reply:
        return Reply(None, slots={"ticket_outcome": "cancelled"}, close_form=True)

    def _change(self, turn: Turn, asked: str) -> Reply | None:
        if turn.pressed and turn.intent == "change_field":
            field = str(turn.entities.get("ticket_field") or "")
            return self._reopened(field) if field in FIELDS else self._which_field()
        if turn.pressed or (asked == "what" and not turn.slot("ticket_what")):
            return None
        if self._words.says("change_alone", turn.said):
            return self._which_field()
        if self._words.says("field_alone", turn.said):
            return self._reopened(self._words.field_in(turn.said)[0])
        change = self._words.change_in(turn.said)
        if change is None and asked == "confirm" and self._words.says("change", turn.said):
            return None if tells_what(turn.said) else self._which_field()
        if change is None or not (change[0] or asked == "confirm"):
            return None
        field, value = change
        if not field:
            return self._which_field()
        return self._filling.filled(turn, field, value, changes=True) if value else self._reopened(field)

    def _field_named(self, turn: Turn, asked: str) -> Reply | None:
        """The name of a field that is to be changed, or at once its new value, as short as that."""
        if asked not in {"field", "confirm"} or turn.pressed or is_question(turn.said):
            return None
        if asked == "confirm" and (tells_what(turn.said) or self._words.says("agrees", turn.said)):
            return None
        field, value = self._words.field_in(turn.said)
        if not field:
            return None
        return self._filling.filled(turn, field, value, changes=True) if value else self._reopened(field)

    def _next_field(self, turn: Turn) -> str:
        return next((field for field in FIELDS if turn.slots.get(f"ticket_{field}") is None), "confirm")

    def _reopened(self, field: str) -> Reply:
        return Reply(_trace(f"changes {field}"), slots={f"ticket_{field}": None, "ticket_confirm": None})

    def _which_field(self) -> Reply:
        return Reply(_trace("asks which field to change"), slots={"requested_slot": "ticket_field"})

    def _contact_wish(self, turn: Turn, asked: str) -> Reply | None:
        if asked not in {"contact", "confirm"} or (turn.pressed and turn.intent != "stay_anonymous"):
            return None
        if turn.pressed or self._words.says("anonymous", turn.said):
            return self._filling.fill("contact", self._words.texts["anonymous_value"])
        return None

    def _confirming(self, turn: Turn) -> Reply:
        if turn.pressed and turn.intent == "affirm" and not self._is_own_button(turn):
            return self._filling.not_understood("utter_button_over")
        if (turn.pressed and turn.intent == "affirm") or self._agrees(turn):
            return Reply(None, slots={"ticket_confirm": "yes"})
        if self._words.says("refuses", turn.said) or (turn.pressed and turn.intent == "deny"):
            return self._which_field()
        if aside := self._aside(turn, "confirm"):
            return aside
        if turn.pressed:
            return self._filling.not_understood("utter_button_over")
        if is_noise(turn.said) or not tells_what(turn.said):
            return self._filling.not_understood()
        return self._told(turn, "confirm")

    def _agrees(self, turn: Turn) -> bool:
        """Whether the summary is plainly confirmed, and nothing more is told with it."""
        if turn.pressed:
            return False
        if self._words.says("agrees", turn.said):
            return True
        told = read_fields(turn.said, "confirm", self._now())
        return self._deciding.wishes(turn)["confirm"] >= SURE and not (
            told.where or told.when or told.contact or told.denied
        )

    @staticmethod
    def _is_own_button(turn: Turn) -> bool:
        """Whether 确认提交 stands below this form's summary, not below that of one that is over."""
        asked, draft = turn.entities.get("asked"), turn.entities.get("draft")
        return asked in (None, "ticket_confirm") and draft in (None, turn.slot("ticket_key"))

    def _aside(self, turn: Turn, asked: str) -> Reply | None:
        if turn.said and (response := self._words.question_about_filing(turn.said)) and is_question(turn.said):
            return Reply(_trace("a question about filing"), slots={"ticket_confirm": None}).say(response)
        free = asked in {"what", "confirm"}
        reply = self._interruptions.reply(turn, plausible=self._plausible(turn, asked), free_text=free)
        if reply is None:
            return None
        reply.slots["ticket_confirm"] = None
        return reply.say("utter_ticket_back")

    def _plausible(self, turn: Turn, asked: str) -> bool:
        """Whether the text looks like what was asked for."""
        told = read_fields(turn.said, asked, self._now())
        if asked == "contact":
            return bool(told.contact or told.wrong_number or told.no_contact or told.anonymous)
        if is_question(turn.said):
            return False
        if asked in {"where", "when"}:
            return bool(getattr(told, asked)) or told.unsure
        return tells_what(turn.said)

    def _value(self, turn: Turn, asked: str) -> Reply:
        if turn.pressed:
            return self._filling.not_understood("utter_button_over")
        if asked != "contact" and is_noise(turn.said):
            return self._filling.not_understood()
        if asked in MAX_LENGTHS and asked != "contact" and len(turn.said) > MAX_LENGTHS[asked]:
            return self._filling.not_understood("utter_ticket_too_long")
        return self._told(turn, asked)

    def _told(self, turn: Turn, asked: str) -> Reply:
        """Every field that the message tells of; a correction of a part goes into what stood there."""
        changes = asked == "confirm" or self._deciding.wishes(turn)["change"] >= EVEN
        return self._filling.filled(turn, asked, turn.said, changes=changes)

    def _remembered(self, turn: Turn, reply: Reply) -> Reply:
        """The reply with the summary as it is now; what the form holds is kept where it outlives the dialogue's memory."""
        if reply.close_form:
            return reply
        if not turn.slot("ticket_key"):
            reply.slots.setdefault("ticket_key", turn.message_id)
        self._unfinished.keep(turn, reply.slots)
        reply.slots["ticket_summary"] = summary_of({**turn.slots, **reply.slots})
        return reply

    def _not_filed(self, turn: Turn, outcome: str) -> Reply:
        if outcome == "cancelled":
            self._unfinished.forget(turn)
            return Reply(_trace("ticket form cancelled"), slots=cleared()).say("utter_ticket_cancelled")
        return Reply(None, slots=cleared())

    def _kept_open(self, error: Exception) -> Reply:
        reply = Reply(Trace(decision="unresolved", reason=f"ticket not filed: {type(error).__name__}"))
        reply.slots = {"ticket_confirm": None, "ticket_resume": True}
        reply.next_action = "ticket_form"
        if isinstance(error, TicketError):
            return reply.say("utter_ticket_problem", problem=str(error))
        logger.error("ticket not filed", exc_info=error)
        return reply.say("utter_ticket_not_saved")


def _trace(reason: str) -> Trace:
    return Trace(decision="action", reason=reason)
