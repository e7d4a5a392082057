"""Danger to life in what a citizen writes: the answer waits for nothing, neither storage nor Rasa nor a limit."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from actions.messages import Button, EmergencyPart, Part, Trace
from bot.pools import RECORDING, run_in
from channels.conversations.service import Begun, ConversationService
from channels.emergency_words import load_words
from channels.errors import ChannelError
from channels.inbound import Inbound, TurnResult
from nlu.danger import Danger, Level
from nlu.danger.judge import CERTAIN, NO_DANGER

logger = logging.getLogger(__name__)

# The kind whose words fit any danger.
GENERAL = "help"
AMBULANCE = "tel:120"
BODY = frozenset({AMBULANCE, "tel:119", "tel:110"})
MOST_PHONES = 4
_HAN, _LETTER = re.compile("[\u3400-\u9fff]"), re.compile("[A-Za-z]")

# So long an answer waits for its place in the transcript, which it has at once unless the database is slow.
PLACE_SECONDS = 0.2
# Between tries to write an answered turn down; the last pause repeats.
PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
# More than so many turns are not kept waiting for a database that is away.
MOST_WAITING = 2_000


class Judge(Protocol):
    """Says whether a text tells of danger: :class:`nlu.danger.DangerJudge`."""

    def judge(self, text: str) -> Danger:
        """What a text tells."""


@dataclass(frozen=True)
class Emergency:
    """What a text speaks of (``stroke``, ``fire`` …), how surely, whom to call, and how long looking for it took."""

    kind: str
    parts: list[Part]
    level: Level = "certain"
    milliseconds: float = 0.0


class EmergencyFinder:
    """Danger in texts, as the part that says whom to call. ``longest``: of a text twice as long both ends are read."""

    def __init__(self, judge: Judge, longest: int = 2000) -> None:
        self._judge = judge
        self._longest = longest
        load_words()  # now and not when somebody is in danger

    def find(self, text: str) -> Emergency | None:
        """The emergency that a text tells of, certain or possible."""
        longest = self._longest
        bounded = text if len(text) <= 2 * longest else f"{text[:longest]}\n{text[-longest:]}"
        danger = self._judge.judge(bounded)
        return None if danger.level == NO_DANGER else emergency_of(danger, text)


def emergency_of(danger: Danger, said: str = "") -> Emergency:
    """Whom to call, in order of need: help for the body comes before help for the mind. ``said``: the message, which is
    answered in English too where it has no Chinese character.
    """
    words = load_words()
    known = [words.kinds[kind] for kind in danger.kinds if kind in words.kinds] or [words.kinds[GENERAL]]
    numbers = list(dict.fromkeys(number for kind in known for number in kind["phones"]))
    if numbers[0] not in BODY and any(kind["phones"][0] == AMBULANCE for kind in known):
        numbers = [AMBULANCE, *(number for number in numbers if number != AMBULANCE)]
    level: Literal["certain", "possible"] = "certain" if danger.level == CERTAIN else "possible"
    text = known[0]["text"] if level == "certain" else words.possible
    foreign = _LETTER.search(said) is not None and _HAN.search(said) is None
    labels = words.english["phones"] if foreign else words.phones
    phones = [Button(title=labels[number], payload=number) for number in numbers[:MOST_PHONES]]
    part = EmergencyPart(text=f"{words.english[level]}\n{text}" if foreign else text, phones=phones, level=level)
    return Emergency(danger.kind, [part], danger.level)


def follow_up(kinds: Sequence[str]) -> str:
    """What is said above every further reply after these kinds of danger, the newest first; empty: nothing."""
    words = load_words()
    names = (words.kinds[kind].get("follow_up", "") for kind in kinds if kind in words.kinds)
    return next((words.follow_up[name] for name in names if name), "")


class EmergencyDesk:
    """Answers first and writes the turn down afterwards: again and again until it is stored or the process ends."""

    def __init__(self, conversations: ConversationService, mask: Callable[[str], str]) -> None:
        self._conversations = conversations
        self._mask = mask
        self._recording: set[asyncio.Task[TurnResult | None]] = set()

    async def answer(self, emergency: Emergency, inbound: Callable[[], Awaitable[Inbound]]) -> TurnResult:
        """The answer; its ``messages`` are empty where it is not stored yet.

        ``inbound`` gives the message that may be stored: it looks up the conversation, or raises ChannelError where
        the sender may not write into it. Open widgets are told of what is stored later.
        """
        answered = TurnResult(
            turn_id="",
            parts=emergency.parts,
            decision="emergency",
            trace=Trace(decision="emergency", reason=emergency.kind),
            latency_ms={"danger": emergency.milliseconds, "total": emergency.milliseconds},
        )
        if len(self._recording) >= MOST_WAITING:
            logger.error("an answer to an emergency is not stored: too many wait for the database")
            return answered
        started = time.monotonic()
        task = asyncio.create_task(self._record(answered, inbound, started))
        self._recording.add(task)
        task.add_done_callback(self._recording.discard)
        done, _ = await asyncio.wait({task}, timeout=PLACE_SECONDS)
        return (task.result() if done else None) or answered

    async def close(self, seconds: float = 2.0) -> None:
        """Give what is not stored yet a last moment."""
        if self._recording:
            _, late = await asyncio.wait(self._recording, timeout=seconds)
            for task in late:
                task.cancel()

    async def _record(
        self, answered: TurnResult, inbound: Callable[[], Awaitable[Inbound]], started: float
    ) -> TurnResult | None:
        tries = 0
        begun: Begun | None = None
        while True:
            try:
                message = await inbound()
                # Once begun the turn is ours: begun again it would look like another's.
                if begun is None:
                    begun = await run_in(RECORDING, self._conversations.begin, message, self._mask(message.text))
                stored, seq = await self._store(answered, begun)
            except ChannelError:
                return None  # not theirs to write into
            except Exception as error:
                # The words of the error may quote the citizen.
                logger.warning("an answer to an emergency is not stored yet: %s", type(error).__name__)
                await asyncio.sleep(PAUSES[min(tries, len(PAUSES) - 1)])
                tries += 1
                continue
            if seq and time.monotonic() - started > PLACE_SECONDS:
                show = self._conversations.transcript.show
                await run_in(RECORDING, show, message.conversation_id, message.channel, seq)
            return stored

    async def _store(self, answered: TurnResult, begun: Begun) -> tuple[TurnResult | None, int]:
        """The turn as it stands in the store, and the place of what was written just now; 0 if nothing was."""
        if begun.mine:
            result = replace(answered, turn_id=begun.turn_id)
            messages = await run_in(RECORDING, self._conversations.finish, result, [])
            if messages:
                return replace(result, messages=messages), messages[-1].seq
        return await run_in(RECORDING, self._conversations.result_of, begun.turn_id), 0
