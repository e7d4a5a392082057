"""The details of an entry as a curator writes them: questions and their answer line by line, an empty line between two.

An answer that nobody has compared with its source yet begins with 答（待核实）.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pydantic import ValidationError

from knowledge_base.aspects import LONGEST_SOURCE, text_and_source
from knowledge_base.details import LONGEST_ASKED, LONGEST_DETAIL, SHORTEST_DETAIL, Detail, details_of
from knowledge_base.lifecycle import InvalidEntry

_LINE = re.compile(r"(问|答|答[（(]待核实[）)])[：:]")
# Characters of a wrong line that are told again.
QUOTED = 20


def details_text(details: Sequence[object]) -> str:
    """Details, as they are kept, as text.

    >>> details_text([{"asked": ["差三天能上吗"], "text": "看当年的截止日期。"}])
    '问：差三天能上吗\\n答：看当年的截止日期。'
    """
    return "\n\n".join(detail.line() for detail in details_of(details))


def read_details(text: str) -> list[Detail]:
    """Details of a text; raises InvalidEntry with the line that is wrong and what may be written.

    >>> [one.text for one in read_details("问：能上吗\\n答：能上的。\\n问：要带什么\\n答：户口簿。")]
    ['能上的。', '户口簿。']
    """
    details: list[Detail] = []
    asked: list[str] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        begun = _LINE.match(line)
        kind = begun.group(1) if begun else ""
        if begun and kind == "问":
            asked.append(line[begun.end() :].strip())
        elif begun and asked:
            details.append(_detail(asked, line[begun.end() :], unverified=kind != "答"))
            asked = []
        else:
            raise InvalidEntry(
                f"细问细答里“{line[:QUOTED]}”这一行要以“问：”或“答：”开头；每条先写“问：”，再写“答：”，答写在一行里"
            )
    if asked:
        raise InvalidEntry(f"细问细答里“{asked[-1][:QUOTED]}”还没有写“答：”")
    return details


def _detail(asked: Sequence[str], answer: str, *, unverified: bool) -> Detail:
    text, source = text_and_source(answer)
    try:
        return Detail(asked=tuple(asked), text=text, source=source, unverified=unverified)
    except ValidationError as error:
        raise InvalidEntry(
            f"细问细答里“{asked[0][:QUOTED]}”这一条：问要有2到{LONGEST_ASKED}个字，答要有{SHORTEST_DETAIL}到{LONGEST_DETAIL}个字，"
            f"依据最多{LONGEST_SOURCE}个字"
        ) from error
