"""What a sum gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

# What was told, by name of the field: numbers as decimal text, months as 1970-05, choices by their key.
Values = Mapping[str, str]
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Result:
    """``text``: the result in a sentence; ``lines``: the arithmetic, step by step."""

    text: str
    lines: tuple[str, ...]


def yuan(amount: Decimal) -> str:
    """An amount as it is read: cents only where there are some.

    >>> yuan(Decimal("1200")), yuan(Decimal("287.356"))
    ('1200', '287.36')
    """
    rounded = amount.quantize(CENT, ROUND_HALF_UP)
    return f"{rounded:f}".rstrip("0").rstrip(".") if "." in f"{rounded:f}" else f"{rounded:f}"


def number(value: Decimal) -> str:
    """A number without zeros behind: 12, 3.5."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
