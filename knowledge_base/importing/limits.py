"""How much a file may cost: sizes, rows, pages; the numbers are in ``limits.yml``."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from knowledge_base.content_schema import load_yaml

LIMITS_FILE = Path(__file__).parent / "limits.yml"


class Limits(BaseModel):
    """Sizes in bytes, times in seconds; what each is for is said in ``limits.yml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file_bytes: int = Field(gt=0)
    text_bytes: int = Field(gt=0)
    rows: int = Field(gt=0)
    columns: int = Field(gt=0)
    pages: int = Field(gt=0)
    characters: int = Field(gt=0)
    members: int = Field(gt=0)
    unpacked_bytes: int = Field(gt=0)
    ratio: int = Field(gt=0)
    ratio_from_bytes: int = Field(gt=0)
    passage_characters: int = Field(ge=50, le=5000)
    preview_rows: int = Field(gt=0)
    advised_rows: int = Field(ge=0)
    preview_seconds: int = Field(gt=0)
    reading_seconds: int = Field(gt=0)
    reading_memory_bytes: int = Field(gt=0)


@lru_cache(maxsize=1)
def default_limits() -> Limits:
    """The limits of ``limits.yml``."""
    return Limits.model_validate(load_yaml(LIMITS_FILE))


def size_text(count: int) -> str:
    """A size for people.

    >>> size_text(209715200)
    '200 MB'
    """
    for unit, factor in (("MB", 1024**2), ("KB", 1024)):
        if count >= factor:
            return f"{count / factor:.0f} {unit}"
    return f"{count} 字节"
