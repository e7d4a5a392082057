"""E-mail addresses: the part of RFC 5322 that people type, local part and domain in ASCII."""

from __future__ import annotations

import re

from nlu.entities.span import Span

# Limits of RFC 5321: 64 characters before the sign, 63 in a label.
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9_](?:[A-Za-z0-9._%+-]{0,62}[A-Za-z0-9_+-])?[@＠]"
    r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})(?:\.[A-Za-z0-9-]{1,63}){0,4}\.[A-Za-z]{2,24}(?![A-Za-z0-9])"
)


def find_emails(text: str) -> list[Span]:
    """Every address, in order; the value is in lower case."""
    return [
        Span(m.start(), m.end(), m.group(), m.group().lower().replace("＠", "@"), "email")
        for m in _EMAIL.finditer(text)
    ]
