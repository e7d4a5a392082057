"""All that speaks for one act or another, gathered once a turn."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from actions.deciding import at_hand
from actions.deciding.intent_wishes import load_intent_wishes
from actions.deciding.models import ASK, OUTSIDE, SEVERAL, DecidingModels
from actions.deciding.pieces import clauses, numbered, pieces
from actions.deciding.settings import Settings, load_settings
from actions.deciding.situation import Situation
from actions.facets import load_facets
from actions.ports import KnowledgeSearch
from actions.questions import chosen_index
from actions.turns import Turn
from knowledge_base.results import PublishedEntry, SearchResult
from nlu.encoder.ports import Encoder
from nlu.text import content_only

# An entry that was picked by an ordinal is meant.
PICKED = 0.95
EVENT = "event"
WHOLE_REQUEST = 7
SURELY_FOUND = 0.9
# 第一个, 头一个, 最后那个; 一个月 is none.
ORDINALS = ("第", "头一", "最后")


@dataclass(frozen=True)
class Asked:
    """One question of a message. ``entry``: what to answer with, None where it is not sure or nothing is known.

    ``right``: how probable it is that the entry is right; ``at_hand``: that the item at hand is meant (both 0–1).
    ``aspects``: how probable each point is, likeliest first. ``result``: what the words alone find.
    """

    text: str
    result: SearchResult
    entry: PublishedEntry | None
    right: float
    at_hand: float
    aspects: Mapping[str, float]


@dataclass(frozen=True)
class Evidence:
    """``wishes``: how probable each wish is; ``questions``: at least one, whatever the message is. ``door``: of which kind it
    is if it is none of ours, and how probable that is. ``awaited``: how probable it is that the message is what an open sum asked
    for (0–1).
    """

    turn: Turn
    situation: Situation
    wishes: Mapping[str, float]
    questions: Sequence[Asked]
    door: tuple[str, float]
    awaited: float = 0.0

    def weighed(self, wishes: Collection[str], odds: float) -> Evidence:
        """With some wishes so many times as probable as they were."""
        return replace(self, wishes=_weighed(self.wishes, wishes, odds))

    @property
    def asks(self) -> float:
        """How probable it is that something is asked."""
        return self.wishes[ASK] + self.wishes[SEVERAL]

    @property
    def answered(self) -> bool:
        """Whether one of the questions has an entry to answer with."""
        return any(one.entry is not None for one in self.questions)


class EvidenceGathering:
    """Looks at a message once. ``encoder``: the pretrained one, None where there is none. ``tells_event``: whether a text has
    the words of an event of life, which alone decide nothing.
    """

    def __init__(
        self,
        models: DecidingModels,
        knowledge: KnowledgeSearch,
        encoder: Encoder | None,
        tells_event: Callable[[str], bool] = lambda text: False,
    ) -> None:
        self._tells_event = tells_event
        self._models = models
        self._knowledge = knowledge
        self._encoder = encoder
        self._settings: Settings = load_settings()

    def gather(self, turn: Turn) -> Evidence:
        """The evidence of a typed message."""
        situation, wishes = situation_of(turn), self.wishes(turn)
        questions = self._questions(turn, situation, wishes)
        if self._tells_event(turn.said):
            wishes = _weighed(wishes, {EVENT}, self._settings.event_odds)
        wishes = _weighed(wishes, {OUTSIDE}, self._outside_odds(turn.said, situation, questions))
        return Evidence(turn, situation, wishes, questions, self._models.door(turn.said))

    def _questions(self, turn: Turn, situation: Situation, wishes: Mapping[str, float]) -> list[Asked]:
        """What is asked, each with what is found for it; the item of one question is at hand for the next."""
        picked, said = _picked(turn), turn.said
        at_hand_id = picked or turn.slot("entry_id")
        entry = self._knowledge.entry(at_hand_id) if at_hand_id else None
        several = wishes[SEVERAL] >= self._settings.several or numbered(said)
        questions: list[Asked] = []
        for part in pieces(said, self._asks) if several else [said]:
            least = self._settings.beside_at_hand if questions else self._settings.at_hand
            asked = self._asked(part, entry, situation, least)
            if questions and entry and _goes_on(asked):
                asked = replace(asked, entry=entry, right=asked.at_hand)
            if picked and entry:
                asked = replace(asked, entry=entry, right=PICKED, at_hand=PICKED)
            questions.append(asked)
            entry = asked.entry or entry
        return questions

    def _outside_odds(self, said: str, situation: Situation, questions: Sequence[Asked]) -> float:
        """How many times as probable it is that a message is none of ours, in the light of what was found.

        What goes on about the item at hand may be anything: only what the words find by themselves makes it ours. The judge of
        scope has learned from whole requests: of a few words, or of what goes on, it knows nothing.
        """
        settings = self._settings
        if any(one.entry and one.right != one.at_hand for one in questions):
            return settings.outside_known
        short = len(content_only(said)) < WHOLE_REQUEST
        odds = settings.outside_short if short else 1.0
        if any(one.result.band == "clarify" for one in questions):
            return odds * settings.outside_near
        if not (short or situation.at_hand or situation.form) and self._knowledge.surely_outside(said):
            odds *= settings.outside_odds
        return odds

    def wishes(self, turn: Turn) -> Mapping[str, float]:
        """How probable each wish is: by the model, and by the classifier of intents beside it."""
        heard = self._models.wishes(turn.said, situation_of(turn))
        return load_intent_wishes().blended(heard, turn.said, turn.ranking)

    def _asks(self, part: str) -> float:
        heard = self._models.wishes(part, Situation())
        return heard[ASK] + heard[SEVERAL]

    def _asked(self, text: str, entry: PublishedEntry | None, situation: Situation, least: float) -> Asked:
        alone = self._found(text)
        aspects = self._models.aspects(text, situation)
        best = alone.hits[0].probability if alone.hits else 0.0
        first = self._knowledge.entry(alone.hits[0].entry_id) if alone.band == "answer" else None
        if entry is None:
            return Asked(text, alone, first, best, 0.0, aspects)
        together = self._knowledge.search(at_hand.joined(entry, text))
        here = at_hand.probability(at_hand.figures(text, entry, alone, together, self._encoder))
        # What is found for sure by its own words is meant, whatever is at hand.
        rival = best if best >= SURELY_FOUND else best * (1 - here)
        if here >= least and here > rival:
            return Asked(text, alone, entry, here, here, aspects)
        return Asked(text, alone, first, best * (1 - here) if first is None else best, here, aspects)

    def _found(self, text: str) -> SearchResult:
        """What the words find; of a story, what a part of it finds by itself, if that is sure."""
        whole = self._knowledge.search(text)
        if whole.band == "answer":
            return whole
        parts = [self._knowledge.search(part) for part in clauses(text)]
        sure = [one for one in parts if one.hits and one.hits[0].probability >= self._settings.clause]
        return max(sure, key=lambda one: one.hits[0].probability, default=whole)


def _picked(turn: Turn) -> str:
    """The one of the entries just shown that an ordinal means (第一个要什么材料); empty where none is."""
    shown = list(turn.slots.get("choices") or ()) if turn.slot("did") == "answered" else []
    ordinal = any(word in turn.said for word in ORDINALS)
    index = chosen_index(turn.said) if shown and ordinal else None
    return str(shown[index]) if index is not None and -1 <= index < len(shown) else ""


def _goes_on(asked: Asked) -> bool:
    """Whether a part of a message asks one thing more of what stands before it: a few words that find nothing (多少钱)."""
    few = len(content_only(asked.text)) < WHOLE_REQUEST
    return few and asked.entry is None and asked.result.band == "unknown"


def _weighed(wishes: Mapping[str, float], some: Collection[str], odds: float) -> Mapping[str, float]:
    shares = {name: share * (odds if name in some else 1.0) for name, share in wishes.items()}
    total = sum(shares.values())
    return {name: share / total for name, share in shares.items()}


def situation_of(turn: Turn) -> Situation:
    """Where the conversation stands before this message, from what is remembered."""
    form, asked = turn.form.removesuffix("_form"), turn.slot("requested_slot").partition("_")[2]
    return Situation(
        did=turn.slot("did"),
        form=form,
        asked=asked if form else "",
        at_hand=bool(turn.slot("entry_id")),
        aspect=load_facets().aspect_of(turn.slot("facet")),
        has_ticket=bool(turn.slot("has_ticket")),
    )
