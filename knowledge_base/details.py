"""Details of an entry: questions of people in a case of their own, each with the answer to exactly that.

An entry says what holds for everybody who asks of a matter, its points what holds of one aspect. A detail answers what is in
neither: 差三天满三岁能不能上小班.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, field_validator

from knowledge_base.aspects import LONGEST_SOURCE, in_one_line, sourced

SHORTEST_DETAIL, LONGEST_DETAIL, LONGEST_ASKED = 4, 240, 200
MOST_DETAILS = 60
# How a person writes and reads them.
ASKED, ANSWER, UNVERIFIED = "问：", "答：", "答（待核实）："


class Detail(BaseModel):
    """``asked``: what people said who wanted to know it, at least one. ``source``: the law and article that say exactly this,
    empty where no rule is told or the sources of the entry say it. ``unverified``: nobody has compared it with its source yet;
    citizens do not see it, curators do. In a file ``asked`` may be written by pen.

    >>> Detail(asked=["差三天满三岁能上小班吗"], text="能不能上，看区里当年的截止日期。").line()
    '问：差三天满三岁能上小班吗\\n答：能不能上，看区里当年的截止日期。'
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    asked: tuple[Annotated[str, BeforeValidator(in_one_line), Field(min_length=2, max_length=LONGEST_ASKED)], ...] = (
        Field(min_length=1)
    )
    text: Annotated[str, BeforeValidator(in_one_line), Field(min_length=SHORTEST_DETAIL, max_length=LONGEST_DETAIL)]
    source: Annotated[str, BeforeValidator(in_one_line), Field(max_length=LONGEST_SOURCE)] = ""
    unverified: bool = False

    @field_validator("asked", mode="before")
    @classmethod
    def _of_all_pens(cls, value: object) -> object:
        return [text for texts in value.values() for text in texts] if isinstance(value, dict) else value

    def filled(self, fill: Callable[[str], str]) -> Detail:
        """With the placeholders of its texts filled."""
        if not any("{" in text for text in (*self.asked, self.text, self.source)):
            return self
        asked = tuple(fill(text) for text in self.asked)
        return self.model_copy(update={"asked": asked, "text": fill(self.text), "source": fill(self.source)})

    def line(self) -> str:
        """The detail as a person reads and writes it, a line for each question and one for the answer."""
        return "\n".join(
            [
                *(f"{ASKED}{text}" for text in self.asked),
                f"{UNVERIFIED if self.unverified else ANSWER}{sourced(self.text, self.source)}",
            ]
        )


def _asked_once(details: list[Detail]) -> list[Detail]:
    seen: set[str] = set()
    for text in phrasings(details):
        if text in seen:
            raise ValueError(f"“{text}” is asked twice")
        seen.add(text)
    return details


def phrasings(details: Iterable[Detail]) -> Iterator[str]:
    """What was asked, of all details."""
    for detail in details:
        yield from detail.asked


Details = Annotated[list[Detail], AfterValidator(_asked_once), Field(max_length=MOST_DETAILS)]
_DETAILS: TypeAdapter[list[Detail]] = TypeAdapter(Details)


def details_of(kept: Sequence[object]) -> list[Detail]:
    """Details from how they are kept; raises pydantic's ValidationError."""
    return _DETAILS.validate_python(kept)
