"""Names that are told in other ways than behind a word that announces them: 姓滕名子昂, 我姓端木，端木青禾, 古丽娜尔·艾山.

Where somebody says that what follows is a name (我孙子叫, 自称), three characters with a family name in front are one, whatever
comes behind.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml

from nlu.entities.person import compound_families, family_pattern
from nlu.entities.span import Span
from nlu.tokenizer import frequency

_LEXICON = Path(__file__).parents[1] / "lexicon"
_HAN = "[\u4e00-\u9fff]"
# Names of the famous stand in the dictionary too, rarely.
RARE = 30
# How many of the patterns spell a name out.
SPELLED_OUT = 2
# Names of other peoples in China and of foreigners as they are written: parts with a dot between.
_DOT = "[·•・‧●]"
_DOTTED = re.compile(rf"(?:(?<={_HAN})|(?<!{_HAN}))({_HAN}{{1,7}}{_DOT}{_HAN}{{1,8}}(?:{_DOT}{_HAN}{{1,8}})?)")
# Words that a dotted name seems to begin with.
_LEADING = re.compile(
    "^.{0,6}?(?:我叫|本人|名叫|叫|姓名|名字是|是|和|与|跟|给|找|被|的|让|请|对|把|由|人|老师|同学|先生|女士|医生|律师|女儿|儿子|老公|老婆|爸爸|妈妈|哥哥|姐姐|弟弟|妹妹|同事|邻居|朋友|室友|老板)"
)
_LATIN_TOLD = re.compile(
    r"(?:my name is|name is|name:|i am|i'm|我叫|本人叫|名字是|名字叫|姓名[:：]?|叫)\s{0,2}"
    r"([A-Z][a-zA-Z'-]{1,20}(?: [A-Z][a-zA-Z'.-]{0,20}){0,3})"
)


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[re.Pattern[str], int], ...]:
    """Each pattern with the number of the group that is the name; in the first two even a word is a name."""
    data = yaml.safe_load((_LEXICON / "names.yml").read_text(encoding="utf-8"))
    sure, family = family_pattern(), family_pattern(common=True)
    given = f"(?:(?![{data['never_given']}]){_HAN})"
    end = rf"(?!{_HAN})"
    told = _any(data["told"])
    who = "我|本人|俺|名|名字|女儿|儿子|妹妹|弟弟|姐姐|哥哥|老公|老婆|她|他"
    paper = "身份证|护照|电话|手机|联系方式|微信|社会保障号|社保号|[0-9]{11}"
    return (
        (re.compile(rf"姓({family})[，, ]?名(?:叫|字是|字叫)?({given}{{1,2}})"), 2),
        (re.compile(rf"姓(?P<family>{family})[，,。 叫是名为的]{{1,4}}((?P=family){given}{{1,2}})"), 2),
        (re.compile(rf"(?:{told})[是为叫:： ]{{0,2}}({sure}{given}{{2}})"), 1),
        (re.compile(rf"(?:{told})[是为叫:： ]{{0,2}}({family}{given}{{1,2}}){end}"), 1),
        # 我叫托合提努尔，: names without a family name end with a sign
        (re.compile(rf"(?:{who})(?:叫|是叫|字是)({given}{{2,6}}){end}"), 1),
        # 5栋1单元302的滕子昂
        (re.compile(rf"[0-9号室栋幢楼]的({sure}{given}{{1,2}}){end}"), 1),
        # 尤美玲，身份证 …
        (re.compile(rf"(?<!{_HAN})({sure}{given}{{1,2}})(?=[，,：:（( ]{{0,2}}(?:{paper}))"), 1),
    )


@lru_cache(maxsize=1)
def _behind_a_person() -> re.Pattern[str]:
    """我妈林佩兰: a family name and two characters behind whoever has a name."""
    data = yaml.safe_load((_LEXICON / "names.yml").read_text(encoding="utf-8"))
    given = f"(?:(?![{data['never_given']}{data['follow_characters']}]){_HAN})"
    return re.compile(rf"(?:{_any(data['person'])}|之父|之母|之子|之女|叫|职工|客户)({family_pattern()}{given}{{2}})")


def _any(listed: str) -> str:
    return "|".join(re.escape(word) for word in sorted(listed.split(), key=len, reverse=True))


def _is_no_word(name: str) -> bool:
    """Whether the dictionary knows no part of it as a word: 高血压 and 任何人 begin like names too."""
    if len(name) == 2:
        return not frequency(name)
    if name.startswith(compound_families()):
        return frequency(name) <= RARE
    return not frequency(name[:2]) and all(frequency(piece) <= RARE for piece in (name, name[1:]))


def find_told_names(text: str) -> list[Span]:
    """Every such name; they may overlap."""
    found = [
        m.span(group)
        for place, (pattern, group) in enumerate(_patterns())
        for m in pattern.finditer(text)
        if place < SPELLED_OUT or _is_no_word(m.group(group))
    ]
    found += [m.span(1) for m in _behind_a_person().finditer(text) if _is_no_word(m.group(1))]
    found += [_trimmed(text, m.start(1), m.end(1)) for m in _DOTTED.finditer(text)]
    found += [(m.start(1), m.end(1)) for m in _LATIN_TOLD.finditer(text)]
    return [Span(start, end, text[start:end], text[start:end], "name") for start, end in found if start < end]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without the words in front that a dotted name seems to begin with."""
    lead = _LEADING.match(text[start:end])
    if lead and lead.end() < end - start - 2:
        start += lead.end()
    return start, end
