"""A text with each sign in its plain form where that is one sign too, so that places in it stay."""

from __future__ import annotations

import re

from nlu.text import simplified

# Signs of full width that have a plain form: １, Ａ, but not the marks of Chinese sentences.
_FULL_WIDTH = re.compile("[０-９Ａ-Ｚａ-ｚ＋－．＠／＿]")


def folded(text: str) -> str:
    """The text, as long as it was, with full-width and traditional characters in their plain form.

    >>> folded("電話１３８")
    '电话138'
    """
    unified = _FULL_WIDTH.sub(lambda match: chr(ord(match.group()) - 0xFEE0), text)
    simple = simplified(unified)
    return simple if len(simple) == len(text) else unified
