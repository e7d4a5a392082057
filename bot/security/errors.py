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


class WrongCode(SecurityError):
    """The code of the second factor is wrong, used up or too old."""

    def __init__(self) -> None:
        super().__init__("验证码不对或已经用过，请等手机上换了新的验证码再输入")


class SecondFactorNeeded(SecurityError):
    """The password was right; the code of the second factor is still to come."""

    def __init__(self) -> None:
        super().__init__("还需要输入手机验证器上的验证码")


class SecondStepOver(SecurityError):
    """Too much time passed between the password and the code, or the account changed in between."""

    def __init__(self) -> None:
        super().__init__("等的时间太长了，请重新登录")


IDENTITY_REFUSALS = {
    "away": "暂时连不上单位账号系统，请稍后再试，或者用密码登录",
    "declined": "单位账号系统没有同意登录，请重试或者联系系统管理员",
    "unverified": "单位账号没有通过验证，请重新登录；还不行请联系系统管理员",
    "over": "登录用的时间太长了，或者不是从这个浏览器开始的，请重新登录",
    "no_role": "您的单位账号还没有使用工作台的权限，请联系系统管理员",
    "closed": "您的账号已经停用，请联系系统管理员",
    "at_once": "这个单位账号的第一次登录同时来了两次，请再登录一次",
}


class IdentityRefused(SecurityError):
    """The identity provider did not say who this is, or whom it named may not come in; ``reason`` is a key above."""

    def __init__(self, reason: str) -> None:
        super().__init__(IDENTITY_REFUSALS[reason])
        self.reason = reason


class TooManyAttempts(SecurityError):
    """Too many attempts for this name from this address; ``minutes`` until the next is looked at."""

    def __init__(self, minutes: int) -> None:
        super().__init__(f"尝试的次数太多，请 {minutes} 分钟后再试")
        self.minutes = minutes


class SignedOut(SecurityError):
    """The session is over: expired, revoked or never opened."""

    def __init__(self) -> None:
        super().__init__("登录已过期，请重新登录")


class TokenRefused(SecurityError):
    """No token, or one that is unknown, over, revoked, or of a closed account: they look alike on purpose."""

    def __init__(self) -> None:
        super().__init__("接口令牌不对、已过期或已停用，请到“我的账号”查看或新建")


class TooBusy(SecurityError):
    """So many sign-ins are being checked that this one would wait too long; nothing was counted against anybody."""

    def __init__(self) -> None:
        super().__init__("现在登录的人太多，请稍后再试")


class InvalidAccount(SecurityError):
    """A new account's or password's data cannot be taken; the message says why.

    ``code`` and ``values`` tell the reason to who reads no Chinese: see ``bot/commands/account_refusals.yml``.
    """

    def __init__(self, message: str, *, code: str = "", **values: object) -> None:
        super().__init__(message)
        self.code = code
        self.values = values


class UnknownAccount(SecurityError):
    """No account has this name."""

    def __init__(self, username: str) -> None:
        super().__init__(f"没有账号“{username}”")
        self.username = username
