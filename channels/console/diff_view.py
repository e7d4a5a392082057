"""What differs between two versions, shown with strokes, lines and words, so that it is plain without colour too."""

from __future__ import annotations

from collections.abc import Mapping

from nicegui import ui

from channels.console.widgets import empty_state, section
from knowledge_base.revisions import Change, FieldDiff

TAGS: dict[Change, str] = {"same": "span", "added": "ins", "removed": "del"}
SIGNS: dict[Change, str] = {"same": "", "added": "＋ ", "removed": "－ "}
# Of a long text that stayed, this many characters are shown at each end.
CONTEXT = 60


def draw_diff(fields: list[FieldDiff], names: Mapping[str, str]) -> None:
    """One card a field; ``names`` gives the words for codes such as topics."""
    if not fields:
        empty_state("这两个版本的内容一样", "只有状态可能不同。", icon="drag_handle")
        return
    ui.label("划线的是删去的，下划线的是新增的。").classes("wz-muted")
    for field in fields:
        with section(field.label), ui.element("div").classes("wz-diff"):
            for kind, text in field.pieces:
                _draw_piece(kind, names.get(text, text), is_list=field.is_list)


def _draw_piece(kind: Change, text: str, *, is_list: bool) -> None:
    with ui.element(TAGS[kind]).classes("wz-diff-item" if is_list else ""):
        ui.label((SIGNS[kind] if is_list else "") + (shortened(text) if kind == "same" else text))


def shortened(text: str) -> str:
    """A text that stayed, without its middle where that is long.

    >>> shortened("办" * 200) == "办" * 60 + " …… " + "办" * 60
    True
    """
    return text if len(text) <= 3 * CONTEXT else f"{text[:CONTEXT]} …… {text[-CONTEXT:]}"
