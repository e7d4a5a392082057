"""A rule for the console's source: what NiceGUI parses as markup, styles or script is written in the source, word for word.

A property whose name begins with a colon is JavaScript to the browser, and a quote ends a value: a text with stored words
in it would let whoever wrote them run scripts at whoever reads them. Computed values go through
``channels/console/markup.py``.
"""

from __future__ import annotations

import ast
from pathlib import Path

PARSED = {"props", "style", "classes", "default_props", "default_style", "default_classes"}
MARKUP = {"html", "markdown", "restructured_text", "mermaid", "code", "interactive_image"}
SCRIPT = {"run_javascript", "run_script", "add_head_html", "add_body_html", "add_css", "add_scss", "add_sass"}
TEMPLATE = {"add_slot", "run_method", "run_row_method"}
KEYWORDS = {"js_handler"}
# The file that turns values into literals of JavaScript.
EXEMPT = {"run_javascript": {"markup.py"}}


def violations(source: str, file: str = "page.py") -> list[str]:
    """Where a text for the browser's parsers is not a literal of this source: ``page.py:3 props``."""
    tree = ast.parse(source)
    constants = _constants(tree)
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = _name(node.func)
        watched = [*_texts(node, name), *(one.value for one in node.keywords if one.arg in KEYWORDS)]
        if file not in EXEMPT.get(name, set()) and not all(_is_ours(text, constants) for text in watched):
            found.append(f"{file}:{node.lineno} {name}")
    return found


def violations_in(folder: Path) -> list[str]:
    """The same for every Python file of a folder."""
    files = sorted(folder.rglob("*.py"))
    return [one for file in files for one in violations(file.read_text(encoding="utf-8"), file.name)]


def _texts(call: ast.Call, name: str) -> list[ast.expr]:
    """The arguments that are parsed."""
    named = [one.value for one in call.keywords]
    if name in PARSED:
        return [*call.args, *named]
    if name in TEMPLATE:  # the name of the slot, its template
        return [*call.args[:2], *(one.value for one in call.keywords if one.arg in {"name", "template"})]
    if name in MARKUP | SCRIPT:
        # A method of that name which belongs to no NiceGUI object does not occur in the console.
        return [*call.args[:1], *(one.value for one in call.keywords if one.arg in {"content", "code", "script"})]
    return []


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _constants(tree: ast.Module) -> dict[str, ast.expr]:
    """Module-level names that are given a value once in the whole file."""
    stored = [one.id for one in ast.walk(tree) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)]
    arguments = {one.arg for one in ast.walk(tree) if isinstance(one, ast.arg)}
    values = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if stored.count(name) == 1 and name not in arguments:
                values[name] = node.value
    return values


# Tables of literals that other files take.
TABLES = {"BUTTON_LOOKS", "TONES", "BANNERS"}


def _is_ours(node: ast.expr, constants: dict[str, ast.expr]) -> bool:
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.IfExp):
        return _is_ours(node.body, constants) and _is_ours(node.orelse, constants)
    if isinstance(node, ast.Name):
        return node.id in constants and _is_ours(constants[node.id], {})
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        table = constants.get(node.value.id)
        literals = isinstance(table, ast.Dict) and all(_is_ours(one, {}) for one in table.values)
        return literals or (table is None and node.value.id in TABLES)
    return _is_file_of_ours(node)


def _is_file_of_ours(node: ast.expr) -> bool:
    """``(Path(__file__).parent / "console.css").read_text(...)`` and nothing that could hold other words."""
    names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    formatted = any(isinstance(one, ast.JoinedStr) for one in ast.walk(node))
    return names == {"Path", "__file__"} and not formatted
