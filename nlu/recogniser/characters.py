"""What is known of single characters: family names, how often they stand in given and in foreign names, their shape."""

from __future__ import annotations

import math
from collections import Counter
from functools import lru_cache

import jieba

from nlu.vocabulary import LEXICON_DIR

OTHER_PEOPLES_FILE = LEXICON_DIR / "names_of_other_peoples.txt"
FAMILY_FILE = LEXICON_DIR / "family_names.txt"
# So many family names count as equally common.
RANK = 60
RAREST = 3
# Log-odds beyond these tell nothing more.
LOWEST, HIGHEST = -3, 4
NUMERALS = "〇零一二三四五六七八九十百两幺洞廿"
HOUSE_PARTS = "号栋幢楼单元室户座弄房组门铺床院排村层#"
DOTS = "·•・‧●.．"
# Tags of jieba's dictionary: persons; names of any kind.
PERSON, NAMED = "nr", ("nr", "ns", "nt", "nz")
LONGEST_HAN_NAME = 3


class Characters:
    """Reads the lexicon and jieba's dictionary once."""

    def __init__(self) -> None:
        families = FAMILY_FILE.read_text(encoding="utf-8").split()
        self.single = {name: place for place, name in enumerate(families) if len(name) == 1}
        self.compound = frozenset(name for name in families if len(name) > 1)
        self.other_names = OTHER_PEOPLES_FILE.read_text(encoding="utf-8").split("\n")[:-1]
        self._tags: dict[str, str] = {}
        self.given, self.everywhere = self._counted()
        self._foreign = Counter(char for name in self.other_names for char in name)
        self._totals = self.given.total(), self._foreign.total(), self.everywhere.total()
        self._known: dict[str, str] = {}

    def _counted(self) -> tuple[Counter[str], Counter[str]]:
        given: Counter[str] = Counter()
        everywhere: Counter[str] = Counter()
        with jieba.get_dict_file() as lines:
            for line in lines:
                word, _, tag = line.decode("utf-8").split()
                everywhere.update(word)
                if tag.startswith(NAMED):
                    self._tags[word] = tag[:2]
                if tag == PERSON and 2 <= len(word) <= LONGEST_HAN_NAME and word[0] in self.single:
                    given.update(word[1:])
        return given, everywhere

    def known(self, char: str) -> str:
        """What is known of a character, as one feature: rank as family name, log-odds in given and foreign names."""
        found = self._known.get(char)
        if found is None:
            rank = self.single.get(char)
            family = "-" if rank is None else str(min(RAREST, rank // RANK))
            given, foreign, _ = self._totals
            found = f"{family}{self._odds(char, self.given, given)},{self._odds(char, self._foreign, foreign)}"
            self._known[char] = found
        return found

    def tag(self, word: str) -> str:
        """What kind of name the dictionary says that a word is: of a person, place, organisation or thing; or none."""
        return self._tags.get(word, "-")

    def _odds(self, char: str, names: Counter[str], total: int) -> int:
        share, usual = (names[char] + 0.3) / total, (self.everywhere[char] + 1) / self._totals[2]
        odds = math.log(share / usual)
        return max(LOWEST, min(HIGHEST, round(odds)))


@lru_cache(maxsize=1)
def characters() -> Characters:
    """The one of this process."""
    return Characters()


@lru_cache(maxsize=4096)
def shape(char: str) -> str:
    """The kind of a character: a part of a house stands for itself.

    >>> "".join(map(shape, "住8号楼 三O·Ab，"))
    'HD号楼_NA.AaP'
    """
    if char.isascii() and char.isdigit():
        return "D"
    if char in NUMERALS:
        return "N"
    if char in HOUSE_PARTS:
        return char
    if "\u4e00" <= char <= "\u9fff":
        return "H"
    if char.isascii() and char.isalpha():
        return "A" if char.isupper() else "a"
    return "." if char in DOTS else "_" if char.isspace() else "P"
