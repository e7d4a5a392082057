"""Checks the content files by hand and in CI: ``python -m knowledge_base.content_check [--missing] [FILE ...]``.

Prints every problem with its place; with ``--missing`` also what citizens usually ask of such entries and an entry does not say.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from knowledge_base.aspects import aspects
from knowledge_base.content_schema import ContentEntry, ContentError, load_content
from nlu.vocabulary import read_yaml

EXPECTED_FILE = Path(__file__).with_name("expected_aspects.yml")
MISSING = "--missing"


@dataclass(frozen=True)
class Expected:
    """``fewest``: of so many aspects every entry says something; ``by_kind``: the aspects that are usually asked of a kind."""

    fewest: int
    by_kind: Mapping[str, tuple[str, ...]]

    def missing(self, entry: ContentEntry) -> list[str]:
        """The aspects that are usually asked of such an entry and that it says nothing of."""
        return [name for name in self.by_kind[entry.kind] if name not in entry.aspects]


@lru_cache(maxsize=1)
def load_expected(path: Path = EXPECTED_FILE) -> Expected:
    """What is expected of entries."""
    data = read_yaml(path)
    return Expected(data["fewest"], {kind: tuple(names) for kind, names in data["expected"].items()})


def poor(entries: Iterable[ContentEntry]) -> list[str]:
    """A line for each entry that speaks of too few aspects."""
    fewest = load_expected().fewest
    return [
        f"{entry.id}: {len(entry.aspects)} aspects of at least {fewest}; usually asked and missing: "
        + ", ".join(load_expected().missing(entry))
        for entry in entries
        if len(entry.aspects) < fewest
    ]


def missing_table(entries: Iterable[ContentEntry]) -> list[str]:
    """How many entries of each kind say nothing of an aspect that is usually asked, most first."""
    counts = Counter((entry.kind, name) for entry in entries for name in load_expected().missing(entry))
    return [f"{kind:<13}{name:<19}{aspects()[name]:　<8}{count:>4}" for (kind, name), count in counts.most_common()]


def main(arguments: list[str]) -> int:
    """Check the named files, or all of them; returns a process exit code."""
    files = [Path(name) for name in arguments if name != MISSING]
    try:
        contents = load_content(files=files or None)
    except ContentError as error:
        print(error, file=sys.stderr)
        return 1
    entries = [entry for content in contents for entry in content.entries]
    if MISSING in arguments:
        print("\n".join(missing_table(entries)))
    if lines := poor(entries):
        print("\n".join(lines), file=sys.stderr)
        return 1
    similar = sum(len(entry.similar) for entry in entries)
    print(f"{len(entries)} entries in {len(contents)} topics, {similar} similar questions: correct")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
