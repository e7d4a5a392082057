"""ETag and If-Match: nobody changes what they have not read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import Depends, Header, Request, Response

from channels.knowledge_api.problems import ApiProblem
from knowledge_base.lifecycle import VersionConflict

NEVER = -1


def etag(version: int) -> str:
    """The ETag of a version.

    >>> etag(3)
    '"3"'
    """
    return f'"{version}"'


def version_in(tag: str) -> int:
    """The version in an ETag, one that no thing has where it is not ours. Proxies that compress make tags weak.

    >>> version_in('"3"'), version_in('W/"3"'), version_in('"abc"')
    (3, 3, -1)
    """
    digits = tag.strip().removeprefix("W/").strip('"')
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else NEVER


def _expected(if_match: Annotated[str, Header(description="The ETag that reading gave.")] = "") -> int:
    """The version a change is made on; raises ApiProblem where it is not said, or any would do."""
    if if_match.strip() in {"", "*"}:
        raise ApiProblem("version-needed")
    return version_in(if_match)


Expected = Annotated[int, Depends(_expected)]
"""The version in ``If-Match``, which must be there."""


@contextmanager
def unchanged(current: Callable[[], int]) -> Iterator[None]:
    """A conflict of versions becomes a refusal that tells the present ETag."""
    try:
        yield
    except VersionConflict as error:
        tag = etag(current())
        raise ApiProblem("version-conflict", str(error), headers={"ETag": tag}, current=tag) from error


def told(response: Response, version: int) -> None:
    """Give the ETag with the response."""
    response.headers["ETag"] = etag(version)


def known_already(request: Request, version: int) -> bool:
    """Whether the caller has this version (If-None-Match)."""
    return any(version_in(tag) == version for tag in request.headers.get("if-none-match", "").split(","))
