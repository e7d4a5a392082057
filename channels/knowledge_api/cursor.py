"""Lists page by page: a cursor names the last thing that was seen, so what comes and goes meanwhile disturbs nothing."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Query, Request, Response

from channels.knowledge_api import numbers
from channels.knowledge_api.problems import wrong_parameter

T = TypeVar("T")
Key = tuple[str | int, ...]
LARGEST = 200
WRONG = "cursor 不对，请用上一页给出的 next"


@dataclass(frozen=True)
class Page:
    """How many things on a page, and the cursor of the page."""

    request: Request
    response: Response
    limit: int
    cursor: str

    def after(self, kind: str, shape: tuple[type, ...]) -> Key | None:
        """The key of the last thing that was seen of this list; None at its beginning. Raises ApiProblem."""
        if not self.cursor:
            return None
        try:
            given, *key = json.loads(base64.urlsafe_b64decode(self.cursor.encode("ascii")))
        except (ValueError, TypeError, binascii.Error, RecursionError) as error:
            raise wrong_parameter("cursor", WRONG) from error
        fits = [type(one) is wanted and _storable(one) for one, wanted in zip(key, shape, strict=False)]
        if given != kind or len(key) != len(shape) or not all(fits):
            raise wrong_parameter("cursor", WRONG)
        return tuple(key)

    def next_page(self, kind: str, key: Key) -> str:
        """The address of the page after the thing with this key; also told in the header ``Link``."""
        packed = json.dumps([kind, *key], ensure_ascii=False, separators=(",", ":")).encode()
        cursor = base64.urlsafe_b64encode(packed).decode()
        others = [(name, value) for name, value in self.request.query_params.multi_items() if name != "cursor"]
        address = f"{self.request.url.path}?{urlencode([*others, ('cursor', cursor)])}"
        self.response.headers["Link"] = f'<{address}>; rel="next"'
        return address

    def cut(
        self, kind: str, things: Sequence[T], key: Callable[[T], Key], shape: tuple[type, ...]
    ) -> tuple[list[T], str | None]:
        """One page of things that are all there, sorted by their key; and the address of the next page, if there is one."""
        after = self.after(kind, shape)
        rest = sorted((one for one in things if after is None or key(one) > after), key=key)
        page = rest[: self.limit]
        return page, self.next_page(kind, key(page[-1])) if len(rest) > self.limit else None


def _storable(part: object) -> bool:
    """Whether a database can be asked for it: who writes cursors by hand is told so, and no more."""
    return abs(part) <= numbers.LARGEST if isinstance(part, int) else str(part).isprintable()


def _page(
    request: Request,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=LARGEST, description="Things on a page.")] = 50,
    cursor: Annotated[str, Query(max_length=500, description="From `next` of the page before; opaque.")] = "",
) -> Page:
    return Page(request, response, limit, cursor)


Paging = Annotated[Page, Depends(_page)]
"""What every list takes."""
