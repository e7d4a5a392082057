"""Where things are. Paths of pages are relative to the mount; the forms and cookies need the whole path."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

MOUNT = "/console"
SIGN_IN_FORM = f"{MOUNT}/session"
CODE_FORM = f"{MOUNT}/session/code"
SIGN_OUT_FORM = f"{MOUNT}/sign-out"
IDENTITY_START = f"{MOUNT}/oidc/start"
SESSION_COOKIE = "wenzheng_session"
SECOND_STEP_COOKIE = "wenzheng_second_step"
IDENTITY_COOKIE = "wenzheng_identity"
KNOWN_COOKIE = "wenzheng_known"
LOGIN = "/login"
LOGIN_CODE = "/login/code"
MY_ACCOUNT = "/my-account"


def login_address(next_: str = "", *, page: str = LOGIN, **why: str) -> str:
    """A sign-in page; ``next_`` is where to go afterwards, ``why`` tells the page what to say."""
    query = {key: value for key, value in {"next": next_, **why}.items() if value}
    return MOUNT + page + (f"?{urlencode(query)}" if query else "")


def safe_next(address: str) -> str:
    """``address`` if it is one of our own pages, else home: a link must not lead people elsewhere after signing in."""
    try:
        parts = urlsplit(address) if address.isprintable() and "\\" not in address else urlsplit("")
    except ValueError:  # as of //[
        return f"{MOUNT}/"
    inside = parts.path == MOUNT or parts.path.startswith(f"{MOUNT}/")
    signing_in = parts.path in {MOUNT + LOGIN, MOUNT + LOGIN_CODE}
    if not inside or parts.scheme or parts.netloc or ".." in parts.path or signing_in:
        return f"{MOUNT}/"
    return parts.path + (f"?{parts.query}" if parts.query else "")
