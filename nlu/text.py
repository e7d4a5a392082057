"""Normal form of what citizens type: one script, width and case, no hidden characters, no emoji, no repeated noise."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from opencc import OpenCC

_SPACES = re.compile(r"[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_LINES = re.compile(r"\n{3,}")
_REPEATED = re.compile(r"([?？!！。,，~～、…])\1+")
_KEEP = "\n\t"
# Chinese punctuation keeps its full width: NFKC alone would turn “，” into “,” and change what people read.
_CHINESE_PUNCTUATION = "，。？！；：（）、“”‘’《》【】…—～"
# Characters in the forms of nearly every message: nothing has to be looked up for them.
_PLAIN = rf"\u4e00-\u9fa5{_CHINESE_PUNCTUATION}"
_UNUSUAL = re.compile(rf"[^\n\t -~{_PLAIN}]")
# Words of such characters between single spaces are in normal form, but for repeats and traditional characters.
_NORMAL = re.compile(rf"(?:[!-@\[-~{_PLAIN}]+(?: [!-@\[-~{_PLAIN}]+)*)?")
# Unicode's blocks of pictographs, and the selectors and keycap mark that only change how a character is drawn.
_EMOJI = re.compile(
    "[\u231a\u231b\u23e9-\u23fa\u2600-\u27bf\u2b00-\u2bff\u20e3\ufe00-\ufe0f\U0001f000-\U0001fbff\U000e0100-\U000e01ef]"
)
# Blocks in which a traditional character may stand: CJK ideographs with extensions and compatibility forms.
_IDEOGRAPHS = ((0x3400, 0xA000), (0xF900, 0xFB00), (0x20000, 0x323B0))


@lru_cache(maxsize=1)
def _script() -> tuple[OpenCC, frozenset[str]]:
    """The converter (OpenCC t2s), and every character that it changes: made once a process, in a tenth of a second."""
    converter = OpenCC("t2s")
    ideographs = [chr(code) for first, end in _IDEOGRAPHS for code in range(first, end)]
    converted = converter.convert("\n".join(ideographs)).split("\n")
    pairs = zip(ideographs, converted, strict=True)
    return converter, frozenset(char for char, simple in pairs if char != simple)


def simplified(text: str) -> str:
    """Traditional characters as simplified ones, by OpenCC's phrases and characters; other text is not touched."""
    converter, traditional = _script()
    return text if traditional.isdisjoint(text) else str(converter.convert(text))


@lru_cache(maxsize=4096)
def _shown(char: str) -> str:
    """The character, or nothing where it is control, format, private-use or unassigned."""
    return "" if unicodedata.category(char) in {"Cc", "Cf", "Co", "Cn", "Cs"} else char


@lru_cache(maxsize=4096)
def _folded(char: str) -> str:
    return "" if _EMOJI.match(char) else unicodedata.normalize("NFKC", char)


def strip_hidden(text: str) -> str:
    """Without control, format (zero width, bidirectional), private-use and unassigned characters; line breaks stay."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return _UNUSUAL.sub(lambda m: _shown(m.group()), unified)


def clean(text: str) -> str:
    """What is stored and shown: hidden characters gone, spaces folded, ends trimmed; wording and width untouched."""
    lines = (_SPACES.sub(" ", line).strip() for line in strip_hidden(text).split("\n"))
    return _LINES.sub("\n\n", "\n".join(lines)).strip()


def normalise(text: str) -> str:
    """What is searched and classified: NFKC (Unicode TR 15) but for Chinese punctuation, simplified characters, lower
    case, no emoji, noise folded. Normalising twice changes nothing more.
    """
    now = text
    # Compatibility forms may unfold into spaces, and lower case into characters that fold again: at most three rounds.
    for _ in range(3):
        if _NORMAL.fullmatch(now) and _script()[1].isdisjoint(now):
            return _REPEATED.sub(r"\1", now)
        before, now = now, _normalised_once(now)
        if now == before:
            break
    return now


def _normalised_once(text: str) -> str:
    kept = _UNUSUAL.sub(lambda m: _folded(m.group()), clean(text))
    return _REPEATED.sub(r"\1", clean(simplified(kept.lower())))


def content_only(text: str) -> str:
    """The normal form without punctuation, symbols and spaces: letters, digits and Chinese characters."""
    return "".join(char for char in normalise(text) if unicodedata.category(char)[0] in "LN")
