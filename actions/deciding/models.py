"""What is learned from the labelled conversations: what a message wants, and which point of a matter it asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from actions.deciding.scenarios import ACTS, DANGER, QUESTIONS, Said
from actions.deciding.situation import Situation
from actions.facets import load_facets
from nlu.text_classifier import Options, SentenceVectors, TextClassifier
from nlu.tokenizer import Tokenizer

WISHES, ASPECTS, DOORS = "wishes", "aspects", "doors"
# docs/dialogue.md has the tables of what was tried.
WISH_OPTIONS = Options(
    shortest=1, longest=4, least_count=2, strength=8.0, function_words=True, balanced=False, vector_scale=1.5
)
ASPECT_OPTIONS = Options(
    shortest=1, longest=4, least_count=2, strength=8.0, function_words=True, balanced=True, vector_scale=1.5
)
# Which kind of business that is not ours: few examples, the meaning tells most.
DOOR_OPTIONS = Options(shortest=1, longest=3, least_count=2, strength=5.0, balanced=True, vector_scale=2.0)
OUTSIDE, STRANGE = "outside", 150
SEVERAL = "ask_several"
ASK = "ask"
# Asked of no single point.
GENERAL = "general"
WISH_NAMES = frozenset(ACTS - QUESTIONS - {DANGER} | {ASK, SEVERAL})


def wish_of(said: Said) -> str:
    """The label of the model of wishes: questions are one, but for several in one message."""
    return SEVERAL if said.act == SEVERAL else said.wish


def aspect_marks(text: str, situation: Situation) -> list[str]:
    """What is told beside the words: the point asked before, and the words of a point that the catalogue knows."""
    asked = [f"words={facet.name}" for facet in load_facets().facets.values() if facet.asked_in(text)]
    return [f"was={situation.aspect}", f"hand={situation.at_hand}", *asked]


class DecidingModels:
    """Three linear models; made by :meth:`train`, kept by :meth:`save`. Used from several threads."""

    def __init__(self, wishes: TextClassifier, aspects: TextClassifier, doors: TextClassifier) -> None:
        self._wishes = wishes
        self._aspects = aspects
        self._doors = doors

    @classmethod
    def train(cls, said: Sequence[Said], outside: Sequence[str], encoder: SentenceVectors | None) -> DecidingModels:
        """Learn from turns, and from requests that are none of a government's business, as a first message.

        Of the conversations' own requests of that kind there are few; with 150 more the model knows five in six of others, with
        400 it takes citizens' questions for them. Examples of all intents took two points of the held-out pens.
        """
        calm = [one for one in said if one.act != DANGER]
        strange = [Said("", "", text, OUTSIDE, Situation()) for text in outside[:: max(1, len(outside) // STRANGE)]]
        wishes = TextClassifier(Tokenizer(), encoder, WISH_OPTIONS).fit(
            [one.text for one in [*calm, *strange]],
            [wish_of(one) for one in [*calm, *strange]],
            [one.situation.marks(one.text) for one in [*calm, *strange]],
        )
        asked = [(one, name) for one in calm if one.act in QUESTIONS for name in one.aspects or (GENERAL,)]
        aspects = TextClassifier(Tokenizer(), encoder, ASPECT_OPTIONS).fit(
            [one.text for one, _ in asked],
            [name for _, name in asked],
            [aspect_marks(one.text, one.situation) for one, _ in asked],
        )
        named = [one for one in calm if one.act == OUTSIDE and one.matter]
        doors = TextClassifier(Tokenizer(), encoder, DOOR_OPTIONS).fit(
            [one.text for one in named], [one.matter.partition("|")[0] for one in named]
        )
        return cls(wishes, aspects, doors)

    def wishes(self, text: str, situation: Situation) -> Mapping[str, float]:
        """How probable each wish is (0–1)."""
        return dict(self._wishes.classify(text, situation.marks(text)).ranking)

    def aspects(self, text: str, situation: Situation) -> Mapping[str, float]:
        """How probable each point is, likeliest first (0–1)."""
        return dict(self._aspects.classify(text, aspect_marks(text, situation)).ranking)

    def door(self, text: str) -> tuple[str, float]:
        """Of which kind something is that is none of ours, and how probable that is (0–1)."""
        found = self._doors.classify(text)
        return found.label, found.probability

    def save(self, folder: Path) -> None:
        """Write to ``folder``."""
        for name, model in ((WISHES, self._wishes), (ASPECTS, self._aspects), (DOORS, self._doors)):
            model.save(folder / name)

    @classmethod
    def load(cls, folder: Path, encoder: SentenceVectors | None) -> DecidingModels:
        """Read what ``save`` wrote; raises FileNotFoundError. ``encoder``: the one that was trained with."""
        return cls(*(TextClassifier.load(folder / name, Tokenizer(), encoder) for name in (WISHES, ASPECTS, DOORS)))
