"""Bytes as text: UTF-8 or UTF-16 by their mark, else UTF-8, else GB 18030, which covers GBK and GB 2312."""

from __future__ import annotations

import codecs

from knowledge_base.importing.limits import Limits, size_text
from knowledge_base.importing.parts import ImportProblem

MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def decode(data: bytes, limits: Limits) -> str:
    """The text; raises ImportProblem where it is no text, or too long."""
    if len(data) > limits.text_bytes:
        raise ImportProblem(f"文本文件不能超过 {size_text(limits.text_bytes)}，请拆成几个文件")
    marked = [name for mark, name in MARKS if data.startswith(mark)]
    for encoding in marked or ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text
    raise ImportProblem("认不出文字编码，请另存为 UTF-8 再导入")
