"""What the assistant would do with a message, beside what search finds for it."""

from __future__ import annotations

from nicegui import ui

from actions.deciding.look import Look
from channels.console.candidates_view import draw_candidates
from channels.console.hit_test_words import words
from channels.console.turn_labels import label
from channels.console.widgets import field, section
from knowledge_base.aspects import aspects


def draw_look(look: Look) -> None:
    """The acts that would compete, and the likeliest points."""
    with section("市民这样说，助手会怎么办"):
        ui.label(words()["look"]).classes("wz-muted")
        if not look.candidates:
            ui.label("没有可以理解的内容。")
            return
        door = label("doors", look.door) if look.door else ""
        draw_candidates([one.model_dump() for one in look.candidates], door)
        field("若是提问", points_line(look))


def points_line(look: Look) -> str:
    """The points with their probabilities, likeliest first.

    >>> points_line(Look(aspects={"materials": 0.82, "general": 0.1}))
    '材料 82%、整个事项 10%'
    """
    # What is none of the aspects asks for no single one.
    return "、".join(f"{aspects().get(name, words()['whole'])} {share:.0%}" for name, share in look.aspects.items())
