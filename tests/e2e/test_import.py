"""A curator imports a policy and a sheet of questions, mends what is wrong, publishes, and the chat answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import import_files as files
import pytest
from browser import PHONE, photograph, scrolls_sideways
from chat_page import ChatPage
from console_page import ConsolePage
from playwright.sync_api import expect

SLOW = 60_000


def upload(console: ConsolePage, folder: Path, name: str, data: bytes) -> None:
    path = folder / name
    path.write_bytes(data)
    console.page.locator("input[type=file]").set_input_files(path)
    expect(console.page.get_by_text(f"预览：{name}")).to_be_visible(timeout=SLOW)


def commit_and_publish(console: ConsolePage) -> None:
    console.page.get_by_role("button", name=re.compile(r"导入 \d+ 条")).click()
    expect(console.page.get_by_text("导入完成")).to_be_visible(timeout=SLOW)
    console.press("全部发布")
    expect(console.page.get_by_role("button", name="已发布", exact=True)).to_be_visible(timeout=SLOW)


def test_an_imported_policy_and_a_mended_sheet_answer_in_the_chat(
    chat: ChatPage, sign_in: Callable[..., ConsolePage], tmp_path: Path
) -> None:
    console = sign_in("zhangmin")
    console.page.get_by_role("link", name="知识库").first.click()
    console.press("导入")
    expect(console.page.get_by_text("还没有选择文件")).to_be_visible()
    photograph(console.page, "console-import")

    lines = [(text.replace("2026年3月1日", "2026年1月1日"), level) for text, level in files.policy_lines()]
    upload(console, tmp_path, "居住登记办法.docx", files.docx(lines))
    expect(console.page.get_by_label("文号")).to_have_value("云府〔2026〕12号")
    expect(console.page.get_by_label("施行日期")).to_have_value("2026-01-01")
    photograph(console.page, "console-import-policy")
    commit_and_publish(console)
    photograph(console.page, "console-import-done")
    answer = chat.ask("养蜂人转场放蜂要提前几天报备").text
    assert "应当提前三日向区农业农村部门报备" in answer and files.TITLE in answer

    console.open("/knowledge/import")
    upload(console, tmp_path, "业务问答.xlsx", files.xlsx(files.question_rows(500)))
    expect(console.page.get_by_text("Sheet 第 201 行")).to_be_visible()
    expect(console.page.get_by_text("没有“天文地理”这个主题")).to_be_visible()
    expect(console.page.get_by_role("button", name="导入 497 条")).to_be_disabled()
    photograph(console.page, "console-import-problems")
    upload(console, tmp_path, "业务问答改好.xlsx", files.xlsx(files.question_rows(500, bad=False)))
    commit_and_publish(console)
    assert "321号窗口" in chat.ask("第321号业务怎么办理？").text


def test_a_file_that_cannot_be_read_is_refused_and_the_page_goes_on(
    sign_in: Callable[..., ConsolePage], tmp_path: Path
) -> None:
    console = sign_in("zhangmin").open("/knowledge/import")
    (tmp_path / "坏的.docx").write_bytes(b"PK not a package")
    console.page.locator("input[type=file]").set_input_files(tmp_path / "坏的.docx")
    expect(console.page.get_by_text("可能已经损坏")).to_be_visible(timeout=SLOW)
    upload(console, tmp_path, "停车.txt", "停车办法\n第一条 停车要付费。".encode())
    expect(console.page.get_by_text("没有认出发布机关")).to_be_visible()
    console.fill("发布机关", "云州市城管局")
    console.press("按这些信息重新预览")
    expect(console.page.get_by_role("button", name="导入 2 条")).to_be_enabled(timeout=SLOW)


@pytest.mark.parametrize("name", ["chenjing"])
def test_who_may_not_edit_cannot_import(sign_in: Callable[..., ConsolePage], name: str) -> None:
    console = sign_in(name).open("/knowledge/import")
    expect(console.page.get_by_text("您的账号不能导入")).to_be_visible()


def test_documents_are_listed_and_shown_on_a_telephone_too(sign_in: Callable[..., ConsolePage], tmp_path: Path) -> None:
    console = sign_in("zhangmin", viewport=PHONE).open("/knowledge/import")
    upload(
        console,
        tmp_path,
        "登记办法.docx",
        files.docx([*files.policy_lines(3)[:2], ("船舶登记办法", 1), *files.policy_lines(3)[4:]]),
    )
    photograph(console.page, "console-import")
    assert not scrolls_sideways(console.page)
    console.page.get_by_role("button", name=re.compile(r"导入 \d+ 条")).click()
    console.page.get_by_role("link", name="查看政策文件").click()
    expect(console.page.get_by_role("heading", name="《船舶登记办法》")).to_be_visible()
    photograph(console.page, "console-document")
    assert not scrolls_sideways(console.page)
    console.press("发布")
    console.told("已发布")
    console.open("/knowledge/documents")
    expect(console.page.get_by_role("link", name="船舶登记办法")).to_be_visible()
    photograph(console.page, "console-documents")
    assert not scrolls_sideways(console.page)
