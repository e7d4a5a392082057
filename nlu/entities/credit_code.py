"""统一社会信用代码 (GB 32100-2015): 18 digits and capitals without I O Z S V, the last one a check character."""

from __future__ import annotations

import re

from stdnum.cn import uscc

from nlu.entities.span import Span

_SIGN = "0-9A-HJ-NPQRTUWXY"
# Authority (1 编制, 5 民政, 9 市场监管, A 工会, N 农业农村, Y 其他 …), category, six digits of GB/T 2260, nine of the body.
_CODE = re.compile(
    rf"(?<![0-9A-Za-z])([1-9A-GNY][1-9A]) ?([0-9]{{6}}) ?([{_SIGN}]{{9}}) ?([{_SIGN}])(?![0-9A-Za-z])", re.IGNORECASE
)
# Digits alone are more often an order or a card: they must be said to be a code, or check.
_CUE = re.compile(r"信用代码|社会代码|税号|纳税人识别号|营业执照|执照号")


def is_valid_credit_code(value: str) -> bool:
    """Whether the check character fits the 17 before it (18 capitals and digits of the standard's alphabet)."""
    return _CODE.fullmatch(value) is not None and uscc.calc_check_digit(value[:17]) == value[17]


def find_credit_codes(text: str) -> list[Span]:
    """Every code, in order; kind ``credit_code``, or ``credit_code_wrong`` where the check character does not fit."""
    spans = []
    announced = _CUE.search(text) is not None
    for m in _CODE.finditer(text):
        value = "".join(m.groups()).upper()
        if is_valid_credit_code(value):
            spans.append(Span(m.start(), m.end(), m.group(), value, "credit_code"))
        elif announced or (not value.isdigit() and value[0] in "159NY"):
            spans.append(Span(m.start(), m.end(), m.group(), value, "credit_code_wrong"))
    return spans
