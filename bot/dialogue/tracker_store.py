"""Rasa's memory of a conversation, kept short. Runs inside Rasa, named in ``endpoints.yml``.

Rasa replays a conversation's events several times in every turn and sends them all to the action server, so a turn
gets slower with each one before it (measured: 35 ms at the first, 200 ms at the twentieth). Our rules look at the
present turn only, and what lasts is in slots: so all but the last turns are condensed into the slots they left behind.
The transcript that people read is the gateway's, in the database. Query codes of tickets are covered before anything is kept,
and all that is kept is sealed.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any

from rasa.core.tracker_store import RedisTrackerStore
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, Restarted, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.dialogue.redaction import redacted
from bot.dialogue.sealing import Sealing

# The present turn and the one before it (“再说一遍”, and a message that is delivered again after a crash).
TURNS_KEPT = 2


NOTHING_READ: tuple[str, bytes | None] = ("", None)
# The tracker that was read in the same round trip that took the conversation's lock (lock_store.py).
READ_WITH_LOCK: ContextVar[tuple[str, bytes | None]] = ContextVar("read_with_lock", default=NOTHING_READ)
KEY_PREFIX = "wenzheng:tracker:"


def tracker_key(sender_id: str) -> str:
    """Where a conversation's tracker is in Redis."""
    return KEY_PREFIX + sender_id


class CondensedTrackerStore(RedisTrackerStore):  # type: ignore[misc]  # rasa ships no types
    """A Redis tracker store whose trackers do not grow. Rasa's lock makes sure that a conversation has one writer."""

    def __init__(self, *args: Any, record_exp: str | float | None = None, **kwargs: Any) -> None:
        super().__init__(*args, record_exp=int(record_exp) if record_exp else None, **kwargs)
        self._sealing = Sealing()

    async def save(self, tracker: DialogueStateTracker, timeout: float | None = None) -> None:
        """Write the condensed tracker; it expires ``record_exp`` seconds after the last message."""
        await self.stream_events(tracker)
        kept = DialogueStateTracker(tracker.sender_id, self.domain.slots)
        kept.events.extend(redacted(condense(tracker)))
        sealed = self._sealing.seal(self.serialise_tracker(kept))
        self.red.set(tracker_key(tracker.sender_id), sealed, ex=timeout or self.record_exp)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Read it back; None if it expired or never was."""
        owner, stored = READ_WITH_LOCK.get()
        if owner == sender_id:
            # What the lock brought with it is good for the first look only.
            READ_WITH_LOCK.set(NOTHING_READ)
        else:
            stored = self.red.get(tracker_key(sender_id))
        opened = self._sealing.open(stored) if stored is not None else None
        return self.deserialise_tracker(sender_id, opened) if opened is not None else None


def condense(tracker: DialogueStateTracker) -> list[Event]:
    """The last turns as they were, after what the earlier ones left: slots and an open form."""
    events: Sequence[Event] = list(tracker.events)
    turns = [place for place, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(turns) <= TURNS_KEPT:
        return list(events)
    cut = turns[-TURNS_KEPT]
    at = events[cut].timestamp
    loop = _open_loop(events[:cut])
    left: list[Event] = [
        ActionExecuted("action_session_start", timestamp=at),
        SessionStarted(timestamp=at),
        *(SlotSet(name, slot.value, timestamp=at) for name, slot in tracker.slots.items() if slot.value is not None),
    ]
    if loop:
        left.append(ActiveLoop(loop, timestamp=at))
    return [*left, ActionExecuted("action_listen", timestamp=at), *events[cut:]]


def _open_loop(events: Sequence[Event]) -> str | None:
    """The form that is open after these events; a new session or a restart closes all."""
    name: str | None = None
    for event in events:
        if isinstance(event, ActiveLoop):
            name = event.name
        elif isinstance(event, (SessionStarted, Restarted)):
            name = None
    return name
