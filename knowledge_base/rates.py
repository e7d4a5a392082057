"""Amounts, rates and terms that the law changes on known days: ``content/rates.yml``, a row for each day from which one holds.

Content names them ``{rate.key}``, as it names the city's own values. What is shown is what holds on the day of the question, so a
row that is in the file already takes over by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, field_validator

SECTION = "rate"


class RateValue(BaseModel):
    """What holds from a day on, as it is shown."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    since: date
    value: str = Field(min_length=1, max_length=200)


class Rate(BaseModel):
    """One amount, rate or term. ``source``: the law that sets it, with the article."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: str = Field(min_length=2)
    source: str = Field(min_length=4)
    values: list[RateValue] = Field(min_length=1)

    @field_validator("values")
    @classmethod
    def _by_day(cls, values: list[RateValue]) -> list[RateValue]:
        if any(earlier.since >= later.since for earlier, later in pairwise(values)):
            raise ValueError("the days of a rate go up, each named once")
        return values

    def on(self, day: date) -> str:
        """What holds on a day; before the first day that is known, what holds from that day on.

        >>> years = {"label": "年限", "source": "《决定》第二条",
        ...     "values": [{"since": "2025-01-01", "value": "15年"}, {"since": "2030-01-01", "value": "15年6个月"}]}
        >>> rate = Rate.model_validate(years)
        >>> rate.on(date(2029, 12, 31)), rate.on(date(2030, 1, 1))
        ('15年', '15年6个月')
        """
        held = [one.value for one in self.values if one.since <= day]
        return held[-1] if held else self.values[0].value

    def next(self, day: date) -> RateValue | None:
        """What takes over after a day, if that is known."""
        return next((one for one in self.values if one.since > day), None)


Rates = Mapping[str, Rate]
RATES: TypeAdapter[dict[str, Rate]] = TypeAdapter(dict[str, Rate])


@dataclass(frozen=True)
class _OnDay(Mapping[str, str]):
    """What every rate is on a day."""

    rates: Rates
    day: Callable[[], date]

    def __getitem__(self, key: str) -> str:
        return self.rates[key].on(self.day())

    def __iter__(self) -> Iterator[str]:
        return iter(self.rates)

    def __len__(self) -> int:
        return len(self.rates)


class CityBook(Mapping[str, Mapping[str, str]]):
    """The city's own values by section and key; under ``rate`` what the law sets, as it holds on the day.

    The sections that one can go through are the city's own: rates name no place and no authority.
    """

    def __init__(self, own: Mapping[str, Mapping[str, str]], rates: Rates, day: Callable[[], date]) -> None:
        self._own = own
        self.rates = rates
        self._dated = _OnDay(rates, day)

    def __getitem__(self, section: str) -> Mapping[str, str]:
        return self._dated if section == SECTION else self._own[section]

    def __iter__(self) -> Iterator[str]:
        return iter(self._own)

    def __len__(self) -> int:
        return len(self._own)

    def on(self, day: date) -> CityBook:
        """The same on another day."""
        return CityBook(self._own, self.rates, lambda: day)


def on_day(city: Mapping[str, Mapping[str, str]], day: date) -> Mapping[str, Mapping[str, str]]:
    """A city's values as they are on a day."""
    return city.on(day) if isinstance(city, CityBook) else city
