"""A curator at work in a process of its own, as a second instance of the console would be.

Run as a program it reads one JSON object a line, ``{"deed": "publish", "form": {…}}``, ``{"deed": "teach", "form": {…}}`` or
``{"deed": "retire", "entry_id": "…"}``, and answers each with the id of the entry or term.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.container import build
from bot.settings import ROOT, get_settings
from knowledge_base.entry_form import EntryForm
from knowledge_base.service import KnowledgeService
from knowledge_base.vocabulary.terms import TermForm

ACTOR = "curator"


class Curator:
    """Gives orders to the other process; each returns when the change is saved."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def publish(self, **form: Any) -> str:
        """A new entry, live from now on; its id."""
        return self._order({"deed": "publish", "form": form})

    def teach(self, **form: Any) -> str:
        """A term of the vocabulary, in force from now on; its id."""
        return self._order({"deed": "teach", "form": form})

    def retire(self, entry_id: str) -> None:
        """Nobody gets this answer any more."""
        self._order({"deed": "retire", "entry_id": entry_id})

    def _order(self, order: dict[str, Any]) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline().strip()
        assert answer, "the curator's process ended"
        return answer


@contextmanager
def curator_at_work(environment: Mapping[str, str]) -> Iterator[Curator]:
    """A curator on the installation that ``environment`` describes."""
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__))],
        cwd=ROOT,
        env={**environment, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Curator(process)
    finally:
        process.communicate(timeout=30)


def carry_out(knowledge: KnowledgeService, order: Mapping[str, Any]) -> str:
    """Do one deed; the entry's id."""
    if order["deed"] == "retire":
        return knowledge.retire(order["entry_id"], actor=ACTOR).id
    if order["deed"] == "teach":
        return str(knowledge.vocabulary.save(TermForm.parse(order["form"]), actor=ACTOR, enable=True).id)
    entry = knowledge.create(EntryForm.parse(order["form"]), actor=ACTOR)
    return knowledge.publish(entry.id, actor=ACTOR).id


def main() -> None:
    """Carry out orders until the input ends."""
    knowledge = build(get_settings()).knowledge
    for line in sys.stdin:
        print(carry_out(knowledge, json.loads(line)), flush=True)


if __name__ == "__main__":
    main()
