"""Query codes of tickets: their shape, as they are issued, typed and found in a sentence. Runs in Rasa too (Python 3.10).

A code has eight characters of Crockford's base 32 (https://www.crockford.com/base32.html): digits and capitals without
I, L, O and U, so that nothing in it is mistaken for a 0, a 1 or a V. Codes issued before had six digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlu.entities.span import Span

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, OLD_LENGTH = 8, 6
# What a code holds at least of 2–9 and of letters: with O for 0 and I for 1 it is still no word and no number.
LEAST_OF_EACH = 2
KIND = "query_code"
MASK = "*"
_PLAIN_DIGITS = frozenset("23456789")
_READ_AS = str.maketrans("OILU", "011V")
# Letters, digits and dashes typed in full width, and all dashes alike, sign by sign: places in the text stay what they are.
_NARROW = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_NARROW |= dict.fromkeys((*range(0x2010, 0x2016), 0x2212, 0xFE58, 0xFE63, 0xFF0D, ord("_")), ord("-"))
_NARROW |= {0x3000: ord(" "), 0xA0: ord(" ")}
# Groups of letters and digits with one space or dash between them; every character is looked at once.
_RUN = re.compile(r"[0-9A-Za-z]+(?:[ -][0-9A-Za-z]+)*")
_GROUP = re.compile(r"[0-9A-Za-z]+")
_NUMBER = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]{0,4} ?\d{8} ?-? ?\d{5,9}(?![0-9A-Za-z])")
_NAMED = re.compile("查询码|查询密码|查询号|取件码")
# So much beside six digits, and they are still all that is said: 是838526，谢谢.
_BESIDE = 6
_ROUNDS = 5
_SAID = re.compile(r"\w")


def canonical(typed: str) -> str:
    """A typed code as it is compared: capitals without spaces and dashes, O read as 0, I and L as 1, U as V.

    >>> canonical("ｋ7o2-m 9xi")
    'K702M9X1'
    """
    narrow = typed.translate(_NARROW).upper()
    return "".join(char for char in narrow if char not in "- \t\n").translate(_READ_AS)


def is_code(text: str) -> bool:
    """Whether a canonical text has the shape of a code as they are issued now."""
    letters = sum(char.isalpha() for char in text)
    digits = sum(char in _PLAIN_DIGITS for char in text)
    return len(text) == LENGTH and set(text) <= set(ALPHABET) and min(letters, digits) >= LEAST_OF_EACH


def find_query_codes(text: str) -> list[Span]:
    """What may be a query code, the likeliest first: new ones written in one piece or in halves, then in any pieces, then
    old ones of six digits. Ticket numbers are left out. The value is the code as it is compared.

    >>> [span.value for span in find_query_codes("查 YZ20261130-00018，查询码k7q2 m9xa")]
    ['K7Q2M9XA']
    """
    plain = _without_numbers(text)
    found: list[tuple[int, Span]] = []
    for run in _RUN.finditer(plain):
        groups = [(run.start() + match.start(), run.start() + match.end()) for match in _GROUP.finditer(run.group())]
        found += (
            (rank, Span(start, end, text[start:end], value, KIND)) for rank, start, end, value in _joined(plain, groups)
        )
    found.sort(key=lambda item: (item[0], item[1].start))
    return [span for _, span in found]


def mask_query_codes(text: str) -> str:
    """The text with every query code covered: nothing of a secret stays. Six digits are taken for one only where a ticket's
    number or 查询码 stands beside them, or hardly anything else is said.
    """
    # What is left may hardly be more than a code itself, once the first one is covered.
    for _ in range(_ROUNDS):
        covered = _covered(text)
        if covered == text:
            break
        text = covered
    return text


def _covered(text: str) -> str:
    spans = find_query_codes(text)
    if not spans:
        return text
    sure = bool(_NUMBER.search(text.translate(_NARROW)) or _NAMED.search(text))
    covered, said = list(text), len(_SAID.findall(text))
    for span in spans:
        if len(span.value) == LENGTH or sure or said - len(_SAID.findall(span.text)) <= _BESIDE:
            covered[span.start : span.end] = MASK * (span.end - span.start)
    return "".join(covered)


def _without_numbers(text: str) -> str:
    narrow = text.translate(_NARROW)
    return _NUMBER.sub(lambda match: "，" * len(match.group()), narrow)


def _joined(plain: str, groups: list[tuple[int, int]]) -> Iterator[tuple[int, int, int, str]]:
    """Neighbouring groups that together make a code, with how likely they are one (0: likeliest)."""
    for first, (start, _) in enumerate(groups):
        length = 0
        for last in range(first, min(first + LENGTH, len(groups))):
            length += groups[last][1] - groups[last][0]
            if length > LENGTH:
                break
            end = groups[last][1]
            value = canonical(plain[start:end])
            if is_code(value):
                pieces = last - first + 1
                halves = pieces == 2 and groups[first][1] - start == LENGTH // 2
                yield (0 if pieces == 1 or halves else 1), start, end, value
            elif length == OLD_LENGTH and value.isdigit():
                yield 2, start, end, value
