"""What our search is measured beside. Every peer gets the same texts and the same vectors, and is one file here."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from nlu.encoder.ports import Encoder, Vectors
from nlu.tokenizer import Tokenizer

# Name on the command line and in tables → module here, class in it.
PEERS = {
    "bm25s": ("bm25", "Bm25s"),
    "sentence-transformers": ("sentences", "BruteForce"),
    "milvus-lite": ("milvus", "MilvusLite"),
    "pgvector": ("postgres", "PgVector"),
}


class Peer(Protocol):
    """An engine by itself: texts or vectors to row numbers, no typos, no dates, no probability."""

    def build(self, texts: Sequence[str], vectors: Vectors) -> None:
        """Take everything in."""

    def search(self, question: str, limit: int) -> list[int]:
        """The best rows; cutting or encoding the question is part of it. Safe from several threads."""

    def outside_mb(self) -> float:
        """What must stay in memory outside this process and its children to be quick, in MB."""

    def close(self) -> None:
        """End what was started."""


@runtime_checkable
class AddingPeer(Peer, Protocol):
    """A peer that need not build everything again for one more text."""

    def add(self, text: str) -> None:
        """One more text, found by the next search."""


def make(name: str, tokenizer: Tokenizer, encoder: Encoder, model: str, folder: Path) -> Peer:
    """A peer by name; ``model`` is where the encoder's SentenceTransformer is, ``folder`` may be written to."""
    module, kind = PEERS[name]
    peer: Peer = getattr(importlib.import_module(f"{__name__}.{module}"), kind)(tokenizer, encoder, model, folder)
    return peer
