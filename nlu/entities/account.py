"""How a person is reached besides by telephone: 微信, QQ and other accounts, e-mail written in words, numbers of papers."""

from __future__ import annotations

import re

from nlu.entities.span import Span

_LATIN_CUES = "wechat|weixin|vx|wx|qq|whatsapp|telegram|skype"
_CUE = (
    rf"(?:微信|威信|薇信|微讯|v信|绿泡泡|加我?v|扣扣|企鹅|抖音|快手|小红书|陌陌|支付宝|(?<![A-Za-z])(?:{_LATIN_CUES}))"
)
_LINK = r"(?:号码|号|名|群|id|账号|帐号|是|为|係|叫|:|：|=| |，|,|的|我|加|就|聊){0,8}"
# A name with a digit or a line in it is no word; without one it must be said to be a number (微信号).
_SIGNED = r"(?=[A-Za-z.]{0,39}[0-9_-])[A-Za-z][A-Za-z0-9_.-]{4,39}"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_CUE}{_LINK}({_SIGNED})(?![A-Za-z0-9])",
        rf"{_CUE}(?:号|账号|id)[是为:： ]{{0,3}}([A-Za-z][A-Za-z0-9_.-]{{4,39}})(?![A-Za-z0-9])",
        # 加V聊 …, 骂号是…: some words between
        rf"{_CUE}[\u4e00-\u9fff:：，, ]{{0,10}}({_SIGNED})(?![A-Za-z0-9])",
        rf"{_CUE}{_LINK}([0-9]{{5,12}})(?![A-Za-z0-9])",
        r"(wxid_[A-Za-z0-9_-]{4,40})",
    )
)
_AT, _POINT = r"(?:艾特|@|＠|圈a|\[at\]|\(at\)| at )", r"(?:点|點|\.|．| dot )"
_SPOKEN_MAIL = re.compile(
    rf"[A-Za-z0-9_](?:[A-Za-z0-9._-]|点|點|下划线){{0,40}} ?{_AT} ?"
    rf"[A-Za-z0-9](?:[A-Za-z0-9-]){{0,30}}(?: ?{_POINT}[A-Za-z0-9-]{{1,20}}){{1,4}}",
    re.IGNORECASE,
)
_PAPERS = (
    "护照|passport|证件号|学籍号|学号|社保卡|保障卡|居留|永居|通行证|回乡证|台胞证|驾驶证|驾照|残疾证|医保卡|就诊卡"
)
_PAPER = re.compile(
    rf"(?:{_PAPERS})[^A-Za-z0-9，,。；;]{{0,8}}(?:No\.? ?)?([A-Za-z]{{0,3}}[0-9]{{6,18}}[Xx]?)(?![A-Za-z0-9])",
    re.IGNORECASE,
)


def find_accounts(text: str) -> list[Span]:
    """Every account, spoken address and told number of a paper; values as written. They may overlap."""
    found = [Span(*m.span(1), m.group(1), m.group(1), "account") for each in _PATTERNS for m in each.finditer(text)]
    found += [Span(*m.span(), m.group(), m.group().lower(), "account") for m in _SPOKEN_MAIL.finditer(text)]
    return found + [Span(*m.span(1), m.group(1), m.group(1), "passport") for m in _PAPER.finditer(text)]
