"""Rows to measure on: one JSON object a line. A wrong one is told with its file and line, and ends the command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from rich.markup import escape
from typing_extensions import Self

from bot.commands.console import fail

# Exit codes: 1 what is needed is missing (an untrained model), 2 what was given is wrong.
WRONG_INPUT = 2


class Row(BaseModel):
    """A row; fields that a measurement does not need are passed over."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)


class TitleRow(Row):
    """Something to be found, by its official title."""

    id: str = Field(min_length=1)
    title: str = Field(min_length=1)


class QueryRow(Row):
    """What somebody asks, and the id of the title it should find."""

    id: str = Field(min_length=1)
    query: str = Field(min_length=1)


class TextRow(Row):
    """A text."""

    text: str = Field(min_length=1)


class LabelledRow(TextRow):
    """A message with the label of the responsible function."""

    label: str = Field(min_length=1)
    title: str = ""


class IntentRow(TextRow):
    """A message with its intent."""

    intent: str = Field(min_length=1)


class SpanRow(TextRow):
    """A text with the entities in it: kind and exact text of each."""

    spans: list[tuple[str, str]]

    @model_validator(mode="after")
    def _occur(self) -> Self:
        for kind, text in self.spans:
            if not text or text not in self.text:
                raise ValueError(f"the text does not contain the {kind} {text!r}")
        return self


class TaggedRow(Row):
    """An address with BIO tags, one a character or, as some files have it, one a run of digits or letters."""

    chars: str = Field(min_length=1)
    tags: list[str]


RowType = TypeVar("RowType", bound=Row)


def wrong_input(message: str) -> NoReturn:
    """Say what is wrong with what was given, and end."""
    fail(escape(message), WRONG_INPUT)


@dataclass(frozen=True)
class Placed:
    """A line of a file, for messages."""

    path: Path
    number: int

    def wrong(self, why: str) -> NoReturn:
        """Say what is wrong with the line, and end."""
        wrong_input(f"{self.path}, line {self.number}: {why}")


def read_lines(path: Path) -> list[tuple[Placed, str]]:
    """The lines that are not empty, with their places; fails for a file that cannot be read or has none."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        wrong_input(f"{path} is not UTF-8 text")
    except OSError as error:
        wrong_input(f"{path} cannot be read: {error.strerror}")
    # Not splitlines(): it also cuts at U+2028 and the like, which JSON allows inside strings.
    lines = [(Placed(path, number), line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if not lines:
        wrong_input(f"{path} is empty. It needs one JSON object a line")
    return lines


def read_rows(
    path: Path, kind: type[RowType], check: Callable[[RowType], str | None] = lambda row: None
) -> list[RowType]:
    """All rows of a file; ``check`` says what else is wrong with one, or None."""
    rows = []
    for place, line in read_lines(path):
        row = parse_row(place, line, kind)
        if wrong := check(row):
            place.wrong(wrong)
        rows.append(row)
    return rows


def parse_row(place: Placed, line: str, kind: type[RowType]) -> RowType:
    """One row; fails with its place and what is wrong."""
    try:
        return kind.model_validate_json(line)
    except ValidationError as error:
        place.wrong(_reason(error, kind))


def _reason(error: ValidationError, kind: type[Row]) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        return f"this is not JSON ({first['msg'].removeprefix('Invalid JSON: ')})"
    if first["type"] in {"model_type", "model_attributes_type"}:
        return f"not a JSON object with {_fields(kind)}"
    field = ".".join(map(str, first["loc"]))
    if first["type"] == "missing":
        return f'"{field}" is missing; a row needs {_fields(kind)}'
    message = first["msg"].removeprefix("Value error, ")
    return f'"{field}": {message}' if field else message


def _fields(kind: type[Row]) -> str:
    needed: Sequence[str] = [name for name, field in kind.model_fields.items() if field.is_required()]
    return ", ".join(f'"{name}"' for name in needed)
