import io
import random
import time
import zipfile
from contextlib import suppress

import import_files as files
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge_base.importing.limits import default_limits
from knowledge_base.importing.parts import ImportProblem, Parsed
from knowledge_base.importing.reading import read
from knowledge_base.importing.reading_process import read_apart

LIMITS = default_limits()
LINES = [("云州市停车办法", 1), ("第一条 停车要付费。", 0), ("第二条 残疾人免费。", 0)]
TEXTS = [text for text, _ in LINES]
DOCX = files.docx(LINES)
XLSX = files.xlsx([files.question_row(1)])
PDF = files.pdf(TEXTS)
HTML = (
    "<html><head><title>x</title><script>alert(1)</script></head><body><h1>云州市停车办法</h1>"
    "<p>第一条 停车<b>要付费</b>。<!-- 内部 --></p><div>第二条 残疾人免费。</div><style>p{}</style></body></html>"
).encode()
MARKDOWN = "# 云州市停车办法\n\n第一条 停车**要付费**。\n\n第二条 残疾人[免费](http://x.cn)。\n".encode()
GOOD = {
    "a.docx": DOCX,
    "a.xlsx": XLSX,
    "a.pdf": PDF,
    "a.html": HTML,
    "a.md": MARKDOWN,
    "a.txt": "\n".join(TEXTS).encode("gb18030"),
    "a.csv": "问题,答案\n怎么停车,付费即可\n".encode("utf-8-sig"),
    "a.zip": files.zipped({"里面/一.md": MARKDOWN, "二.docx": DOCX}),
}


def blocks(parsed: Parsed) -> list[tuple[str, int]]:
    return [(block.text, block.level) for block in parsed.blocks]


@pytest.mark.parametrize("name", ["a.docx", "a.html", "a.md"])
def test_headings_and_paragraphs_come_in_their_order(name: str) -> None:
    assert blocks(read(name, GOOD[name], LIMITS)[0]) == LINES


@pytest.mark.parametrize("name", ["a.txt", "a.pdf"])
def test_texts_without_headings_come_as_paragraphs(name: str) -> None:
    assert [text for text, _ in blocks(read(name, GOOD[name], LIMITS)[0])] == TEXTS


def test_lines_that_a_pdf_page_broke_are_one_paragraph_again_and_page_numbers_are_gone() -> None:
    lines = ["第一条 为了规范停车秩序，方便市民出行，根据国家有关法律法", "规，结合本市实际，制定本办法。", "— 3 —"]
    (parsed,) = read("a.pdf", files.pdf(lines), LIMITS)
    assert [text for text, _ in blocks(parsed)] == [lines[0] + lines[1]]


def test_rows_of_a_workbook_keep_their_line_numbers_and_formulas_are_text() -> None:
    (parsed,) = read("a.xlsx", files.xlsx([["", ""], ["=1+1", 2026.0]], header=["问题", "答案"]), LIMITS)
    rows = parsed.sheets[0].rows
    assert [(row.number, row.cells) for row in rows] == [(1, ("问题", "答案")), (3, ("=1+1", "2026"))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_is_read_in_the_encodings_that_programs_write(encoding: str) -> None:
    (parsed,) = read("a.csv", '问题;答案\n"怎么;停车";付费\n'.encode(encoding), LIMITS)
    assert [row.cells for row in parsed.sheets[0].rows] == [("问题", "答案"), ("怎么;停车", "付费")]


def test_each_file_of_an_archive_goes_through_its_own_importer() -> None:
    assert [one.name for one in read("a.zip", GOOD["a.zip"], LIMITS)] == ["一.md", "二.docx"]


def test_what_was_deleted_with_tracked_changes_stays_out_and_what_was_inserted_comes_in() -> None:
    document = zipfile.ZipFile(io.BytesIO(DOCX)).read("word/document.xml").decode()
    changed = document.replace(
        "第二条 残疾人免费。</w:t></w:r>",
        "第二条 </w:t></w:r><w:ins><w:r><w:t>残疾人</w:t></w:r></w:ins><w:del><w:r><w:delText>老人</w:delText></w:r></w:del>"
        "<w:r><w:t>免费。</w:t></w:r>",
    )
    (parsed,) = read("a.docx", files.with_member(DOCX, "word/document.xml", changed.encode()), LIMITS)
    assert blocks(parsed)[-1] == ("第二条 残疾人免费。", 0)


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'
HARMFUL = {
    "宏": ("a.xlsx", files.with_member(XLSX, "xl/vbaProject.bin", b"macro")),
    "XML 实体": ("a.docx", files.with_member(DOCX, "word/document.xml", BOMB)),
    "不支持 xlsm": ("a.xlsm", XLSX),
    "不支持 doc ": ("旧文件.doc", b"\xd0\xcf\x11\xe0"),
    "压缩炸弹": ("a.zip", files.zipped({"a.txt": b"a" * 50_000_000})),
    "还有压缩包": ("a.zip", files.zipped({"b.zip": GOOD["a.zip"]})),
    "最多 500 个文件": ("a.zip", files.zipped({f"{n}.txt": b"x" for n in range(501)})),
    "超过 200 MB": ("a.txt", bytes(LIMITS.file_bytes + 1)),
    "是空的": ("a.docx", b""),
    "可能已经损坏": ("a.docx", DOCX[:2000]),
    "没有文字": ("a.docx", files.docx([])),
    "可以导入 docx": ("a.exe", b"MZ"),
    "扫描件": ("a.pdf", files.pdf([])),
    "10000 行": ("a.csv", ("问题,答案\n" + "甲,乙\n" * 10_001).encode()),
    "文字编码": ("a.txt", b"\x00\x01\x02"),
}


@pytest.mark.parametrize(("words", "file"), HARMFUL.items(), ids=list(HARMFUL))
def test_what_cannot_be_imported_is_refused_with_its_reason(words: str, file: tuple[str, bytes]) -> None:
    started = time.monotonic()
    with pytest.raises(ImportProblem, match=words.strip()):
        read(*file, LIMITS)
    assert time.monotonic() - started < 5


def test_paths_in_an_archive_are_never_used() -> None:
    (parsed,) = read("a.zip", files.zipped({"../../etc/passwd.txt": "第一条 无。".encode()}), LIMITS)
    assert parsed.name == "passwd.txt"


@pytest.mark.parametrize("name", list(GOOD))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32), cut=st.booleans())
def test_a_damaged_file_is_read_or_refused_never_anything_else(name: str, seed: int, cut: bool) -> None:
    chance = random.Random(seed)
    data = bytearray(GOOD[name])
    for _ in range(chance.randint(1, 20)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    started = time.monotonic()
    with suppress(ImportProblem):
        read(name, bytes(data[: chance.randrange(1, len(data))] if cut else data), LIMITS)
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("ending", ["docx", "xlsx", "pdf", "html", "md", "txt", "csv", "zip"])
@settings(max_examples=25, deadline=None)
@given(data=st.binary(max_size=2000))
def test_any_bytes_at_all_are_read_or_refused(ending: str, data: bytes) -> None:
    with suppress(ImportProblem):
        read(f"a.{ending}", data, LIMITS)


def test_a_file_that_takes_too_long_or_too_much_memory_is_given_up() -> None:
    hungry = LIMITS.model_copy(update={"reading_memory_bytes": 64_000_000})
    with pytest.raises(ImportProblem, match="太复杂"):
        read_apart("a.docx", DOCX, hungry)
    assert blocks(read_apart("a.docx", DOCX, LIMITS)[0]) == LINES
    with pytest.raises(ImportProblem, match="不支持 doc "):
        read_apart("a.doc", b"x", LIMITS)
