"""Life events (一件事): what a need in the citizen's own words leads to. The events are data, ``life_events.yml``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import yaml
from pydantic import BaseModel, ConfigDict, Field

from knowledge_base.results import PublishedEntry
from nlu.text import normalise

EVENTS_FILE = Path(__file__).parent / "life_events.yml"


class LifeEventStep(BaseModel):
    """One service of an event; ``note`` says why or by when."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    entry_id: str
    title: str
    note: str = ""


class LifeEvent(BaseModel):
    """A change in a life and the services it calls for, in the order they are best done.

    ``triggers`` are regular expressions over the normalised text; the more of the text one matches, the better it fits.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z_]+$")
    title: str
    intro: str = ""
    triggers: list[str] = Field(min_length=1)
    steps: list[LifeEventStep] = Field(min_length=1)


class EntryReader(Protocol):
    """Where published entries are read."""

    def entry(self, entry_id: str) -> PublishedEntry | None:
        """One entry, or None where it is not published."""


class RecommendationService:
    """Finds the life event that a need speaks of."""

    def __init__(self, events: Sequence[LifeEvent], knowledge: EntryReader) -> None:
        self.events = tuple(events)
        self._knowledge = knowledge
        self._triggers = [(re.compile("|".join(event.triggers)), event) for event in self.events]

    def recommend(self, text: str) -> LifeEvent | None:
        """The event whose trigger covers most of ``text``, with the steps that are published; None if there is none."""
        plain = normalise(text)
        best: tuple[int, LifeEvent] | None = None
        for trigger, event in self._triggers:
            covered = sum(len(match.group()) for match in trigger.finditer(plain))
            if covered and (best is None or covered > best[0]):
                best = (covered, event)
        return self._published(best[1]) if best else None

    def _published(self, event: LifeEvent) -> LifeEvent | None:
        steps = [step for step in event.steps if self._knowledge.entry(step.entry_id)]
        return event.model_copy(update={"steps": steps}) if steps else None


def load_life_events(path: Path = EVENTS_FILE) -> list[LifeEvent]:
    """The events of the file; raises pydantic's ValidationError where it is wrong."""
    return [LifeEvent.model_validate(event) for event in yaml.safe_load(path.read_text(encoding="utf-8"))["events"]]
