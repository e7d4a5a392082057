"""The words of this channel, from ``messages.yml``."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict


class WeChatTexts(BaseModel):
    """Every sentence and label that this channel adds to what the assistant says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    choices: str
    facets: str
    related: str
    steps: str
    step_source: str
    more: str
    more_words: tuple[str, ...]
    sources: str
    source_article: str
    source_detail: str
    source_effective: str
    emergency_phones: str
    ticket_head: str
    ticket_code: str
    ticket_status: str
    ticket_department: str
    ticket_due: str
    ticket_history: str
    staff_head: str
    staff_head_ticket: str
    staff_author: str
    date: str
    unsupported: dict[str, str]
    notices: tuple[str, ...]
    still_working: str


@lru_cache(maxsize=1)
def wechat_texts() -> WeChatTexts:
    """The words, read once."""
    path = Path(__file__).parent / "messages.yml"
    return WeChatTexts.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
