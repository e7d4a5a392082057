"""Values that become part of a page: set as values, so that no stored word is ever read as markup or script.

``.props()``, ``.style()`` and ``.classes()`` of NiceGUI parse the text they are given, and a property whose name starts
with a colon is JavaScript to the browser. They therefore get texts written in our source only, which
``tests/unit/console/test_markup_rules.py`` holds; whatever is computed or stored goes through here.
"""

from __future__ import annotations

import json
from string import Template
from typing import TypeVar

from nicegui import ui

E = TypeVar("E", bound=ui.element)
Value = str | int | float | bool
# Attributes that browsers go to or send forms to.
ADDRESSES = {"action", "formaction", "href", "src", "to"}
# A picture in the page itself; one that holds a script does not run it as the source of an <img>.
PICTURE = "data:image/"
BUTTON_LOOKS = {
    "main": "unelevated",
    "side": "outline",
    "quiet": "flat",
    "danger": "unelevated color=negative",
}
TONES = {
    "neutral": "wz-chip wz-neutral",
    "good": "wz-chip wz-good",
    "warn": "wz-chip wz-warn",
    "bad": "wz-chip wz-bad",
    "info": "wz-chip wz-info",
}
BANNERS = {
    "": "wz-banner",
    "good": "wz-banner wz-good",
    "warn": "wz-banner wz-warn",
    "bad": "wz-banner wz-bad",
    "info": "wz-banner wz-info",
}


def attributes(element: E, **values: Value) -> E:
    """The element, with these attributes; ``aria_label`` stands for ``aria-label``.

    Raises ValueError for what could be script: handlers, and addresses outside the console's own site.
    """
    for name, value in values.items():
        key = name.strip("_").replace("_", "-")
        if key.startswith("on"):
            raise ValueError(f"{key} is a handler, not an attribute")
        picture = key == "src" and str(value).startswith(PICTURE)
        if key in ADDRESSES and not picture and not is_local(str(value)):
            raise ValueError(f"{key} leads out of the console")
        element.props[key] = value
    return element


def is_local(address: str) -> bool:
    """Whether this is a path of our own site.

    >>> is_local("/console/tickets"), is_local("//evil.example"), is_local("javascript:alert(1)")
    (True, False, False)
    """
    return address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()


def run_script(script: str, **values: Value) -> None:
    """Run a script of ours in the browser; its ``$name`` become the values, as literals of JavaScript."""
    literals = {name: json.dumps(value) for name, value in values.items()}
    ui.run_javascript(Template(script).substitute(literals))
