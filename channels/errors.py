"""Refusals and failures a citizen may meet; their words are in ``messages.yml``, by code and language."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml


@lru_cache(maxsize=1)
def texts() -> dict[str, Any]:
    """The channel's own words: errors, greeting, emergencies."""
    data: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "messages.yml").read_text(encoding="utf-8"))
    return data


class ChannelError(Exception):
    """Something that must be told to the citizen; ``code`` names its words and its HTTP status in ``messages.yml``."""

    def __init__(self, code: str, *, retry_after: int = 0, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after
        self.values = values

    @property
    def status(self) -> int:
        """The HTTP status that fits."""
        return int(texts()["errors"][self.code]["status"])

    def text(self, locale: str) -> str:
        """The words in ``zh`` or ``en``."""
        words: dict[str, str] = texts()["errors"][self.code]
        return words.get(locale, words["zh"]).format(**self.values)
