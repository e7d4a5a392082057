"""Bodies of what is checked while an entry is written."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from channels.knowledge_api.bodies.base import Read, Sent
from knowledge_base.lifecycle import EntryStatus


class FindingBody(Read):
    """``found`` in a ``field`` should be ``fix`` (empty: none can be offered), and why; what is impossible is not saved."""

    field: str
    found: str
    why: str
    fix: str
    severity: Literal["advice", "impossible"]


class Phrasings(Sent):
    """Texts that an entry is to have; ``but``: the entry they are written for."""

    texts: list[str] = Field(min_length=1, max_length=200, examples=[["居住证到期了怎么续"]])
    but: str = Field("", max_length=80)


class DuplicateBody(Read):
    """A text that is, or nearly is, a phrasing of another entry; ``likeness`` from 0 to 1."""

    text: str
    phrasing: str
    kind: str
    entry_id: str
    title: str
    status: EntryStatus
    exact: bool
    likeness: float
