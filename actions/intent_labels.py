"""What citizens are asked when the classifier was not sure, and how it is worded: ``intent_labels.yml``, checked once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from actions.messages import Button

LABELS_FILE = Path(__file__).parent / "intent_labels.yml"


class ChoiceLabel(BaseModel):
    """A button as data: ``label`` is what the citizen sees, ``payload`` what the dialogue receives."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: str = Field(min_length=2, max_length=12)
    payload: str = Field(pattern=r"^/[a-z_]+(?:\{.*\})?$")

    @property
    def button(self) -> Button:
        """The button."""
        return Button(title=self.label, payload=self.payload)


class IntentLabel(ChoiceLabel):
    """An intent as a citizen is asked about it; ``action`` is where the intent's rule leads."""

    description: str = Field(min_length=6, max_length=40)
    action: str


class IntentLabels(BaseModel):
    """Everything of the file. ``least``: how sure (0–1) the classifier must be of an intent that is asked about."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    least: float = Field(gt=0, lt=1)
    most: int = Field(ge=1, le=5)
    none_of_these: ChoiceLabel
    people: tuple[ChoiceLabel, ...]
    offered: Mapping[str, IntentLabel]
    never_offered: Mapping[str, str]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        both = self.offered.keys() & self.never_offered.keys()
        if both:
            raise ValueError(f"offered and never offered at once: {', '.join(sorted(both))}")
        for intent, label in self.offered.items():
            if label.payload.partition("{")[0] != f"/{intent}":
                raise ValueError(f"{intent}: the payload {label.payload} leads elsewhere")
        return self

    @property
    def people_buttons(self) -> list[Button]:
        """The ways to staff."""
        return [label.button for label in self.people]

    def likely(self, ranking: Iterable[tuple[str, float]], without: Collection[str]) -> dict[str, IntentLabel]:
        """The likeliest intents that may be asked about, best first, but for those ``without``."""
        found = [
            name
            for name, confidence in ranking
            if confidence >= self.least and name in self.offered and name not in without
        ]
        return {name: self.offered[name] for name in found[: self.most]}


@lru_cache(maxsize=1)
def load_intent_labels(path: Path = LABELS_FILE) -> IntentLabels:
    """The labels; raises pydantic's ValidationError where the file is wrong."""
    return IntentLabels.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
