"""txt: one paragraph a line."""

from __future__ import annotations

from knowledge_base.importing.limits import Limits
from knowledge_base.importing.parts import Block, Parsed, tidy
from knowledge_base.importing.plain import decode


def read(name: str, data: bytes, limits: Limits) -> Parsed:
    """The document's paragraphs."""
    lines = (tidy(line) for line in decode(data, limits).splitlines())
    return Parsed(name, blocks=tuple(Block(line) for line in lines if line))
