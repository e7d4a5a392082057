"""The number of a phrase in the vector index: a hash of what it says, the same in every process and after every start."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from knowledge_base.index.engine import Rows
from knowledge_base.phrases import Phrase

# So many new numbers are looked up one by one before they are sorted in among the others, or an eighth of those.
RECENT, RECENT_SHARE = 10_000, 8


def row_numbers(phrases: Sequence[Phrase]) -> Rows:
    """A positive 63-bit number a phrase.

    An entry's ``whole`` comes after its other phrases and has a number made of all of them: it tells what the entry says
    from anything else that it said or will say.
    """
    numbers = np.zeros(len(phrases), dtype=np.int64)
    said: dict[str, list[bytes]] = {}
    for place, phrase in enumerate(phrases):
        text = f"{phrase.kind}\0{int(phrase.passage)}\0{phrase.text}\0".encode()
        parts = said.setdefault(phrase.entry_id, [])
        parts.append(text)
        told = b"".join(parts) if phrase.kind == "whole" else text
        digest = blake2b(phrase.entry_id.encode() + b"\0" + told, digest_size=8).digest()
        numbers[place] = int.from_bytes(digest, "big") >> 1
    return numbers


class NumberedRows:
    """Where each number stands: the row it was last learned with. One thread may learn while others look up."""

    def __init__(self) -> None:
        nothing: Rows = np.zeros(0, dtype=np.int64)
        self._sorted = nothing, nothing
        self._recent: dict[int, int] = {}

    def learn(self, numbers: Rows, rows: range) -> None:
        """These numbers stand in these rows from now on."""
        self._recent |= zip(numbers.tolist(), rows, strict=True)
        known, places = self._sorted
        if len(self._recent) > max(RECENT, len(known) // RECENT_SHARE):
            new = np.fromiter(self._recent, dtype=np.int64, count=len(self._recent))
            new_places = np.fromiter(self._recent.values(), dtype=np.int64, count=len(self._recent))
            # The first of equal numbers is kept: the new one.
            merged, first = np.unique(np.concatenate([new, known]), return_index=True)
            self._sorted = merged, np.concatenate([new_places, places])[first]
            self._recent = {}

    def rows(self, numbers: Sequence[int]) -> Rows:
        """The row of each number; −1 where it was never learned."""
        found = np.array([self._recent.get(number, -1) for number in numbers], dtype=np.int64)
        known, rows = self._sorted
        if len(known) and len(found):
            wanted = np.array(numbers, dtype=np.int64)
            places = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
            hit = (found < 0) & (known[places] == wanted)
            found[hit] = rows[places[hit]]
        return found
