"""The phrases of an index in flat arrays: they take little more memory than their letters."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, get_args

import numpy as np
import numpy.typing as npt

from knowledge_base.index.growing import Growing, check_offsets, ends_of, gathered, read_array
from knowledge_base.phrases import Phrase, PhraseKind

KINDS: tuple[PhraseKind, ...] = get_args(PhraseKind)
GONE = -1
AT_ONCE = 1_000
# The bit that says of a phrase that its entry is a passage of a policy document.
PASSAGE = 0x80


class LiveRows(NamedTuple):
    """Rows of a table at one moment, and the number of the entry that each belongs to."""

    rows: npt.NDArray[np.int64]
    owners: npt.NDArray[np.int32]


class PhraseTable:
    """Phrases by row. Rows count up and are never used again; what is forgotten keeps its place until saved and loaded.

    One thread may change it while others read rows that they know of.
    """

    def __init__(self) -> None:
        self._texts, self._text_ends = Growing.of(np.uint8), Growing(np.zeros(1, dtype=np.int64))
        self._owners, self._kinds = Growing.of(np.int32), Growing.of(np.uint8)
        # An entry's number, its id, its first row; its rows are next to each other.
        self._numbers: dict[str, int] = {}
        self._ids: list[str] = []
        self._firsts = Growing(np.zeros(1, dtype=np.int64))
        self._gone = 0

    def __len__(self) -> int:
        return self.rows - self._gone

    @property
    def rows(self) -> int:
        """How many rows there are, those of forgotten phrases among them."""
        return len(self._owners)

    def phrases(self, rows: npt.NDArray[np.int64]) -> list[Phrase | None]:
        """What stands in each row; nothing where it is forgotten."""
        ends, ids, texts = self._text_ends.values, self._ids, self._texts.values
        stretches = zip(ends[rows].tolist(), ends[rows + 1].tolist(), strict=True)
        decoded = [texts[start:end].tobytes().decode() for start, end in stretches]
        named = zip(self._owners.values[rows].tolist(), self._kinds.values[rows].tolist(), decoded, strict=True)
        return [
            None if owner == GONE else Phrase(ids[owner], KINDS[kind & ~PASSAGE], text, kind >= PASSAGE)
            for owner, kind, text in named
        ]

    def rows_of(self, entry_id: str) -> range:
        """The rows of an entry."""
        number = self._numbers.get(entry_id)
        return range(0) if number is None else range(*self._firsts.values[number : number + 2].tolist())

    def live(self) -> LiveRows:
        """The rows that are not forgotten at this moment; for the thread that changes the table."""
        rows = np.flatnonzero(self._owners.values != GONE)
        return LiveRows(rows, self._owners.values[rows])

    def forget(self, entry_id: str) -> range:
        """Forget an entry; returns the rows that it had."""
        rows = self.rows_of(entry_id)
        if rows:
            self._owners.values[rows.start : rows.stop] = GONE
            self._gone += len(rows)
            del self._numbers[entry_id]
        return rows

    def add(self, phrases: Sequence[Phrase]) -> None:
        """Add the phrases of entries that are not there, those of one entry next to each other (see ``by_entry``)."""
        groups = Counter(phrase.entry_id for phrase in phrases)
        numbers, last = range(len(self._ids), len(self._ids) + len(groups)), self.rows
        texts = [phrase.text.encode() for phrase in phrases]
        self._owners.extend(np.repeat(np.array(numbers, dtype=np.int32), list(groups.values())))
        self._ids.extend(groups)
        self._firsts.extend(last + np.cumsum(list(groups.values()), dtype=np.int64))
        self._numbers.update(zip(groups, numbers, strict=True))
        self._kinds.extend([KINDS.index(phrase.kind) | PASSAGE * phrase.passage for phrase in phrases])
        self._text_ends.extend(len(self._texts) + np.cumsum([len(text) for text in texts], dtype=np.int64))
        self._texts.extend(np.frombuffer(b"".join(texts), dtype=np.uint8))

    def __iter__(self) -> Iterator[Phrase]:
        for first in range(0, self.rows, AT_ONCE):
            rows = np.arange(first, min(self.rows, first + AT_ONCE))
            yield from (phrase for phrase in self.phrases(rows) if phrase is not None)

    def save(self, folder: Path, live: LiveRows) -> None:
        """Write these rows as if there had never been others."""
        rows, owners = live
        begins = np.flatnonzero(np.diff(owners, prepend=GONE))
        ends = self._text_ends.values
        starts, lengths = ends[rows], ends[rows + 1] - ends[rows]
        np.save(folder / "kinds.npy", self._kinds.values[rows])
        np.save(folder / "firsts.npy", np.append(begins, len(rows)).astype(np.int64))
        np.save(folder / "text_ends.npy", ends_of(lengths))
        np.save(folder / "texts.npy", gathered(self._texts.values, starts, lengths))
        ids = [self._ids[owner] for owner in owners[begins]]
        (folder / "entries.json").write_text(json.dumps(ids), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> PhraseTable:
        """Read what ``save`` wrote; raises OSError or ValueError where that is not all there."""
        table = cls()
        table._ids = json.loads((folder / "entries.json").read_text(encoding="utf-8"))
        table._numbers = {entry_id: number for number, entry_id in enumerate(table._ids)}
        kinds, texts = read_array(folder / "kinds.npy", np.uint8), read_array(folder / "texts.npy", np.uint8)
        firsts, ends = (read_array(folder / name, np.int64) for name in ("firsts.npy", "text_ends.npy"))
        check_offsets(firsts, len(table._ids), len(kinds), "entries and phrases")
        check_offsets(ends, len(kinds), len(texts), "phrases and texts")
        if len(table._numbers) != len(table._ids) or bool(((kinds & ~np.uint8(PASSAGE)) >= len(KINDS)).any()):
            raise ValueError("phrases of no kind, or of one entry twice")
        texts.tobytes().decode()  # no text is cut in the middle of a letter unless the ends are wrong
        table._kinds, table._texts = Growing(kinds), Growing(texts)
        table._firsts, table._text_ends = Growing(firsts), Growing(ends)
        table._owners = Growing(np.repeat(np.arange(len(table._ids), dtype=np.int32), np.diff(firsts)))
        return table


def by_entry(phrases: Iterable[Phrase]) -> list[Phrase]:
    """The phrases of one entry next to each other; else in the order that they came in."""
    groups: dict[str, list[Phrase]] = {}
    for phrase in phrases:
        groups.setdefault(phrase.entry_id, []).append(phrase)
    return [phrase for group in groups.values() for phrase in group]
