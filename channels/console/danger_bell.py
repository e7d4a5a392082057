"""The bell in the title bar: how many citizens in danger wait for somebody, told at once wherever a page is open."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from nicegui import Client, ui
from sqlalchemy.exc import SQLAlchemyError

from channels.conversations.danger_alerts import Waiting

logger = logging.getLogger(__name__)
LOOKED_SECONDS = 3.0
# Two tones, a third of a second each; a browser in which nobody has touched the page yet stays silent.
SOUND = """
try {
  const audio = window.wzAudio ?? (window.wzAudio = new AudioContext());
  [880, 660].forEach((tone, place) => {
    const from = audio.currentTime + place * 0.35, note = audio.createOscillator(), loudness = audio.createGain();
    note.frequency.value = tone;
    loudness.gain.setValueAtTime(0.25, from);
    loudness.gain.exponentialRampToValueAtTime(0.001, from + 0.33);
    note.connect(loudness).connect(audio.destination);
    note.start(from);
    note.stop(from + 0.34);
  });
} catch (silent) { /* the bell is still seen */ }
"""


class DangerBell:
    """The bell on one page; hidden while nobody waits."""

    def __init__(self, client: Client, waiting: Waiting) -> None:
        self._client = client
        with ui.link(target="/dangers").classes("wz-bell").props("role=status aria-live=assertive") as self._link:
            ui.icon("notification_important").props("aria-hidden=true")
            self._words = ui.label()
        self.show(waiting)

    def show(self, waiting: Waiting, *, ring: bool = False) -> None:
        """Show how many wait; ``ring``: with a sound."""
        self._words.set_text(f"{waiting.open} 人处境危险" if waiting.open else "")
        self._link.set_visibility(bool(waiting.open))
        if ring:
            self._client.run_javascript(SOUND)


class AlertWatch:
    """Looks again and again what is open, for all pages of this process."""

    def __init__(self, read: Callable[[], Waiting]) -> None:
        self._read = read
        self._waiting = Waiting()
        self._bells: dict[str, DangerBell] = {}

    def draw(self, client: Client) -> None:
        """Draw the bell at the present place of a page, and keep it true while the page is open."""
        self._bells[client.id] = DangerBell(client, self._waiting)
        client.on_delete(lambda: self._bells.pop(client.id, None))

    async def look(self) -> None:
        """Read what is open and tell the pages what has changed."""
        waiting = await asyncio.to_thread(self._read)
        if waiting == self._waiting:
            return
        ring = waiting.newest > self._waiting.newest
        self._waiting = waiting
        for bell in list(self._bells.values()):
            bell.show(waiting, ring=ring)

    async def watch(self) -> None:
        """Look until the app stops."""
        while True:
            try:
                await self.look()
            except SQLAlchemyError as error:
                logger.warning("who is in danger could not be looked up: %s", type(error).__name__)
            except Exception:
                logger.exception("who is in danger could not be looked up")
            await asyncio.sleep(LOOKED_SECONDS)
