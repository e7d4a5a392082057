"""What the recogniser sees of each character: neighbours, words, what is known of characters, what the rules found."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from nlu.entities.span import Span
from nlu.recogniser.characters import characters, shape
from nlu.tokenizer import frequency, known_pieces

SIDE = 3
WIDE = 4
EDGE = ["^"] * WIDE
END = ["$"] * WIDE
Features = list[list[str]]


def features(text: str, ruled: Sequence[Span] = ()) -> Features:
    """One list of features a character; ``ruled``: what the rules found in the text."""
    if not text:
        return []
    window = _Window(len(text))
    chars = [*EDGE, *("0" if char.isascii() and char.isdigit() else char for char in text), *END]
    shapes = [*EDGE, *map(shape, text), *END]
    known = [*EDGE, *map(characters().known, text), *END]
    words, pieces, owner = _words(text)
    marks = [*EDGE, *_marks(text, ruled), *END]
    tags = [*EDGE, *(characters().tag(pieces[mine]) for mine in owner), *END]
    pairs = [text[place : place + 2] for place in range(len(text))]
    often, compound = Counter(pairs), characters().compound
    columns = [window.run(f"{d}=", chars, d) for d in range(-SIDE, SIDE + 1)]
    columns += [window.run(f"{d}+", chars, d, 2) for d in range(-2, 2)]
    columns += [window.run(name, chars, d, 3) for name, d in (("t", -1), ("n", 0), ("p", -3), ("f", 1))]
    columns += [window.run(name, shapes, d, 5) for name, d in (("s", -2), ("l", -4), ("r", 0))]
    columns += [window.run(f"{d}k", known, d) for d in range(-2, 3)]
    columns += [window.run(f"{d}w", words, d) for d in range(-2, 3)]
    columns += [window.run(f"{d}m", marks, d) for d in range(-1, 2)]
    columns += [window.run(f"{d}g", tags, d) for d in (-2, -1, 0, 1, 2)]
    columns.append(window.run("K", known, 0, 3))
    columns.append([f"c{pair in compound}" for pair in pairs])
    columns.append(["2often" if often[pair] > 1 else "2once" for pair in pairs])
    around = ["^", "^", *pieces, "$"]
    columns += [[name + around[mine + d] for mine in owner] for name, d in (("W", 2), ("P", 1), ("N", 3), ("Q", 0))]
    return [list(row) for row in zip(*columns, strict=True)]


class _Window:
    """Columns of features: what stands ``shift`` places from each character, ``width`` signs long."""

    def __init__(self, length: int) -> None:
        self._length = length

    def run(self, name: str, padded: Sequence[str], shift: int, width: int = 1) -> list[str]:
        start = WIDE + shift
        shifted = [padded[start + more : start + more + self._length] for more in range(width)]
        if width == 1:
            return [name + sign for sign in shifted[0]]
        return [name + "".join(signs) for signs in zip(*shifted, strict=True)]


def _words(text: str) -> tuple[list[str], list[str], list[int]]:
    """Of each character: its place in its word, the word's length and how common it is; the words; whose it is."""
    pieces = known_pieces(text)
    units: list[str] = []
    owner: list[int] = []
    for number, piece in enumerate(pieces):
        count = frequency(piece)
        common = 1 + min(5, int(math.log10(count + 1))) if count else 0
        for place in range(len(piece)):
            where = "S" if len(piece) == 1 else "B" if place == 0 else "E" if place == len(piece) - 1 else "M"
            units.append(f"{where}{min(len(piece), 4)}{common}")
            owner.append(number)
    return [*EDGE, *units, *END], pieces, owner


def _marks(text: str, ruled: Sequence[Span]) -> list[str]:
    marks = ["-"] * len(text)
    for span in ruled:
        for place in range(span.start, span.end):
            marks[place] = ("B" if place == span.start else "I") + span.kind
    return marks
