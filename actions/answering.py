"""Answering questions: from what was understood and what was found to a card, a choice or an honest "I don't know"."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from actions.answered import with_details
from actions.answers import answer_card, choices, entry_button, has_facet
from actions.deciding.settings import load_settings
from actions.detail_finder import DetailFinder, DetailsAsked
from actions.fallback import HELPED, NOT_SURE, ask_intents, did_not_help, stretch_of
from actions.intent_labels import load_intent_labels
from actions.messages import AnswerPart, Decision, Trace, TraceHit
from actions.ports import KnowledgeSearch
from actions.questions import Question, chosen_index, is_noise, overlaps, understand
from actions.replies import Reply
from actions.turns import Turn
from knowledge_base.results import PublishedEntry, SearchHit, SearchResult
from knowledge_base.sisters import SisterGroups
from nlu.text import content_only

CHOICES = 3
CALM_INTENT = 0.6
# Probabilities this close do not tell two entries apart when only a name of so few characters was typed.
NEAR = 0.08
BARE_NAME = 4
ITEM_NOT_NAMED = "item_not_named"


@dataclass(frozen=True)
class _Found:
    """What a search gave, and the entry to answer with if there is one."""

    result: SearchResult | None
    entry: PublishedEntry | None
    facet: str
    reason: str


class QuestionAnswering:
    """Every way a question can be asked: in words, by a button, as a follow-up, by choosing."""

    def __init__(
        self,
        knowledge: KnowledgeSearch,
        choices: int = CHOICES,
        sisters: SisterGroups | None = None,
        details: DetailFinder | None = None,
    ) -> None:
        self._details = details or DetailFinder()
        self._knowledge = knowledge
        self._choices = choices
        self._sisters = sisters or SisterGroups()

    def reply(self, turn: Turn) -> Reply:
        """Answer a question, a follow-up, or whatever the classifier did not understand."""
        if turn.entities.get("entry_id"):
            return self.chosen(turn, str(turn.entities["entry_id"]), facet=understand("", turn.intent, 1.0).facet)
        if is_noise(turn.said) and not self.can_answer(turn.said):
            return self.not_understood(turn)
        question = understand(
            turn.said,
            turn.intent,
            turn.confidence,
            last_facet=turn.slot("facet"),
            pending=turn.slot("facet_pending"),
        )
        at_hand = self._knowledge.entry(turn.slot("entry_id")) if turn.slot("entry_id") else None
        if question.about_item_at_hand:
            if at_hand:
                return self._answer(turn, _Found(None, at_hand, question.facet, "follow_up"))
            if not self._names_an_item(question):
                return self._which_item(turn, question)
        return self._searched(turn, question, at_hand)

    def chosen(self, turn: Turn, entry_id: str, facet: str = "") -> Reply:
        """Answer with the entry that was chosen; say so if it is not published any more."""
        entry = self._knowledge.entry(entry_id)
        if entry is None:
            reply = Reply(Trace(decision="unresolved", reason="no_answer", entry_id=entry_id))
            return reply.say("utter_entry_gone")
        # Who chose one of several entries gets what the question asked of it in particular.
        offered = entry_id in (turn.slots.get("choices") or ()) and not facet
        question = turn.slot("last_question") if offered else ""
        return self._answer(turn, _Found(None, entry, facet or turn.slot("facet_pending"), "chosen"), question)

    def choice(self, turn: Turn) -> Reply:
        """Take one of the choices just offered, named by a button or in words (第二个)."""
        if turn.entities.get("entry_id"):
            return self.chosen(turn, str(turn.entities["entry_id"]))
        entries = list(turn.slots.get("choices") or [])
        offered = entries or turn.offers
        index = chosen_index(turn.said)
        if index is None or not -1 <= index < len(offered):
            return self.reply(replace(turn, intent="nonsense" if offered else "ask_service"))
        if not entries:
            return self._taken(turn, offered[index])
        return self.chosen(turn, str(offered[index]), facet=turn.slot("choice_facet"))

    def settled(self, turn: Turn) -> Reply:
        """是的 takes the one choice that was just offered, 不是 refuses all; otherwise the citizen is invited to go on."""
        if turn.intent == "deny" and turn.offers:
            return self.none_chosen(turn)
        return self.agreed(turn) if turn.intent == "affirm" else self._nothing_offered()

    def agreed(self, turn: Turn) -> Reply:
        """Take the one choice that was just offered; an invitation to go on where there was not just one."""
        return self._taken(turn, turn.offers[0]) if len(turn.offers) == 1 else self._nothing_offered()

    @staticmethod
    def _nothing_offered() -> Reply:
        return Reply(Trace(decision="smalltalk", reason="nothing_offered")).say("utter_go_on")

    def _taken(self, turn: Turn, payload: str) -> Reply:
        pressed = turn.taking(payload)
        if pressed.entities.get("entry_id"):
            return self.reply(pressed)
        label = load_intent_labels().offered.get(pressed.intent)
        if label is None:
            return Reply(Trace(decision="smalltalk", reason="nothing_offered")).say("utter_go_on")
        taken = {"message_id": turn.message_id, "payload": payload}
        reply = Reply(Trace(decision="action", reason="offer_taken"), slots={"taken": taken})
        reply.next_action = label.action
        return reply

    def can_answer(self, text: str) -> bool:
        """Whether the knowledge base answers this text with confidence."""
        return self._knowledge.search(text).band == "answer"

    def entry(self, entry_id: str) -> PublishedEntry | None:
        """One entry, or None where it is not published any more."""
        return self._knowledge.entry(entry_id)

    def none_chosen(self, turn: Turn) -> Reply:
        """None of the choices was meant: recorded as unresolved, with a way on."""
        refused = list(turn.slots.get("choices") or ())
        reply = did_not_help(turn, _trace("unresolved", "clarify_refused", None), "utter_rephrase", refused=refused)
        reply.slots |= dict.fromkeys(("choices", "choice_facet", "facet_pending"))
        return reply

    def rejected(self, turn: Turn) -> Reply:
        """The citizen says that the answer did not help: other entries that were close, and people."""
        asked = turn.slot("last_question")
        if not asked:
            return Reply(Trace(decision="unresolved", reason="wrong_answer")).say("utter_tell_me_more")
        result = self._knowledge.search(asked)
        others = [hit for hit in result.hits if hit.entry_id != turn.slot("entry_id")]
        buttons = [*choices(others, "", self._choices), *load_intent_labels().people_buttons]
        trace = _trace("unresolved", "wrong_answer", result)
        reply = Reply(trace, slots={"choices": [hit.entry_id for hit in others[: self._choices]], "choice_facet": None})
        return reply.say("utter_not_helpful", buttons)

    def _names_an_item(self, question: Question) -> bool:
        return self._knowledge.search(question.text).band == "answer"

    def _searched(self, turn: Turn, question: Question, at_hand: PublishedEntry | None) -> Reply:
        found = self._find(turn, question, at_hand)
        if found.entry:
            return self._answer(turn, found)
        result = found.result
        unknown = result is None or result.band == "unknown"
        said_so = turn.intent == "out_of_scope" and (turn.confidence >= CALM_INTENT or unknown)
        strange = unknown and turn.intent != "nonsense" and not question.facet
        # Who is refused is seen by no member of staff: the classifier alone does not refuse.
        if (said_so or strange) and self._knowledge.surely_outside(turn.said):
            reply = Reply(_trace("smalltalk", "out_of_scope", result), slots=stretch_of(turn).failed().slots)
            return reply.say("utter_out_of_scope")
        if result is not None and result.band != "unknown":
            return self.clarify(result, found.facet, turn)
        if question.facet and not question.subject:
            return self._which_item(turn, question)
        if turn.intent == "nonsense":
            return self.not_understood(turn)
        return self._unknown(turn, result, "low_confidence" if turn.intent == NOT_SURE else found.reason)

    def _find(self, turn: Turn, question: Question, at_hand: PublishedEntry | None) -> _Found:
        result = self._knowledge.search(question.subject if question.switched else question.text)
        facet = question.facet
        if facet and question.subject:
            # 居住证多少钱 asks of the item that 居住证怎么办 finds, not of the one whose text speaks most of fees.
            result = max(result, self._knowledge.search(f"{question.subject}怎么办"), key=_best)
        if entry := self._confident(result, facet):
            return _Found(result, entry, facet, "confident_hit")
        if question.subject and (facet or question.switched):
            bare = self._knowledge.search(question.subject)
            if entry := self._confident(bare, facet):
                return _Found(bare, entry, facet, "confident_hit_on_subject")
            result = max(result, bare, key=_best)
        if at_hand and question.switched:
            joined = self._knowledge.search(f"{question.subject}{at_hand.title}")
            if entry := self._confident(joined, facet):
                return _Found(joined, entry, facet, "confident_hit_in_context")
        follows = at_hand and facet and not question.switched and not turn.slot("facet_pending")
        if follows and at_hand and (result.band == "unknown" or overlaps(question.subject, at_hand.title)):
            return _Found(result, at_hand, facet, "follow_up")
        return _Found(result, None, facet, "no_answer")

    def _confident(self, result: SearchResult, facet: str) -> PublishedEntry | None:
        """The entry to answer with: of near equals the first that has the facet; a bare name with near equals is asked."""
        if result.band != "answer":
            return None
        best = result.hits[0]
        near = [hit for hit in result.hits if best.probability - hit.probability <= NEAR]
        entries = [entry for hit in near if (entry := self._knowledge.entry(hit.entry_id))]
        if facet:
            return next((entry for entry in entries if has_facet(entry, facet)), entries[0] if entries else None)
        bare = len(content_only(result.question)) <= BARE_NAME
        return None if bare and len(entries) > 1 else next(iter(entries), None)

    def _answer(self, turn: Turn, found: _Found, question: str = "") -> Reply:
        entry = found.entry
        assert entry is not None  # noqa: S101 - callers made sure; narrows the type
        facet = found.facet if found.facet and has_facet(entry, found.facet) else ""
        reply = Reply(
            _trace("answer", found.reason, found.result, entry_id=entry.id, facet=facet),
            slots={
                **HELPED,
                "entry_id": entry.id,
                "facet": facet or None,
                "facet_pending": None,
                "choices": None,
                "choice_facet": None,
                "last_question": turn.said or entry.question,
            },
        )
        if found.facet and not facet and entry.kind == "service_item":
            reply.say("utter_facet_missing")
        card, details = answer_card(entry, facet), DetailsAsked()
        if question and not facet:
            details = replace(self._details.find(question, entry), alone=False)
        return reply.show(with_details(card, entry, details, whole=True))

    def clarify(
        self, result: SearchResult, facet: str, turn: Turn, guess: Callable[[], AnswerPart | None] = lambda: None
    ) -> Reply:
        """Offer what may be meant and was not refused before; where it is time to leave, beside the way out.

        ``guess`` makes the card of the likeliest entry, if that may be shown: at once, with the others below, for it is right
        as often as not.
        """
        stretch, labels, settings = stretch_of(turn), load_intent_labels(), load_settings()
        least = max(settings.choice, _best(result) * settings.choice_share)
        likely = [hit for hit in result.hits if hit.probability >= least]
        hits = [hit for hit in likely if hit.entry_id not in stretch.settled][: self._choices]
        if not hits:
            return self._unknown(turn, result, "low_confidence" if turn.intent == NOT_SURE else "no_answer")
        stretch = stretch.failed() if turn.offers else stretch
        over = stretch.over
        reply = Reply(
            _trace("unresolved", "repeated_failure", result, facet=facet)
            if over
            else _trace("clarify", "several_may_be_meant", result, facet=facet)
        )
        reply.slots = {**stretch.slots, "last_question": turn.said}
        told_apart = None if over else self._told_apart(hits, stretch.settled)
        offered = told_apart[1] if told_apart else {hit.entry_id: hit.title for hit in hits}
        unsettled = not (over or told_apart) and hits[0] == result.hits[0]
        if unsettled and (card := guess()):
            return self._guessed(reply, card, offered, facet)
        reply.slots |= {"choices": list(offered), "choice_facet": facet or None}
        buttons = [entry_button(entry_id, title, facet) for entry_id, title in offered.items()]
        if over:
            return reply.say("utter_way_out_near", [*buttons, *labels.people_buttons])
        if told_apart:
            return reply.say("utter_tell_apart", [*buttons, labels.none_of_these.button], question=told_apart[0])
        return reply.say("utter_clarify", [*buttons, labels.none_of_these.button])

    def _guessed(self, reply: Reply, guess: AnswerPart, offered: Mapping[str, str], facet: str) -> Reply:
        """The likeliest answer, said to be a guess, and what else may be meant."""
        others = {name: title for name, title in offered.items() if name != guess.entry_id}
        reply.slots |= {
            "choices": list(others),
            "choice_facet": facet or None,
            "entry_id": guess.entry_id,
            "facet": None,
        }
        buttons = [entry_button(entry_id, title, facet) for entry_id, title in others.items()]
        reply.say("utter_guess").show(guess)
        return reply.say("utter_or_rather", [*buttons, load_intent_labels().none_of_these.button])

    def _told_apart(self, hits: Sequence[SearchHit], refused: Collection[str]) -> tuple[str, Mapping[str, str]] | None:
        """The question that tells the likeliest entry from its sisters, with what to choose; None where it is not about them."""
        best, settings = hits[0].probability, load_settings()
        rivals = [hit.entry_id for hit in hits[1:] if hit.probability >= best * settings.rival]
        group = self._sisters.of(hits[0].entry_id, rivals) if best >= settings.told_apart else None
        if group is None:
            return None
        left = {name: label for name, label in group.entries.items() if name not in refused}
        left = {name: label for name, label in left.items() if self._knowledge.entry(name) is not None}
        return (group.ask, left) if len(left) > 1 else None

    def without_answer(self, turn: Turn, result: SearchResult) -> Reply:
        """Say so, ask which item is meant where only a point of it was named, or what is wanted where it is not sure."""
        question = understand(turn.said, turn.intent, turn.confidence)
        if question.about_item_at_hand:
            return self._which_item(turn, question)
        return self._unknown(turn, result, "low_confidence" if turn.intent == NOT_SURE else "no_answer")

    def _which_item(self, turn: Turn, question: Question) -> Reply:
        reply = Reply(_trace("clarify", ITEM_NOT_NAMED, None, facet=question.facet))
        reply.slots = {"facet_pending": question.facet, "last_question": turn.said}
        return reply.say("utter_which_item")

    def _unknown(self, turn: Turn, result: SearchResult | None, reason: str) -> Reply:
        trace = _trace("unresolved", reason, result)
        if asked := ask_intents(turn, trace):
            return asked
        passed_over = turn.offers and turn.intent == NOT_SURE
        reply = did_not_help(turn, trace, "utter_rephrase" if passed_over else "utter_unknown")
        reply.slots |= {
            "last_question": turn.said or turn.slot("last_question"),
            "facet_pending": None,
            "choices": None,
        }
        return reply

    def not_understood(self, turn: Turn) -> Reply:
        """Nothing can be read from it."""
        return did_not_help(turn, Trace(decision="smalltalk", reason="nothing_to_understand"), "utter_nonsense")


def _best(result: SearchResult) -> float:
    return result.hits[0].probability if result.hits else 0.0


def trace_hits(hits: Sequence[SearchHit]) -> list[TraceHit]:
    """Hits as they are kept with the turn."""
    return [TraceHit(id=hit.entry_id, title=hit.title, score=round(hit.probability, 4)) for hit in hits]


def _trace(
    decision: Decision, reason: str, result: SearchResult | None, *, entry_id: str = "", facet: str = ""
) -> Trace:
    if result is None:
        return Trace(decision=decision, reason=reason, entry_id=entry_id, facet=facet)
    return Trace(
        decision=decision,
        reason=reason,
        entry_id=entry_id,
        facet=facet,
        hits=trace_hits(result.hits),
        latency_ms={"search": round(result.latency_ms, 3)},
    )
