"""Whether an action of this turn failed because something was away that every message needs. Runs inside Rasa.

Rasa only logs what went wrong with an action. The gateway must know: a message that fails by its own fault is given up
soon, one that met an outage is not.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import aiohttp
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

AWAY = 503


@dataclass
class Outage:
    """``seen`` once an action met an outage."""

    seen: bool = False


_OUTAGE: ContextVar[Outage | None] = ContextVar("outage", default=None)


def watch() -> Outage:
    """Begin to watch in this context and those that it begins."""
    outage = Outage()
    _OUTAGE.set(outage)
    return outage


def _note() -> None:
    if (outage := _OUTAGE.get()) is not None:
        outage.seen = True


def install() -> None:
    """Let the calls of actions notice outages; doing it again changes nothing."""
    request = EndpointConfig.request
    if request.__module__ == __name__:
        return

    async def noticing(self: EndpointConfig, *args: Any, **kwargs: Any) -> Any:
        """The same call; an outage is noted and raised as before."""
        try:
            return await request(self, *args, **kwargs)
        except aiohttp.ClientConnectionError:
            _note()
            raise
        except ClientResponseError as error:
            if error.status == AWAY:
                _note()
            raise

    EndpointConfig.request = noticing
