"""Telephone numbers: mainland mobile (工信部 numbering plan: 11 digits, 13–19) and landline with area code."""

from __future__ import annotations

import re

from nlu.entities.span import Span

_MOBILE = re.compile(r"(?<![\d-])(?:(?:\+|00)?86[- ]?)?(1[3-9]\d)[- ]?(\d{4})[- ]?(\d{4})(?!\d)")
_LANDLINE = re.compile(r"(?<![\d-])[(（]?(0(?:10|2\d|[3-9]\d{2}|000))[)）]?[- ]?(\d{7,8})(?![\d])")


def find_phones(text: str) -> list[Span]:
    """Every telephone number, in order; mobile values are 11 digits, landline values ``area-number``."""
    found = [Span(m.start(), m.end(), m.group(), "".join(m.groups()), "mobile") for m in _MOBILE.finditer(text)]
    taken = [(span.start, span.end) for span in found]
    for m in _LANDLINE.finditer(text):
        if not any(start < m.end() and m.start() < end for start, end in taken):
            found.append(Span(m.start(), m.end(), m.group(), f"{m.group(1)}-{m.group(2)}", "landline"))
    return sorted(found, key=lambda span: span.start)
