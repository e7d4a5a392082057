"""The shape of catalogue.yml and departments.yml: kinds, statuses, actions, time limits, departments and words."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from nlu.routing.examples import function_labels
from nlu.vocabulary import read_yaml

FOLDER = Path(__file__).parent
CITIZEN = "citizen"
# Lines of the history that are not actions.
EVENTS = ("file", "reveal_contact", "reveal_story")


class CatalogueError(ValueError):
    """The catalogue contradicts itself; the message names every problem."""


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TimeLimit(_Data):
    """How long something may take, and who says so. ``city_confirms``: the law leaves the number to the city."""

    days: int = Field(ge=1, le=366)
    unit: Literal["working", "calendar"]
    source: str = Field(min_length=4)
    city_confirms: bool


class Kind(_Data):
    """A kind of request with the names of its time limits."""

    label: str = Field(min_length=1)
    accept: str
    reply: str
    extension: str
    ceiling: str


class Status(_Data):
    """A status, as staff and citizen read it, and which time limit runs in it; ``due_label`` is said before its day."""

    label: str = Field(min_length=1)
    citizen: str = Field(min_length=1)
    due: Literal["accept", "reply", "none"]
    due_label: str = ""
    final: bool

    @model_validator(mode="after")
    def _a_limit_is_named(self) -> Status:
        if (self.due == "none") != (self.due_label == ""):
            raise ValueError("due_label belongs to a status with a time limit, and only to it")
        return self


class Notice(_Data):
    """What the citizen is sent when the action is done."""

    part: Literal["card", "staff"]
    words: str = Field(min_length=1)


class Action(_Data):
    """Something that may be done with a ticket: who may, from which status to which, and what it takes."""

    label: str = Field(min_length=1)
    by: tuple[str, ...] = Field(min_length=1)
    moves: dict[str, str] = Field(min_length=1)
    text: Literal["none", "optional", "required"]
    history: str
    department: Literal["keep", "required", "clear"] = "keep"
    due: Literal["keep", "extend"] = "keep"
    times: int | None = Field(None, ge=1)
    every_hours: int | None = Field(None, ge=1)
    notify: Notice | None = None

    @property
    def for_citizen(self) -> bool:
        """Whether citizens do it, not staff."""
        return CITIZEN in self.by


class EventKind(_Data):
    """A line of the history that is not an action."""

    label: str
    history: str


class CallerRule(_Data):
    """How many wrong query codes are ``free``; each one beyond doubles the pause, from ``first_minutes`` on."""

    free: int = Field(ge=1)
    first_minutes: int = Field(ge=1)
    longest_minutes: int = Field(ge=1)


class AlarmRule(_Data):
    """So many wrong codes within ``minutes`` are told to staff: for one ``number``, for ``all`` together."""

    minutes: int = Field(ge=1)
    number: int = Field(ge=1)
    all: int = Field(ge=1)


class LookupRule(_Data):
    """What wrong query codes lead to; they are remembered for ``remember_hours``."""

    remember_hours: int = Field(ge=1)
    conversation: CallerRule
    address: CallerRule
    alarm: AlarmRule


class Department(_Data):
    """A department that handles tickets: the functions of government it answers for, and the words that choose it."""

    name: str = Field(min_length=2)
    functions: tuple[str, ...]
    keywords: tuple[str, ...]


class TicketCatalogue(_Data):
    """Everything about tickets that is data. ``functions`` are those of nlu/routing/functions.yml: id → label."""

    number_prefix: str = Field(pattern=r"^[A-Z]{1,4}$")
    initial: str
    time_limits: dict[str, TimeLimit]
    kinds: dict[str, Kind]
    statuses: dict[str, Status]
    actions: dict[str, Action]
    events: dict[str, EventKind]
    lookup: LookupRule
    messages: dict[str, str]
    functions: dict[str, str]
    departments: dict[str, Department]
    function_departments: dict[str, str]

    @model_validator(mode="after")
    def _names_exist(self) -> TicketCatalogue:
        missing = [
            f"kinds.{name}: time limit {limit} is unknown"
            for name, kind in self.kinds.items()
            for limit in (kind.accept, kind.reply, kind.extension, kind.ceiling)
            if limit not in self.time_limits
        ]
        missing += [f"events: {name} is missing" for name in EVENTS if name not in self.events]
        if missing:
            raise ValueError("; ".join(missing))
        return self

    @model_validator(mode="after")
    def _functions_have_departments(self) -> TicketCatalogue:
        wrong = [
            f"departments.{name}: function {function} is unknown"
            for name, department in self.departments.items()
            for function in department.functions
            if function not in self.functions
        ]
        for function in self.functions:
            name = self.function_departments.get(function)
            if name is None:
                wrong.append(f"function_departments: function {function} has no department")
            elif name not in self.departments:
                wrong.append(f"function_departments.{function}: department {name} is unknown")
            elif function not in self.departments[name].functions:
                wrong.append(f"function_departments.{function}: department {name} does not list this function")
        wrong += [
            f"function_departments: function {function} is unknown"
            for function in self.function_departments
            if function not in self.functions
        ]
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    def words(self, message: str, **values: object) -> str:
        """A message with its values filled in."""
        return self.messages[message].format(**values)

    def department_name(self, department: str) -> str:
        """The name of a department as people read it; the id itself if the city has since removed it."""
        known = self.departments.get(department)
        return known.name if known else department

    def function_label(self, function: str) -> str:
        """The label of a function of government; the id itself if it no longer exists."""
        return self.functions.get(function, function)

    def action_label(self, action: str) -> str:
        """What staff read for an action or event of the history."""
        known = self.actions.get(action) or self.events.get(action)
        return known.label if known else action


def load_catalogue(folder: Path = FOLDER) -> TicketCatalogue:
    """Read ``catalogue.yml`` and ``departments.yml`` of a folder; raises CatalogueError."""
    data = _read(folder / "catalogue.yml")
    offices = _read(folder / "departments.yml")
    try:
        return TicketCatalogue.model_validate(offices | data | {"functions": function_labels()})
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        raise CatalogueError(f"{folder}: {problems}") from error


def _read(path: Path) -> dict[str, Any]:
    try:
        data = read_yaml(path)
    except (OSError, yaml.YAMLError) as error:
        raise CatalogueError(f"{path}: cannot be read: {error}") from error
    if not isinstance(data, dict):
        raise CatalogueError(f"{path}: must be a mapping")
    return data
