"""Checks the content files by hand and in CI: ``python -m knowledge_base.content_check [--missing | --unverified] [FILE ...]``.

Prints every problem with its place; with ``--missing`` also what citizens usually ask of such entries and an entry does not say;
with ``--unverified`` the page for curators on what could not be checked against a text (``docs/to-verify.zh.md``).
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from knowledge_base.aspects import aspects
from knowledge_base.content_schema import CONTENT_DIR, ContentEntry, ContentError, ContentFile, load_content, load_yaml
from nlu.vocabulary import read_yaml

EXPECTED_FILE = Path(__file__).with_name("expected_aspects.yml")
MISSING, UNVERIFIED = "--missing", "--unverified"
# So a line of ``confirm`` begins that says what could not be checked against the text of law.
DOUBT = "待核实："
PAGE = """# 待核实的内容

条目里的数字、期限、条号，凡是没能对照法规原文核对的，都列在这里，上线前请逐条核对。核对完，改好条目，删掉它 `confirm` 里
“待核实”的那一行（细问的，去掉 `unverified: true`），再运行
`.venv/bin/python -m knowledge_base.content_check --unverified > docs/to-verify.zh.md`。市民看不到这些说明。
"""


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


def unverified_page(contents: Iterable[ContentFile]) -> str:
    """What could not be checked against a text, by topic and entry."""
    names = load_yaml(CONTENT_DIR / "topics.yml")
    lines = [PAGE]
    for content in contents:
        doubts = [f"* `{entry.id}` {entry.title}：{line}" for entry in content.entries for line in _doubts(entry)]
        if doubts:
            lines += [f"## {names[content.topic]}", "", *doubts, ""]
    return "\n".join(lines).rstrip() + "\n"


def _doubts(entry: ContentEntry) -> list[str]:
    """What nobody could check of an entry: lines of ``confirm``, and details that citizens do not see until somebody has."""
    lines = [line.removeprefix(DOUBT) for line in entry.confirm if line.startswith(DOUBT)]
    return lines + [f"细问“{one.asked[0]}”：{one.source or one.text}" for one in entry.details if one.unverified]


def main(arguments: list[str]) -> int:
    """Check the named files, or all of them; returns a process exit code."""
    files = [Path(name) for name in arguments if name not in (MISSING, UNVERIFIED)]
    try:
        contents = load_content(files=files or None)
    except ContentError as error:
        print(error, file=sys.stderr)
        return 1
    if UNVERIFIED in arguments:
        print(unverified_page(contents), end="")
        return 0
    entries = [entry for content in contents for entry in content.entries]
    if MISSING in arguments:
        print("\n".join(missing_table(entries)))
    if lines := poor(entries):
        print("\n".join(lines), file=sys.stderr)
        return 1
    similar = sum(len(entry.similar) for entry in entries)
    details = [detail for entry in entries for detail in entry.details]
    open_ = sum(detail.unverified for detail in details)
    print(
        f"{len(entries)} entries in {len(contents)} topics, {similar} similar questions, {len(details)} details", end=""
    )
    print(f" ({open_} not verified): correct")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
