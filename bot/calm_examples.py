"""Calm sentences for the danger judge: examples of intents, phrasings of the knowledge base, complaints to departments.

Nobody in them is in danger, and they are what most people write: without them everything unknown would look alarming.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from nlu.routing.examples import FOLDER, own_examples

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "bot" / "dialogue" / "nlu"
CONTENT = ROOT / "knowledge_base" / "content"
# [北京](place) and [三天]{"entity": "time"} are marks of Rasa's training data.
_MARK = re.compile(r"\[([^\[\]]*)\](?:\([^()]*\)|\{[^{}]*\})")


def calm_files() -> list[Path]:
    """The files that they are in."""
    folders = (EXAMPLES, CONTENT, FOLDER / "examples")
    return [path for folder in folders for path in sorted(folder.rglob("*.yml"))]


def calm_texts() -> list[str]:
    """Each sentence once, in order."""
    messages = [text for example in own_examples() for text in (example.title, example.text) if text]
    said = [text for path in sorted(EXAMPLES.rglob("*.yml")) for text in _said(path)]
    asked = [text for path in sorted(CONTENT.rglob("*.yml")) for text in _asked(path)]
    return list(dict.fromkeys([*said, *asked, *messages]))


def _asked(path: Path) -> Iterator[str]:
    entries = _read(path).get("entries") or ()
    for entry in entries:
        yield from (entry["question"], *entry.get("similar", ()))


def _said(path: Path) -> Iterator[str]:
    for row in _read(path)["nlu"]:
        for line in row["examples"].splitlines() if "intent" in row else ():
            if text := _MARK.sub(r"\1", line.strip().removeprefix("-")).strip():
                yield text


def _read(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return data
