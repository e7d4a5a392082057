"""Texts that are hard for a regular expression, made from what the expression itself says, and a clock that stops in time."""

from __future__ import annotations

import random
import re
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from types import FrameType
from typing import Any

# What a class or a dot may stand for, where the expression names no character.
PROBES = "中1aA 。\n!-x9_é\u3000省镇路号十年"
CATEGORIES = {
    op.CATEGORY_DIGIT: "19", op.CATEGORY_NOT_DIGIT: "中a。", op.CATEGORY_SPACE: " \n", op.CATEGORY_NOT_SPACE: "中1",
    op.CATEGORY_WORD: "中a1", op.CATEGORY_NOT_WORD: "。 ",
}  # fmt: skip
REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)
# What ``slowness`` takes on the machine that limits were measured on.
REFERENCE_SECONDS = 0.066
AGAIN_SECONDS = 0.05
# A repetition is worth pumping from here on.
MANY = 4
MOST_VARIANTS = 300
ENDS = ("", "！", "\n", "x", "1", "中")


class TooSlow(AssertionError):
    """Something took more of the processor's time than it may."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise ``TooSlow`` when what is done inside has had that much of the processor's time; only in the main thread.

    The alarm may come while Python collects rubbish, where every exception is swallowed with a word to the hook of
    unraisable ones: so it comes again soon, and at the end at the latest.
    """
    late = False

    def stop(signum: int, frame: FrameType | None) -> None:
        nonlocal late
        late = True
        raise TooSlow

    def swallowed(unraisable: sys.UnraisableHookArgs) -> None:
        if not isinstance(unraisable.exc_value, TooSlow):
            hook(unraisable)

    hook, sys.unraisablehook = sys.unraisablehook, swallowed
    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, AGAIN_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
        sys.unraisablehook = hook
    if late:
        raise TooSlow


def cpu_seconds(work: Callable[[], object], limit: float, tries: int = 2) -> float:
    """The processor's time of the fastest of some tries, or of the first within the limit; infinite beyond eight times that."""
    best = float("inf")
    for _ in range(tries):
        started = time.process_time()
        try:
            with at_most(8 * limit):
                work()
        except TooSlow:
            continue
        best = min(best, time.process_time() - started)
        if best <= limit:
            break
    return best


def slowness() -> float:
    """How many times slower the processor is at this moment than the one that limits were measured on; at least 1.

    Another process on the same core makes every measure worse, this one as well.
    """
    started = time.process_time()
    total, table = 0, {}
    for number in range(400_000):
        table[number % 1000] = total
        total += len(str(number))
    return max(1.0, (time.process_time() - started) / REFERENCE_SECONDS)


def grows_faster(work: Callable[[], object], shorter: Callable[[], object], times: float, limit: float) -> bool:
    """Whether ``work`` takes more than so many times what ``shorter`` takes; both measured in turns, so that a busy
    machine slows both. ``limit``: seconds of ``work`` that say nothing.
    """
    long, short = [], []
    for _ in range(4):
        long.append(cpu_seconds(work, limit, tries=1))
        short.append(cpu_seconds(shorter, limit, tries=1))
    return min(long) > limit and sum(sorted(long)[:2]) > times * sum(sorted(short)[:2])


class Expression:
    """What a regular expression is made of: its characters, texts that fit parts of it, repetitions to be pumped."""

    def __init__(self, pattern: re.Pattern[str], chooser: random.Random) -> None:
        self._chooser = chooser
        self._tree = parser.parse(pattern.pattern, pattern.flags)
        self.characters = sorted(set("".join(self._named(self._tree)))) or list(PROBES)

    def text(self) -> str:
        """A text that the expression may match; what stands around it is not looked at."""
        return self._of(self._tree)

    def pumps(self) -> Iterator[tuple[str, str]]:
        """What leads up to each repetition, and what is repeated there."""
        yield from self._pumps(self._tree, "")

    def _pumps(self, tree: Iterable[Any], before: str) -> Iterator[tuple[str, str]]:
        for node in tree:
            code, value = node
            for inner in _below(node):
                yield from self._pumps(inner, before)
            if code in REPEATS and value[1] >= MANY:
                words = list(islice(self._variants(value[2]), MOST_VARIANTS))
                twice = read_twice(words)
                yield from ((before, word) for word in (twice, *self._chooser.choices(words, k=2)) if word)
            before += self._of([node])

    def _variants(self, tree: Sequence[Any]) -> Iterator[str]:
        """Texts that fit a part, the choices of its branches all taken; of a class some members, of a repetition the shortest."""
        if not tree:
            yield ""
            return
        code, value = tree[0]
        firsts: Iterable[str]
        if code is op.BRANCH:
            firsts = (text for branch in value[1] for text in self._variants(branch))
        elif code is op.SUBPATTERN:
            firsts = self._variants(value[3])
        elif code in REPEATS and value[0] == 0:
            firsts = ["", *islice(self._variants(value[2]), 2)]
        elif code is op.IN:
            firsts = sorted({self._in(value) for _ in range(4)})
        else:
            firsts = [self._one(code, value)]
        rest = list(islice(self._variants(list(tree[1:])), MOST_VARIANTS))
        yield from (first + more for first in firsts for more in rest)

    def _named(self, tree: Iterable[Any]) -> Iterator[str]:
        for node in tree:
            code, value = node
            if code in (op.LITERAL, op.NOT_LITERAL):
                yield chr(value)
            elif code is op.IN:
                yield from (self._member(item) for item in value if item[0] is not op.NEGATE)
            elif code is op.ANY:
                yield "中"
            for inner in _below(node):
                yield from self._named(inner)

    def _member(self, item: Any) -> str:
        code, value = item
        if code is op.LITERAL:
            return chr(value)
        if code is op.RANGE:
            return chr(self._chooser.choice(value)) + chr(self._chooser.randint(*value))
        return CATEGORIES[value]

    def _of(self, tree: Iterable[Any]) -> str:
        return "".join(self._one(code, value) for code, value in tree)

    def _one(self, code: Any, value: Any) -> str:
        if code is op.LITERAL:
            return chr(value)
        if code is op.NOT_LITERAL:
            return next(char for char in PROBES if ord(char) != value)
        if code is op.IN:
            return self._in(value)
        if code is op.ANY:
            return self._chooser.choice(PROBES)
        if code in REPEATS:
            low, high, body = value
            return "".join(self._of(body) for _ in range(min(high, max(low, self._chooser.choice((low, 1, 2))))))
        if code is op.BRANCH:
            return self._of(self._chooser.choice(value[1]))
        if code is op.GROUPREF_EXISTS:
            return self._of(value[1])
        inner = [] if code in (op.ASSERT, op.ASSERT_NOT) else _below((code, value))
        return "".join(map(self._of, inner))

    def _in(self, items: list[Any]) -> str:
        if items[0][0] is op.NEGATE:
            named = "".join(self._member(item) for item in items[1:])
            return self._chooser.choice([char for char in PROBES if char not in named] or ["\u9f98"])
        return self._chooser.choice(self._member(self._chooser.choice(items)))


def read_twice(words: Sequence[str]) -> str:
    """A text that can be put together from the words in two ways; empty where there is none, or none that is short.

    The test of Sardinas and Patterson (1953): follow what one of two readings is ahead of the other.

    >>> read_twice(["只", "有", "只有"]), read_twice(["改", "修改"])
    ('只有', '')
    """
    known = sorted({word for word in words if word})
    ahead = [
        (longer, longer[len(word) :])
        for word in known
        for longer in known
        if word != longer and longer.startswith(word)
    ]
    seen: set[str] = set()
    for text, rest in ahead:  # grows while it is read
        if rest in seen or len(seen) > MOST_VARIANTS:
            continue
        seen.add(rest)
        for word in known:
            if word == rest:
                return text
            if rest.startswith(word):
                ahead.append((text, rest[len(word) :]))
            elif word.startswith(rest):
                ahead.append((text + word[len(rest) :], word[len(rest) :]))
    return ""


def _below(node: Any) -> list[Any]:
    """The trees within a node."""
    code, value = node
    if code in REPEATS:
        return [value[2]]
    if code is op.BRANCH:
        return list(value[1])
    if code is op.SUBPATTERN:
        return [value[3]]
    if code in (op.ASSERT, op.ASSERT_NOT):
        return [value[1]]
    if code is op.ATOMIC_GROUP:
        return [value]
    if code is op.GROUPREF_EXISTS:
        return [tree for tree in value[1:] if tree is not None]
    return []


def hard_texts(pattern: re.Pattern[str], chooser: random.Random, length: int, most: int = 40) -> list[str]:
    """Texts of a length: repetitions pumped, characters and pairs of the expression over and over, mixtures."""
    expression = Expression(pattern, chooser)
    pumps = sorted({(before[-length // 2 :], body) for _ in range(2) for before, body in expression.pumps() if body})
    led = [*pumps, *(("", body) for _, body in pumps)]
    signs = expression.characters
    parts = chooser.sample(led, min(len(led), most))
    parts += [("", char) for char in chooser.sample(signs, min(len(signs), most))]
    parts += [("", "".join(chooser.choices(signs, k=2))) for _ in range(most // 4)]
    parts += [("", expression.text() or "1") for _ in range(most // 8)]
    mixed = ["".join(chooser.choices(signs, k=length)) for _ in range(most // 8)]
    mixed += ["".join(expression.text() for _ in range(50))[:length] for _ in range(2)]
    return list(dict.fromkeys([*(pumped(*part, chooser.choice(ENDS), length) for part in parts), *mixed]))


def pumped(before: str, body: str, after: str, length: int) -> str:
    """``before``, then ``body`` as often as it fits, then ``after``."""
    room = length - len(before) - len(after)
    return before + (body * (room // len(body) + 1))[:room] + after
