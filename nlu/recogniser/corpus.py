"""What the recogniser learns from: messages of many pens, a file each, with the names and houses that stand in them.

A row is ``text<TAB>names<TAB>houses``; several of one kind are parted by ``|``, in the order of the text. Some pens have a
fourth column: other personal data, which rules find. Pens in ``corpus/held_out`` are never trained on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from nlu.folding import folded

FOLDER = Path(__file__).with_name("corpus")
HELD_OUT = FOLDER / "held_out"
Kind = Literal["name", "address"]
KINDS: tuple[Kind, Kind] = ("name", "address")
OUTSIDE = "O"


@dataclass(frozen=True)
class Sentence:
    """A text with the tag of each character: ``B-name``, ``I-name``, ``B-address``, ``I-address`` or ``O``."""

    pen: str
    text: str
    tags: tuple[str, ...]


def files(folder: Path = FOLDER) -> list[Path]:
    """The pens of a folder, in order."""
    return sorted(folder.glob("*.tsv"))


def read(paths: Iterable[Path]) -> list[Sentence]:
    """Every sentence; raises ValueError where a part does not stand in its text."""
    return [sentence for path in paths for sentence in _sentences(path)]


def _sentences(path: Path) -> Iterator[Sentence]:
    for line in path.read_text(encoding="utf-8").splitlines():
        text, names, houses, *_ = line.split("\t")
        parts = [(kind, cell.split("|")) for kind, cell in zip(KINDS, (names, houses), strict=True) if cell]
        yield Sentence(path.stem, folded(text), _tags(text, parts))


def _tags(text: str, parts: Sequence[tuple[Kind, list[str]]]) -> tuple[str, ...]:
    tags = [OUTSIDE] * len(text)
    for kind, values in parts:
        at = 0
        for value in values:
            found = text.find(value, at)
            start = found if found >= 0 else text.index(value)  # not in the order of the text: the first
            tags[start : start + len(value)] = marks(kind, len(value))
            at = start + len(value)
    return tuple(tags)


def marks(kind: str, length: int) -> list[str]:
    """The tags of a span."""
    return [f"B-{kind}", *[f"I-{kind}"] * (length - 1)]


def spans(tags: Sequence[str]) -> list[tuple[int, int, str]]:
    """Start, end and kind of each span.

    >>> spans(["O", "B-name", "I-name", "O"])
    [(1, 3, 'name')]
    """
    found: list[tuple[int, int, str]] = []
    for place, tag in enumerate(tags):
        if tag.startswith("B-") or (tag.startswith("I-") and not _goes_on(found, place, tag)):
            found.append((place, place + 1, tag[2:]))
        elif tag.startswith("I-"):
            start, _, kind = found.pop()
            found.append((start, place + 1, kind))
    return found


def _goes_on(found: Sequence[tuple[int, int, str]], place: int, tag: str) -> bool:
    return bool(found) and found[-1][1] == place and found[-1][2] == tag[2:]
