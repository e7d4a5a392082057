"""What FastAPI found wrong in a request, field by field, in Chinese."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml


@lru_cache(maxsize=1)
def _words() -> dict[str, str]:
    words: dict[str, str] = yaml.safe_load((Path(__file__).parent / "validation.yml").read_text(encoding="utf-8"))
    return words


def wrong_fields(errors: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Each error with its place and its reason.

    >>> wrong_fields([{"type": "missing", "loc": ("body", "legal_basis", 0, "title")}])
    [{'pointer': '#/legal_basis/0/title', 'detail': '必须填写'}]
    >>> wrong_fields([{"type": "less_than_equal", "loc": ("query", "limit"), "ctx": {"le": 200}}])
    [{'parameter': 'limit', 'detail': '不能大于 200'}]
    """
    return [{**_place(error["loc"]), "detail": _reason(error)} for error in errors]


def _place(location: Sequence[str | int]) -> dict[str, str]:
    where, *path = location
    if where == "body":
        return {"pointer": "#" + "".join(f"/{_escaped(str(step))}" for step in path)}
    return {"parameter": str(path[0]) if path else str(where)}


def _escaped(step: str) -> str:
    """One step of a JSON pointer (RFC 6901)."""
    return step.replace("~", "~0").replace("/", "~1")


def _reason(error: Mapping[str, Any]) -> str:
    words = _words()
    return words.get(error["type"], words["value_error"]).format(**error.get("ctx", {}))
