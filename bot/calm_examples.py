"""Calm sentences for the danger judge: examples of intents, phrasings of the knowledge base, complaints to departments.

Nobody in them is in danger, and they are what most people write: without them everything unknown would look alarming.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from knowledge_base.content_schema import load_content, topic_files
from nlu.routing.examples import FOLDER, own_examples

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "bot" / "dialogue" / "nlu"
CONTENT = ROOT / "knowledge_base" / "content"
# Of what is asked there, somebody may be in danger.
NOT_CALM = Path(__file__).with_name("not_calm.yml")
# More phrasings of each entry would drown the sentences of people in danger: all of them cost a hundredth of those heard.
OF_AN_ENTRY = 8
# [北京](place) and [三天]{"entity": "time"} are marks of Rasa's training data.
_MARK = re.compile(r"\[([^\[\]]*)\](?:\([^()]*\)|\{[^{}]*\})")


def calm_files() -> list[Path]:
    """The files that they are in."""
    return [*example_files(), *topic_files(CONTENT), NOT_CALM]


def example_files() -> list[Path]:
    """The files of those that do not change with the knowledge base."""
    return [path for folder in (EXAMPLES, FOLDER / "examples") for path in sorted(folder.rglob("*.yml"))]


def calm_texts() -> list[str]:
    """Each sentence once, in order."""
    said, messages = _examples()
    return list(dict.fromkeys([*said, *_asked(), *messages]))


def example_texts() -> list[str]:
    """Those that do not change with the knowledge base, each once, in order: what tells names from other words should not."""
    said, messages = _examples()
    return list(dict.fromkeys([*said, *messages]))


def _examples() -> tuple[list[str], list[str]]:
    messages = [text for example in own_examples() for text in (example.title, example.text) if text]
    return [text for path in sorted(EXAMPLES.rglob("*.yml")) for text in _said(path)], messages


def _asked() -> Iterator[str]:
    left_out = _read(NOT_CALM)
    for content in load_content(CONTENT):
        for entry in content.entries:
            if content.topic not in left_out["topics"] and entry.id not in left_out["entries"]:
                yield from (entry.question, *entry.similar[:OF_AN_ENTRY])


def _said(path: Path) -> Iterator[str]:
    for row in _read(path)["nlu"]:
        for line in row["examples"].splitlines() if "intent" in row else ():
            if text := _MARK.sub(r"\1", line.strip().removeprefix("-")).strip():
                yield text


def _read(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return data
