"""Every regular expression of the project, found by watching the compiler: run as a module, it prints them as JSON.

All modules are imported and every function that reads words from data is called. A pattern that is made where nobody
calls it would hide; the lines on which patterns are made are therefore read from the source too, to be compared.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import _lru_cache_wrapper
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
PACKAGES = ("nlu", "knowledge_base", "actions", "channels", "bot")
# Importable in Rasa's environment only.
RASA_ONLY = ("nlu/components/", "bot/dialogue/")
_THROUGH = ("/re/__init__.py", "/functools.py")


class Made(NamedTuple):
    """A pattern and the line of the project that made it."""

    file: str
    line: int
    pattern: str
    flags: int


def source_files() -> list[Path]:
    """Every Python file of the project's packages, but for migrations and for what runs when it is imported."""
    files = (path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))
    return [path for path in files if "migrations" not in path.parts and path.name != "__main__.py"]


def modules(packages: Sequence[str] = PACKAGES) -> Iterator[ModuleType]:
    """Every module of the packages that this environment can import."""
    for path in source_files():
        name = path.relative_to(ROOT).as_posix()
        if name.partition("/")[0] not in packages:
            continue
        parts = path.relative_to(ROOT).with_suffix("").parts
        try:
            yield importlib.import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
        except ModuleNotFoundError:
            if not name.startswith(RASA_ONLY):
                raise


def uses() -> Iterator[tuple[str, int, int, str]]:
    """Where the source calls ``re``: file, first and last line, and the function."""
    for path in source_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Attribute(value=ast.Name(id="re"), attr=name) if callable(getattr(re, name, None)):
                    # The line of a call may be any of the expression's.
                    yield path.relative_to(ROOT).as_posix(), node.lineno, node.end_lineno or node.lineno, name


def made() -> list[Made]:
    """The patterns, from a process that has made none before."""
    command = [sys.executable, "-m", "tests.support.project_patterns"]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True, timeout=300).stdout
    return [Made(*row) for row in json.loads(printed)]


def _line_of_project(frame: FrameType | None) -> tuple[str, int] | None:
    while frame and frame.f_code.co_filename.endswith(_THROUGH):
        frame = frame.f_back
    place = Path(frame.f_code.co_filename) if frame else ROOT
    inside = place.is_relative_to(ROOT) and place.relative_to(ROOT).parts[:1] and frame is not None
    if not inside or frame is None or place.relative_to(ROOT).parts[0] not in PACKAGES:
        return None
    return place.relative_to(ROOT).as_posix(), frame.f_lineno


def _watched(found: dict[Made, None]) -> Callable[[Any, int], Any]:
    compiler: Callable[[Any, int], Any] = re._compile  # type: ignore[attr-defined]

    def compile_watched(pattern: Any, flags: int) -> Any:
        ready = compiler(pattern, flags)
        where = _line_of_project(sys._getframe(1))
        if where:
            # One of bytes is tried as one of the characters of the same numbers.
            text = ready.pattern if isinstance(ready.pattern, str) else ready.pattern.decode("latin-1")
            found[Made(*where, text, ready.flags)] = None
        return ready

    return compile_watched


def _read_all_words() -> None:
    for module in list(modules()):
        for value in list(vars(module).values()):
            if not isinstance(value, _lru_cache_wrapper) or value.__module__ != module.__name__:
                continue
            if all(one.default is not one.empty for one in inspect.signature(value).parameters.values()):
                value()
    from actions.recommendation.service import RecommendationService, load_life_events
    from knowledge_base.standards.words import StandardNames, standard_words

    RecommendationService(load_life_events(), None)  # type: ignore[arg-type]
    StandardNames(standard_words(), ["materials"])


if __name__ == "__main__":
    collected: dict[Made, None] = {}
    re._compile = _watched(collected)  # type: ignore[attr-defined]
    _read_all_words()
    json.dump(list(collected), sys.stdout)
