"""What all desks share: whose desk it is, the check before each deed, the record after it."""

from __future__ import annotations

from collections.abc import Callable

from bot.security.errors import SignedOut
from bot.security.roles import Principal, require
from channels.console.services import ConsoleServices


class DeskBase:
    """The desk of one person. ``current`` looks up who they are now, so that an open page ends with its session.

    ``token`` gives the token of this browser's session, to tell it from the person's other sessions.
    """

    def __init__(
        self,
        principal: Principal,
        services: ConsoleServices,
        current: Callable[[], Principal | None] | None = None,
        token: Callable[[], str] = str,
    ) -> None:
        self.principal = principal
        self._services = services
        self._current = current
        self._token = token

    def _require(self, *permissions: str) -> None:
        """Raise SignedOut or PermissionDenied unless this person may do all of this, now."""
        if self._current is not None:
            now = self._current()
            if now is None or now.username != self.principal.username:
                raise SignedOut
            self.principal = now
        for permission in permissions:
            require(self.principal, permission)

    def _log(self, action: str, object_: str = "", detail: str = "") -> None:
        if self.principal.via:
            detail = f"接口令牌“{self.principal.via}”" + (f"：{detail}" if detail else "")
        self._services.accounts.audit.record(self.principal.username, action, object_, detail)
