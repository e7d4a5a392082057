"""Writes what is derived from ``bot.settings``: the table in ``docs/operation.md`` and ``.env.example``.

Run ``.venv/bin/python docs/settings_pages.py`` after changing a setting; a unit test compares both with the settings.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from bot.settings import ROOT, Settings

TABLE_PAGE = ROOT / "docs" / "operation.md"
EXAMPLE = ROOT / ".env.example"
BEGIN, END = "<!-- settings: begin -->", "<!-- settings: end -->"
EXAMPLE_HEAD = """\
# Settings of the assistant. Copy this file to .env and uncomment what you change; each line shows the default.
# Generated from bot/settings.py by docs/settings_pages.py. What each one is for: docs/operation.md
"""


def settings_table() -> str:
    """A Markdown table with one row per setting, in the order of the class."""
    rows = [
        f"| `{variable(name)}` | {shown(field) or ' '} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(["| Setting | Default | What it is for |", "|---|---|---|", *rows])


def env_example() -> str:
    """The text of ``.env.example``: every setting with its default, commented out."""
    lines = [
        f"# {field.description}\n# {variable(name)}={default_text(field)}\n"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join([EXAMPLE_HEAD, *lines]).rstrip() + "\n"


def variable(name: str) -> str:
    """The environment variable of a field."""
    return f"WENZHENG_{name.upper()}"


def shown(field: FieldInfo) -> str:
    """The default as the table shows it; empty for an empty one."""
    text = default_text(field)
    return f"`{text}`" if text else ""


def default_text(field: FieldInfo) -> str:
    """The default as one would write it into ``.env``; paths are relative to the checkout."""
    value: Any = field.default
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, Path):
        value = value.relative_to(ROOT)
    if isinstance(value, list):
        value = "[" + ",".join(f'"{item}"' for item in value) + "]"
    return "" if value is None else str(value)


def with_table(page: str) -> str:
    """The page with the present table between its marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{settings_table()}\n{END}{after}"


def main() -> None:
    """Write both files."""
    TABLE_PAGE.write_text(with_table(TABLE_PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    EXAMPLE.write_text(env_example(), encoding="utf-8")


if __name__ == "__main__":
    main()
