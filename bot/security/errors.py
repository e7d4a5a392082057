"""What can go wrong with accounts and permissions; ``str(error)`` is Chinese for the person in front of the screen."""

from __future__ import annotations


class SecurityError(Exception):
    """Base of all refusals; nothing was done."""


class PermissionDenied(SecurityError):
    """The person's roles do not allow this."""


class SignInRefused(SecurityError):
    """Unknown name, wrong password or closed account: they look alike on purpose."""

    def __init__(self) -> None:
        super().__init__("用户名或密码不对，请重新输入")


class TooManyAttempts(SecurityError):
    """Too many attempts for this name from this address; ``minutes`` until the next is looked at."""

    def __init__(self, minutes: int) -> None:
        super().__init__(f"尝试的次数太多，请 {minutes} 分钟后再试")
        self.minutes = minutes


class SignedOut(SecurityError):
    """The session is over: expired, revoked or never opened."""

    def __init__(self) -> None:
        super().__init__("登录已过期，请重新登录")


class InvalidAccount(SecurityError):
    """A new account's or password's data cannot be taken; the message says why."""


class UnknownAccount(SecurityError):
    """No account has this name."""

    def __init__(self, username: str) -> None:
        super().__init__(f"没有账号“{username}”")
