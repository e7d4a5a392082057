"""What is begun in the app while Rasa has not been asked yet: the message's vector, and the search for it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.pools import AHEAD, run_in
from knowledge_base.search_ahead import SearchAhead
from nlu.encoder.handed import HandedVector, hand_out

# So long a vector is waited for; it takes some milliseconds. Without it Rasa computes its own.
SECONDS = 1.0


class LookAhead:
    """``pretrained``: the encoders whose vectors are handed on; none: only the search is begun."""

    def __init__(self, ahead: SearchAhead, pretrained: Sequence[str]) -> None:
        self._ahead = ahead
        self._pretrained = tuple(pretrained)

    async def __call__(self, text: str) -> HandedVector | None:
        """The text's vector; the search, which reads it too, goes on by itself."""
        vector = None
        if self._pretrained:
            try:
                async with asyncio.timeout(SECONDS):
                    vector = await run_in(AHEAD, hand_out, self._pretrained, text)
            except TimeoutError:
                pass
        self._ahead.begin(text)
        return vector
