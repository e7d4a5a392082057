"""What this channel needs from the rest of the house."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from actions.messages import Button
from channels.emergency import Emergency
from channels.inbound import Inbound, TurnResult

CHANNEL = "wechat"


class Gateway(Protocol):
    """Takes a message through one turn."""

    async def handle(self, inbound: Inbound) -> TurnResult:
        """The reply; the same message id again gives the same reply, or waits for it. Raises ChannelError."""

    def emergency(self, text: str) -> Emergency | None:
        """What typed text tells of danger to life."""

    async def answer_emergency(self, emergency: Emergency, inbound: Callable[[], Awaitable[Inbound]]) -> TurnResult:
        """Say whom to call, at once, and store the message that ``inbound`` gives afterwards."""

    def conversation_for(self, channel: str, external_id: str) -> str:
        """The conversation of a channel's own user, begun at the first call."""


class Greeting(Protocol):
    """What a new follower is told."""

    def __call__(self) -> tuple[str, Sequence[Button]]:
        """The greeting and the quick questions; only a question's title is used."""


class CustomerService(Protocol):
    """Sends messages that are not the reply to a callback."""

    @property
    def configured(self) -> bool:
        """Whether the account has what it takes to send."""

    async def send(self, openid: str, text: str) -> None:
        """Send one text of at most 2,048 bytes; raises PushError."""
