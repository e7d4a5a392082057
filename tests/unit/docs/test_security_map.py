"""``docs/security.md`` names a test for what it says that holds; each of them is there."""

import re

import pytest

from bot.settings import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
CHAPTERS = re.findall(r"^\| V(\d+) [^|]*\|([^|]*)\|([^|]*)\|$", PAGE, re.MULTILINE)
NAMED = re.compile(r"`((?:unit|integration|e2e|rasa)/[a-z_/]+\.py)`")


def test_every_chapter_is_there_in_order() -> None:
    assert [int(number) for number, _, _ in CHAPTERS] == list(range(1, 18))


@pytest.mark.parametrize(
    "chapter", [row for row in CHAPTERS if row[1].strip() != "not used"], ids=lambda row: f"V{row[0]}"
)
def test_a_chapter_names_tests_and_they_are_there(chapter: tuple[str, str, str]) -> None:
    named = NAMED.findall(chapter[2])
    assert named
    assert [path for path in named if not (ROOT / "tests" / path).is_file()] == []
