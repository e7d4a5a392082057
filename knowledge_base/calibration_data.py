"""Evidence to calibrate on: phrasings that encoder and index have not seen, and requests that are not our business.

Some entries stand there as passages of a document would: their answers cut into sentences, and nothing else known.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from knowledge_base.calibration import Calibration, Evidence
from knowledge_base.content_schema import ContentEntry
from knowledge_base.index.dense import DenseIndex
from knowledge_base.index.lexical import LexicalIndex
from knowledge_base.phrases import PASSAGE, phrases_of, sentences
from knowledge_base.search import Correct, Dense, Lexical, Normalise, SearchState, Step
from nlu.encoder.ports import Encoder
from nlu.text import content_only
from nlu.tokenizer import Tokenizer

HELD_OUT_SHARE = 0.25
# Every so many-th entry stands for a passage.
PASSAGE_EVERY = 4
CANDIDATES = 8
SEED = 11


@dataclass(frozen=True)
class HeldOut:
    """Entries without some of their phrasings, entries as passages, and questions with the entry they belong to."""

    entries: list[ContentEntry]
    passages: list[ContentEntry]
    questions: list[tuple[str, str]]


def hold_out(entries: Sequence[ContentEntry], share: float = HELD_OUT_SHARE) -> HeldOut:
    """Take ``share`` of every entry's similar questions, and of what was asked of cases, away, and of a passage all of them."""
    chooser = random.Random(SEED)  # noqa: S311 - not for security
    kept: list[ContentEntry] = []
    passages: list[ContentEntry] = []
    questions: list[tuple[str, str]] = []
    for number, entry in enumerate(entries):
        texts = [*entry.similar, *entry.asked]
        chooser.shuffle(texts)
        cut = max(1, round(len(texts) * share))
        questions += [(text, entry.id) for text in texts[:cut]]
        if number % PASSAGE_EVERY == PASSAGE_EVERY - 1:
            passages.append(_as_passage(entry, len(passages) + 1))
        else:
            kept.append(entry.model_copy(update={"similar": texts[cut:], "details": []}))
    return HeldOut(kept, passages, questions)


def _as_passage(entry: ContentEntry, number: int) -> ContentEntry:
    """The entry's answer as an article of a document, as importing makes it."""
    first, *others = sentences(entry.answer)
    article = {
        "kind": PASSAGE,
        "title": f"第{number}条",
        "question": first,
        "similar": others,
        "details": [],
        "aliases": [],
    }
    return entry.model_copy(update=article)


def nonsense(entries: Sequence[ContentEntry], count: int = 80) -> list[str]:
    """Characters of our own phrasings thrown together: every one is known, and none of it means anything."""
    chooser = random.Random(SEED)  # noqa: S311 - not for security
    characters = sorted({char for entry in entries for text in entry.similar for char in content_only(text)})
    return ["".join(chooser.choices(characters, k=chooser.randint(3, 10))) for _ in range(count)]


def fit_calibration(held: HeldOut, outside: Sequence[str], encoder: Encoder, tokenizer: Tokenizer) -> Calibration:
    """Search for the held-out phrasings, for what is ``outside`` our business and for nonsense; fit the probabilities.

    ``encoder`` must not have seen the held-out phrasings, nor the passages.
    """
    lexical = LexicalIndex(tokenizer)
    dense = DenseIndex(encoder)
    phrases = [phrase for entry in [*held.entries, *held.passages] for phrase in phrases_of(entry)]
    lexical.replace([], phrases)
    dense.replace([], phrases)
    steps: list[Step] = [Normalise(), Correct(lexical), Lexical(lexical), Dense(dense)]
    rough = Calibration()
    searches: list[tuple[dict[str, Evidence], str]] = []
    for question, entry_id in [*held.questions, *((text, "") for text in [*outside, *nonsense(held.entries)])]:
        state = SearchState(question, date.min)
        for step in steps:
            step.run(state)
        ranked = sorted(state.evidence.items(), key=lambda item: -rough.strength(item[1]))
        searches.append((dict(ranked[:CANDIDATES]), entry_id))
    return Calibration.fit(searches)
