"""Looks again and again for turns that were begun and not finished, so that every message is answered in the end."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from channels.gateway import Gateway

logger = logging.getLogger(__name__)
PAUSE_SECONDS = 1.0
# While the database is away.
LONG_PAUSE_SECONDS = 10.0


class Recovery:
    """Runs ``gateway.recover`` in the present event loop, from ``start`` to ``stop``."""

    def __init__(self, gateway: Gateway, pause: float = PAUSE_SECONDS) -> None:
        self._gateway = gateway
        self._pause = pause
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look; call inside the event loop."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stop looking; a turn that is being worked on is given back."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            pause = self._pause
            try:
                await self._gateway.recover()
            except Exception as error:
                logger.warning("unfinished turns could not be looked for: %s", type(error).__name__)
                pause = LONG_PAUSE_SECONDS
            await asyncio.sleep(pause)
