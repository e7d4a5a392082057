"""Threads by purpose, so that work of one kind that hangs never keeps work of another kind waiting.

``asyncio.to_thread`` has one pool for everything: forty reads that wait for a slow database would hold up every turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

# Beginning, claiming and finishing turns.
TURNS = ThreadPoolExecutor(8, "turns")
# What actions do: search, forms, tickets.
ACTIONS = ThreadPoolExecutor(8, "actions")
# Searches begun before an action asks for them: one a core at most, beside understanding.
AHEAD = ThreadPoolExecutor(2, "ahead")
# Transcripts and whatever else is only looked at.
READING = ThreadPoolExecutor(8, "reading")
# Turns that were answered before they were written down.
RECORDING = ThreadPoolExecutor(2, "recording")


async def run_in(pool: ThreadPoolExecutor, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """The result of ``work``, done in a thread of ``pool``."""
    return await asyncio.get_running_loop().run_in_executor(pool, partial(work, *args, **kwargs))
