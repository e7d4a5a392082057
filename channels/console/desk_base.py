"""What all desks share: whose desk it is, the check before each deed, the record after it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from bot.security.errors import PermissionDenied, SignedOut
from bot.security.roles import Principal, require
from channels.console.services import ConsoleServices
from nlu.privacy import mask

MAX_SEARCH = 100


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

    def _require(self, *permissions: str, keeps: bool = False) -> None:
        """Raise SignedOut or PermissionDenied unless this person may do all of this, now; refusals are recorded.

        ``keeps``: the deed keeps something although it takes no more than the permission to read.
        """
        if self._current is not None:
            now = self._current()
            if now is None or now.username != self.principal.username:
                raise SignedOut
            self.principal = now
        for permission in permissions:
            try:
                require(self.principal, permission)
            except PermissionDenied as refused:
                self._refuse(permission, refused=refused)
        if keeps and self.principal.read_only:
            words = f"接口令牌“{self.principal.via}”只能查看，不能保存"
            self._refuse(" ".join(permissions), refused=PermissionDenied(words))

    def _refuse(self, permission: str, object_: str = "", *, refused: PermissionDenied) -> NoReturn:
        """Record that this person may not do this, and raise ``refused``. ``object_``: what it was about."""
        detail = f"接口令牌“{self.principal.via}”" if self.principal.via else ""
        self._services.accounts.audit.refused(self.principal.username, permission, object_, detail)
        raise refused

    def _searched(self, what: str, text: str, offset: int = 0) -> None:
        """Record what somebody looked for among citizens' words, personal data masked; turning pages is no new search."""
        if text.strip() and not offset:
            self._log(f"{what}.search", detail=mask(text.strip())[:MAX_SEARCH])

    def _log(self, action: str, object_: str = "", detail: str = "") -> None:
        if self.principal.via:
            detail = f"接口令牌“{self.principal.via}”" + (f"：{detail}" if detail else "")
        self._services.accounts.audit.record(self.principal.username, action, object_, detail)
