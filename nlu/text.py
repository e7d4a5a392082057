"""Normal form of what citizens type: one width, one case, no hidden characters, no repeated noise."""

from __future__ import annotations

import re
import unicodedata

_SPACES = re.compile(r"[ \t\u00a0\u3000]+")
_LINES = re.compile(r"\n{3,}")
_REPEATED = re.compile(r"([?？!！。,，~～、…])\1+")
_KEEP = "\n\t"
# Chinese punctuation keeps its full width: NFKC alone would turn “，” into “,” and change what people read.
_CHINESE_PUNCTUATION = dict.fromkeys(map(ord, "，。？！；：（）、“”‘’《》【】…—～"))


def strip_hidden(text: str) -> str:
    """Without control, format (zero width, bidirectional), private-use and unassigned characters; line breaks stay."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return "".join(
        char for char in unified if char in _KEEP or unicodedata.category(char) not in {"Cc", "Cf", "Co", "Cn", "Cs"}
    )


def clean(text: str) -> str:
    """What is stored and shown: hidden characters gone, spaces folded, ends trimmed; wording and width untouched."""
    lines = (_SPACES.sub(" ", line).strip() for line in strip_hidden(text).split("\n"))
    return _LINES.sub("\n\n", "\n".join(lines)).strip()


def normalise(text: str) -> str:
    """What is searched and classified: NFKC (Unicode TR 15) but for Chinese punctuation, lower case, noise folded."""
    before, now = "", text
    # Compatibility forms may unfold into spaces, and lower case into characters that fold again: at most three rounds.
    for _ in range(3):
        if now == before:
            break
        before, now = now, _normalised_once(now)
    return now


def _normalised_once(text: str) -> str:
    kept = "".join(
        char if ord(char) in _CHINESE_PUNCTUATION else unicodedata.normalize("NFKC", char) for char in clean(text)
    )
    return _REPEATED.sub(r"\1", clean(kept.lower()))


def content_only(text: str) -> str:
    """The normal form without punctuation, symbols and spaces: letters, digits and Chinese characters."""
    return "".join(char for char in normalise(text) if unicodedata.category(char)[0] in "LN")
