"""Indexes for tests: vectors in bundles as sentences are, and a small encoder that is made at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from knowledge_base.index.dense import DenseIndex
from knowledge_base.index.faiss_engine import FaissEngine
from knowledge_base.index.keeper import IndexKeeper, SnapshotRules
from knowledge_base.index.lexical import LexicalIndex
from knowledge_base.index.snapshots import Snapshots
from knowledge_base.lifecycle import EntryStatus
from knowledge_base.models import Entry
from knowledge_base.published import PublishedEntries
from nlu.encoder.ports import Vectors
from nlu.tokenizer import Tokenizer

DIMENSION = 16
FINGERPRINT = "encoder-1"
TOKENIZER = Tokenizer()


def bundles(count: int, seed: int = 0, dimension: int = DIMENSION, middles: int = 12) -> Vectors:
    """Unit vectors around a few middles."""
    chance = np.random.default_rng(seed)
    around = chance.normal(size=(middles, dimension))[chance.integers(0, middles, count)]
    made = around + 0.4 * chance.normal(size=(count, dimension))
    unit: Vectors = (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)
    return unit


class CountingEncoder:
    """Characters hashed into a few directions; counts the texts that it was asked for."""

    dimension = 64

    def __init__(self) -> None:
        self.encoded = 0

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.encoded += len(texts)
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for character in text:
                vectors[row, ord(character) % self.dimension] += 1
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.divide(vectors, norms, out=vectors, where=norms > 0)


def entry(name: str, text: str, status: str = EntryStatus.PUBLISHED) -> Entry:
    """A published entry that says ``text`` in three places."""
    return Entry(
        id=name, topic="hukou", kind="entry", status=status, title=text, question=f"{text}怎么办？", similar=[],
        aliases=[], answer=f"{text}请到窗口办理。", facts={}, legal_basis=[], confirm=[], related=[], region="",
    )  # fmt: skip


class Process:
    """The indexes of one process of the app, with snapshots in ``folder``; ``start`` is what it does with the database."""

    def __init__(self, folder: Path, cells_from: int = 1_000_000, rules: SnapshotRules | None = None) -> None:
        self.encoder = CountingEncoder()
        self.lexical = LexicalIndex(TOKENIZER)
        self.dense = DenseIndex(self.encoder, FaissEngine(self.encoder.dimension, cells_from=cells_from))
        self.published = PublishedEntries(self.lexical, self.dense, TOKENIZER, {}, {})
        self.snapshots = Snapshots(folder, FINGERPRINT)
        rules = rules or SnapshotRules(phrases=1)
        self.keeper = IndexKeeper(self.lexical, self.dense, self.published, self.snapshots, rules)

    def start(self, database: Iterable[Entry]) -> bool:
        """Whether a snapshot was found."""
        found = self.keeper.restore()
        self.encoder.encoded = 0
        self.published.load([row for row in database if row.status == EntryStatus.PUBLISHED])
        return found

    def answers(self, question: str, limit: int = 100) -> set[tuple[str, str, str, float]]:
        """What both indexes find for a question, in no order: entry, kind, how, score."""
        words = {
            (hit.phrase.entry_id, hit.phrase.kind, "words", round(hit.dice, 4))
            for hit in self.lexical.search(question, limit)
        }
        near = {
            (phrase.entry_id, phrase.kind, "meaning", round(score, 2))
            for phrase, score in self.dense.search(question, limit)
        }
        return words | near
