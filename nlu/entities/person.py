"""Names of people: a family name and one or two characters, where the words around it say that it is a name.

Nothing is taken for a name because of its characters alone: 方便, 高血压 and 党员 begin like names too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from nlu.entities.span import Span

_LEXICON = Path(__file__).parents[1] / "lexicon"
# The first patterns of a name need a sign or the end of the text behind it.
_HARD_ENDS = 2
_HARD = r"(?=$|[\s,，。.;；、!！?？:：()（）\"“”'‘’<>《》\[\]【】/|*0-9A-Za-z])"


@dataclass(frozen=True)
class _Patterns:
    """Where a name may begin: behind 我叫, a word that announces one, a person, 我是, or by itself; and the lexicon's sets."""

    called: re.Pattern[str]
    i_am: re.Pattern[str]
    announced: re.Pattern[str]
    person: re.Pattern[str]
    alone: tuple[re.Pattern[str], ...]
    names: tuple[re.Pattern[str], ...]
    soft: re.Pattern[str]
    not_names: frozenset[str]
    not_after_i_am: str
    compound: tuple[str, ...]
    trigger: re.Pattern[str]


def _any(listed: str) -> str:
    return "|".join(re.escape(word) for word in sorted(listed.split(), key=len, reverse=True))


@lru_cache(maxsize=1)
def _patterns() -> _Patterns:
    data = yaml.safe_load((_LEXICON / "names.yml").read_text(encoding="utf-8"))
    families = (_LEXICON / "family_names.txt").read_text(encoding="utf-8").split()
    lines = (_LEXICON / "not_names.txt").read_text(encoding="utf-8").splitlines()
    common = set(data["words"].split())
    family, sure_family = _family(families), _family([name for name in families if name not in common])
    given = f"(?:(?![{data['never_given']}])[\u4e00-\u9fff])"
    soft = rf"(?=[{data['follow_characters']}]|{_any(data['follow_words'])})"
    link = rf"(?:[是为叫:： ]|{_any(data['link'])}){{0,3}}"
    name = f"{sure_family}{given}{{1,2}}"
    return _Patterns(
        called=re.compile(rf"(?:{_any(data['called'])}){link}(?={family})"),
        announced=re.compile(rf"(?:{_any(data['says_name'])}){link}(?={sure_family})"),
        person=re.compile(rf"(?<![妇企林渔农矿商])(?:{_any(data['person'])}|叫){link}(?={sure_family})"),
        i_am=re.compile(rf"(?:[我俺]是|上是|应该是)(?={sure_family})"),
        alone=(
            # 张丽华，13600031478 and 帮我爸办认证，齐保国，539…
            re.compile(rf"(?:^|(?<=[,，。;；:：\s]))({name})(?=[,，:： ]{{1,2}}[\d云京津沪渝]\S{{6}})"),
            # 给吴敏科长
            re.compile(rf"(?:^|(?<=[,，。;；:：\s给找由请叫和的向跟问是知]))({name})(?={_any(data['title'])})"),
            # 我是卢芳的妈妈
            re.compile(rf"(?<=我是)({name})(?=的(?:{_any(data['relative'])}))"),
            # 曹桂芳收
            re.compile(rf"(?:^|(?<=[,，。;；:：\s]))({name})(?=收(?:$|[,，。 ]))"),
        ),
        # The longer name if what follows ends it, the shorter if that does, the longer if something soft follows.
        names=(
            re.compile(f"{family}{given}{{2}}{_HARD}"),
            re.compile(f"{family}{given}{_HARD}"),
            re.compile(f"{family}{given}{soft}"),
            re.compile(f"{family}{given}{{2}}{soft}"),
        ),
        soft=re.compile(soft),
        not_names=frozenset(data["not_names"].split())
        | {word for line in lines if not line.startswith("#") for word in line.split()},
        not_after_i_am=data["not_after_I_am"],
        compound=tuple(name for name in families if len(name) > 1),
        trigger=re.compile(
            rf"{_any(data['says_name'])}|{_any(data['called'])}|{_any(data['person'])}|叫|是|{_any(data['title'])}|收|[\d]"
        ),
    )


def _family(names: list[str]) -> str:
    """A family name, those of two characters first."""
    single = "".join(name for name in names if len(name) == 1)
    return f"(?:{_any(' '.join(name for name in names if len(name) > 1))}|[{single}])"


@lru_cache(maxsize=2)
def family_pattern(common: bool = False) -> str:
    """A pattern of family names; ``common``: with those that are words of every sentence."""
    data = yaml.safe_load((_LEXICON / "names.yml").read_text(encoding="utf-8"))
    words = set() if common else set(data["words"].split())
    families = (_LEXICON / "family_names.txt").read_text(encoding="utf-8").split()
    return _family([name for name in families if name not in words])


@lru_cache(maxsize=1)
def compound_families() -> tuple[str, ...]:
    """Family names of two characters."""
    return _patterns().compound


def find_persons(text: str) -> list[Span]:
    """Every name of a person, in order; the value is the name."""
    known = _patterns()
    if not known.trigger.search(text):
        return []
    found: dict[int, int] = {}
    for cues in (known.called, known.announced, known.person, known.i_am):
        for cue in cues.finditer(text):
            end = _name_end(text, cue.end(), cues)
            if end and cue.end() not in found:
                found[cue.end()] = end
    for pattern in known.alone:
        for m in pattern.finditer(text):
            if m.group(1) not in known.not_names and m.start() not in found:
                found[m.start()] = m.end(1)
    spans: list[Span] = []
    for start, end in sorted(found.items()):
        if not spans or spans[-1].end <= start:
            spans.append(Span(start, end, text[start:end], text[start:end], "name"))
    return spans


def _name_end(text: str, at: int, cues: re.Pattern[str]) -> int:
    """Where the name that begins here ends; 0 where there is none. Only behind 我叫 a word may be a name: 我叫常青."""
    known = _patterns()
    for i, pattern in enumerate(known.names):
        m = pattern.match(text, at)
        if m is None:
            continue
        name, hard = m.group(), i < _HARD_ENDS
        word = name in known.not_names or (name[:2] in known.not_names and not name.startswith(known.compound))
        if word and not (hard and cues is known.called):
            return 0
        if cues is known.i_am and (not hard or name[-1] in known.not_after_i_am):
            return 0
        return m.end()
    return 0
