"""The city's own values in Rasa's responses: ``[city.name]`` becomes what ``city.yml`` says. Runs inside Rasa."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

import yaml

CONTENT_DIR = Path(__file__).resolve().parents[2] / "knowledge_base" / "content"
PLACEHOLDER = re.compile(r"\[([a-z_]+)\.([a-z_0-9]+)\]")


def load_city() -> dict[str, dict[str, str]]:
    """Values by section and key, from ``WENZHENG_CONTENT_DIR`` or the starter knowledge base."""
    directory = Path(os.environ.get("WENZHENG_CONTENT_DIR") or CONTENT_DIR)
    data: dict[str, dict[str, str]] = yaml.safe_load((directory / "city.yml").read_text(encoding="utf-8"))
    return data


def fill_city(text: str, city: Mapping[str, Mapping[str, str]]) -> str:
    """Replace every placeholder that the city has a value for; others stay, so that a typing mistake is seen.

    >>> fill_city("您好，我是[city.name]助手", {"city": {"name": "云州市"}})
    '您好，我是云州市助手'
    """
    return PLACEHOLDER.sub(lambda match: str(city.get(match[1], {}).get(match[2], match[0])), text)
