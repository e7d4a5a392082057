"""Entries that people take for one another, and the question that tells them apart: ``content/sisters.yml``."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from nlu.vocabulary import read_yaml

LONGEST_QUESTION, LONGEST_LABEL = 40, 20


class Sisters(BaseModel):
    """``ask``: one short question; ``entries``: what to answer for each entry, by its id."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ask: str = Field(min_length=4, max_length=LONGEST_QUESTION)
    entries: dict[str, str] = Field(min_length=2)


_GROUPS: TypeAdapter[list[Sisters]] = TypeAdapter(list[Sisters])


class SisterGroups:
    """All groups of sisters; an entry may belong to several."""

    def __init__(self, groups: Sequence[Sisters] = ()) -> None:
        self.groups = groups

    @classmethod
    def read(cls, path: Path) -> SisterGroups:
        """The groups of a file, none where there is none; raises ValueError with what is wrong."""
        try:
            return cls(_GROUPS.validate_python(read_yaml(path) or []) if path.exists() else ())
        except ValidationError as error:
            raise ValueError(f"{path.name}: {error}") from error

    def of(self, likeliest: str, others: Collection[str]) -> Sisters | None:
        """The group of the likeliest entry that has most of the others that may be meant; None where it has none of them.

        >>> groups = SisterGroups([Sisters(ask="新房还是二手房？", entries={"a.new": "新房", "a.old": "二手房"})])
        >>> groups.of("a.new", ["a.old", "b.other"]).ask
        '新房还是二手房？'
        >>> groups.of("a.new", ["b.other"]) is None
        True
        """
        own = [group for group in self.groups if likeliest in group.entries]
        shared = {id(group): len(group.entries.keys() & (set(others) - {likeliest})) for group in own}
        best = max(own, key=lambda group: shared[id(group)], default=None)
        return best if best is not None and shared[id(best)] else None
