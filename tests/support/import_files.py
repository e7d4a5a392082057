"""Real files for tests of importing: a long policy document, sheets, a small PDF writer, harmful archives."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence

from docx import Document
from openpyxl import Workbook

HEADER = ["标题", "标准问", "相似问", "相似问", "答案", "主题", "依据", "发布机关", "文号", "生效日期", "失效日期"]
TITLE = "云州市居住登记和居住证管理办法"
OPENING = [
    "云州市人民政府文件",
    "云府〔2026〕12号",
    TITLE,
    "各区人民政府，市各有关单位：现将本办法印发给你们，请认真执行。",
]
DIGITS = "零一二三四五六七八九"


def chinese(number: int) -> str:
    """A number below 200 in characters: 一百一十二."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = "一百" if hundreds else ""
    if tens:
        text += (DIGITS[tens] if tens > 1 or hundreds else "") + "十"
    elif hundreds and ones:
        text += "零"
    return text + (DIGITS[ones] if ones else "")


def policy_lines(articles: int = 150, items: int = 5) -> list[tuple[str, int]]:
    """Paragraphs of a policy with chapters, and their heading levels; 150 articles are some 40 pages in print."""
    lines = [(text, 1 if text == TITLE else 0) for text in OPENING]
    for number in range(1, articles + 1):
        if number % 15 == 1:
            lines.append((f"第{chinese(number // 15 + 1)}章 第{number // 15 + 1}类事项", 2))
        head = f"第{chinese(number)}条 申请第{number}号居住登记事项的，应当向居住地公安派出所提出，并如实提供下列材料："
        lines.append((head, 0))
        lines += [
            (f"（{chinese(item)}）第{number}号事项的第{item}种证明材料，由出具单位盖章，自出具之日起三个月内有效；", 0)
            for item in range(1, items)
        ]
        lines.append((f"公安派出所应当自收到第{number}号事项申请之日起五个工作日内办结，并告知申请人结果。", 0))
    bees = "养蜂人携带蜂箱转场放蜂的，应当提前三日向区农业农村部门报备放蜂地点，不收取费用。"
    lines.append((f"第{chinese(articles + 1)}条 {bees}", 0))
    lines.append((f"第{chinese(articles + 2)}条 本办法自2026年3月1日起施行，有效期5年。", 0))
    return lines


def docx(lines: Iterable[tuple[str, int]]) -> bytes:
    document = Document()
    for text, level in lines:
        if level:
            document.add_heading(text, level)
        else:
            document.add_paragraph(text)
    return _saved(document)


def xlsx(rows: Sequence[Sequence[object]], header: Sequence[str] = HEADER) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [header, *rows]:
        sheet.append(list(row))
    return _saved(book)


def question_row(number: int, **changes: object) -> list[object]:
    row: dict[str, object] = {
        "标题": f"第{number}号窗口业务",
        "标准问": f"第{number}号业务怎么办理？",
        "相似问": f"{number}号业务流程；{number}号业务在哪办",
        "更多": f"想办{number}号业务",
        "答案": f"第{number}号业务请到区政务服务中心{number}号窗口，带身份证即可。",
        "主题": "户籍与身份证",
        "依据": "云州市政务服务办法",
        "发布机关": "云州市人民政府",
        "文号": "云府〔2025〕1号",
        "生效日期": "2025-01-01",
        "失效日期": None,
    }
    return list((row | changes).values())


def question_rows(count: int = 500, bad: bool = True) -> list[list[object]]:
    """Rows of a sheet; with ``bad``, three of them are wrong: no answer, no such topic, no such day."""
    rows = [question_row(number) for number in range(1, count + 1)]
    if bad:
        rows[16] = question_row(17, 答案="")
        rows[199] = question_row(200, 主题="天文地理")
        rows[399] = question_row(400, 失效日期="2026年2月30日")
    return rows


def pdf(lines: Sequence[str], per_page: int = 30) -> bytes:
    """A PDF whose Chinese text is in a standard CJK font; enough for extracting text."""
    pages = [lines[start : start + per_page] for start in range(0, len(lines), per_page)] or [[]]
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{' '.join(f'{5 + 2 * n} 0 R' for n in range(len(pages)))}] >>".encode(),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [4 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> >>",
    ]
    for number, page in enumerate(pages):
        shown = "\n".join(f"<{line.encode('utf-16-be').hex()}> Tj T*" for line in page)
        stream = f"BT /F1 11 Tf 16 TL 60 780 Td\n{shown}\nET".encode()
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {6 + 2 * number} 0 R "
            f"/Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n".encode() + stream + b"\nendstream")
    out = io.BytesIO(b"%PDF-1.4\n")
    out.seek(0, io.SEEK_END)
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n".encode() + content + b"\nendobj\n")
    start = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    out.write(b"".join(f"{place:010d} 00000 n \n".encode() for place in places))
    out.write(f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF".encode())
    return out.getvalue()


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return out.getvalue()


def with_member(package: bytes, name: str, content: bytes) -> bytes:
    """The package with one member added or replaced."""
    with zipfile.ZipFile(io.BytesIO(package)) as given:
        members = {info.filename: given.read(info) for info in given.infolist()}
    return zipped(members | {name: content})


def _saved(thing: object) -> bytes:
    out = io.BytesIO()
    thing.save(out)  # type: ignore[attr-defined]
    return out.getvalue()
