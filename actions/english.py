"""Answering questions asked in English: the entry that is found, its title and key facts in English where it has them."""

from __future__ import annotations

from actions.answers import answer_card, payload
from actions.fallback import HELPED
from actions.messages import AnswerPart, Button, Decision, Trace, TraceHit
from actions.ports import KnowledgeSearch
from actions.replies import Reply
from actions.turns import Turn
from knowledge_base.results import PublishedEntry, SearchResult
from nlu.english import is_english, to_search_words


class EnglishAnswers:
    """Finds by the Chinese words that a glossary gives for the English ones; never translates an answer by itself."""

    def __init__(self, knowledge: KnowledgeSearch, choices: int) -> None:
        self._knowledge = knowledge
        self._choices = choices

    def reply(self, turn: Turn) -> Reply | None:
        """The reply to a question in English; None where the message is not in English."""
        if not is_english(turn.said):
            return None
        words = to_search_words(turn.said)
        result = self._knowledge.search(words) if words else None
        if result is None or result.band == "unknown":
            return self._unknown(turn, result)
        best = self._knowledge.entry(result.hits[0].entry_id)
        if result.band == "answer" and best is not None:
            return self._answer(turn, best, result)
        return self._choice(turn, result)

    def _answer(self, turn: Turn, entry: PublishedEntry, result: SearchResult) -> Reply:
        reply = Reply(_trace("answer", result, entry.id))
        reply.slots = {
            **HELPED, "did": "answered", "entry_id": entry.id, "facet": None, "choices": None, "last_question": turn.said
        }  # fmt: skip
        if not entry.summary_en:
            reply.say("utter_english_only_chinese")
        return reply.show(english_card(entry))

    def _choice(self, turn: Turn, result: SearchResult) -> Reply:
        found = [entry for hit in result.hits if (entry := self._knowledge.entry(hit.entry_id))][: self._choices]
        buttons = [
            Button(title=entry.title_en or entry.title, payload=payload("choose_entry", entry_id=entry.id))
            for entry in found
        ]
        reply = Reply(_trace("clarify", result))
        reply.slots = {"did": "choices", "choices": [entry.id for entry in found], "last_question": turn.said}
        return reply.say("utter_english_choices", buttons)

    def _unknown(self, turn: Turn, result: SearchResult | None) -> Reply:
        reply = Reply(_trace("unresolved", result), slots={"did": "asked_back", "last_question": turn.said})
        return reply.say("utter_english_unknown")


def english_card(entry: PublishedEntry) -> AnswerPart:
    """The answer's card with title and key facts in English; in Chinese what nobody wrote in English."""
    card = answer_card(entry)
    title = f"{entry.title_en} ({entry.title})" if entry.title_en else entry.title
    return card.model_copy(update={"title": title, "text": entry.summary_en or card.text})


def _trace(decision: Decision, result: SearchResult | None, entry_id: str = "") -> Trace:
    hits = result.hits if result is not None else ()
    return Trace(
        decision=decision,
        reason="in_english" if decision != "unresolved" else "no_answer",
        entry_id=entry_id,
        hits=[TraceHit(id=hit.entry_id, title=hit.title, score=round(hit.probability, 4)) for hit in hits],
    )
