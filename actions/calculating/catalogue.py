"""What can be calculated: ``catalogue.yml``, read once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from actions.calculating.fields import Field
from actions.calculating.formulas import FORMULAS, Formula
from nlu.vocabulary import read_yaml

CATALOGUE_FILE = Path(__file__).with_name("catalogue.yml")


@dataclass(frozen=True)
class Calculator:
    """A sum. ``entry``: the entry that tells its rule; ``sources``: the articles it follows."""

    name: str
    entry: str
    title: str
    sources: Sequence[str]
    fields: Sequence[Field]
    formula: Formula

    def next(self, values: Mapping[str, str]) -> Field | None:
        """What is still to be asked; None where all is known."""
        return next((field for field in self.fields if field.name not in values and field.needed(values)), None)

    def told(self, text: str) -> dict[str, str]:
        """The values that a message tells by itself."""
        found = {field.name: field.told(text) for field in self.fields}
        return {name: value for name, value in found.items() if value}


@dataclass(frozen=True)
class Catalogue:
    """All calculators by name and by entry. ``button`` leads into one, ``again`` into the same once more."""

    button: str
    again: str
    calculators: Mapping[str, Calculator]
    by_entry: Mapping[str, Calculator]


@lru_cache(maxsize=1)
def load_catalogue(path: Path = CATALOGUE_FILE) -> Catalogue:
    """The catalogue; raises KeyError where the file names no formula or lacks a part."""
    data = read_yaml(path)
    button, again = data.pop("button"), data.pop("again")
    calculators = {name: _calculator(name, row) for name, row in data.items()}
    return Catalogue(button, again, calculators, {one.entry: one for one in calculators.values()})


def _calculator(name: str, row: Mapping[str, Any]) -> Calculator:
    fields = [_field(field) for field in row["fields"]]
    return Calculator(name, row["entry"], row["title"], row["sources"], fields, FORMULAS[name])


def _field(row: Mapping[str, Any]) -> Field:
    choices = {key: (one["label"], tuple(one["words"])) for key, one in (row.get("choices") or {}).items()}
    limits = {name: Decimal(str(row[name])) for name in ("least", "most") if name in row}
    return Field(
        name=row["name"],
        kind=row["kind"],
        ask=row["ask"],
        unit=row.get("unit", ""),
        choices=choices or None,
        cues=tuple(row.get("cues", ())),
        unless={name: tuple(some) for name, some in (row.get("unless") or {}).items()},
        **limits,
    )
