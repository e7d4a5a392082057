"""Staff see what search finds and why, compare it with what it found before, and test a whole file of questions."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from browser import PHONE, photograph, scrolls_sideways
from chat_page import ChatPage
from console_page import ConsolePage
from playwright.sync_api import Locator, expect

SLOW = 60_000
QUESTION = "温室大棚的补贴咋领"
TITLE = "温室大棚补贴"


def section(console: ConsolePage, title: str) -> Locator:
    """The card with this heading."""
    heading = console.page.get_by_role("heading", name=title, exact=True, level=2)
    return console.page.locator(".wz-card").filter(has=heading)


def ask(console: ConsolePage, question: str) -> None:
    console.fill("问题", question)
    console.press("测试")
    expect(section(console, "怎么理解这句话")).to_be_visible(timeout=SLOW)


def publish(console: ConsolePage, begins: date | None = None) -> None:
    console.open("/knowledge/new")
    console.fill("标题", TITLE)
    console.fill("标准问", "温室大棚补贴怎么领？")
    console.fill("答案", "带上土地承包合同到乡镇农业服务中心申请，验收后补贴直接到账。")
    if begins:
        console.fill("生效日期", begins.isoformat())
    console.press("发布")
    console.told("已发布，市民现在就能问到")


def test_a_hit_test_tells_what_the_chat_will_do_and_why(chat: ChatPage, sign_in: Callable[..., ConsolePage]) -> None:
    console = sign_in("zhangmin").open("/knowledge")
    console.press("命中测试")
    expect(console.page.get_by_text("还没有测试过")).to_be_visible()
    ask(console, "sfz丢在网吧了咋补")
    hits = section(console, "命中的条目")
    expect(hits.get_by_text("助手会直接回答")).to_be_visible()
    expect(section(console, "怎么理解这句话").get_by_text("sfz → 身份证")).to_be_visible()
    assert hits.locator("mark").count() > 0
    would = section(console, "市民这样说，助手会怎么办")
    expect(would.get_by_role("row").filter(has_text="胜出")).to_contain_text("回答")
    expect(would.get_by_text("若是提问")).to_be_visible()
    title = hits.get_by_role("link").first.inner_text().removeprefix("1. ")
    photograph(console.page, "console-hit-test")
    assert title in chat.ask("sfz丢在网吧了咋补").text

    ask(console, "今天吃什么")
    expect(hits.get_by_text("助手会说没有找到答案")).to_be_visible()
    expect(would.get_by_role("row").filter(has_text="胜出")).not_to_contain_text("回答")
    row = section(console, "测试记录").get_by_role("link", name="今天吃什么")
    expect(row).to_be_visible()
    console.fill("地区（名称或六位代码）", "鼓楼区")
    console.press("测试")
    console.told("不止一个")


def test_what_is_filtered_is_named_with_its_day_and_found_on_that_day(sign_in: Callable[..., ConsolePage]) -> None:
    console = sign_in("zhangmin")
    begins = date.today() + timedelta(days=40)
    publish(console, begins)
    console.open("/knowledge/hit-test")
    ask(console, QUESTION)
    dropped = section(console, "被过滤的")
    expect(dropped.get_by_role("link", name=TITLE)).to_be_visible()
    expect(dropped.get_by_text(f"{begins.year}年{begins.month}月{begins.day}日起才生效")).to_be_visible()
    photograph(console.page, "console-hit-test-filtered")

    console.fill("日期", begins.isoformat())
    ask(console, QUESTION)
    expect(section(console, "命中的条目").get_by_role("link", name=f"1. {TITLE}")).to_be_visible()
    expect(dropped.get_by_role("link", name=TITLE)).to_have_count(0)


def test_then_and_now_stand_side_by_side(sign_in: Callable[..., ConsolePage]) -> None:
    console = sign_in("liqiang").open("/knowledge/hit-test")
    ask(console, "养蚕的桑叶补贴找谁")
    curator = sign_in("zhangmin")
    curator.open("/knowledge/new")
    for label, text in (
        ("标题", "桑叶补贴"),
        ("标准问", "养蚕的桑叶补贴找谁领？"),
        ("答案", "找乡镇蚕桑站，凭收茧单领取。"),
    ):
        curator.fill(label, text)
    curator.press("发布")
    curator.told("已发布，市民现在就能问到")

    console.page.get_by_role("link", name="养蚕的桑叶补贴找谁").click()
    changes = section(console, "变了什么")
    expect(changes.get_by_role("row").filter(has_text="桑叶补贴").first).to_contain_text("新进前列")
    expect(section(console, "现在").get_by_text("助手会直接回答")).to_be_visible()
    photograph(console.page, "console-hit-test-compare")
    console.page.set_viewport_size(PHONE)
    console.page.wait_for_timeout(500)  # until the drawer has slid away
    assert not scrolls_sideways(console.page)
    photograph(console.page, "console-hit-test-compare-phone")
    console.open("/knowledge/hit-test/999999")
    expect(console.page.get_by_text("没有找到这次测试")).to_be_visible()


def test_a_file_of_questions_is_tested_filtered_and_taken_away(
    sign_in: Callable[..., ConsolePage], tmp_path: Path
) -> None:
    console = sign_in("zhangmin").open("/knowledge/hit-test")
    console.press("批量测试")
    expect(console.page.get_by_text("还没有选择文件")).to_be_visible()
    rows = ["问题,应由哪条回答", "居住证怎么办,居住证申领", "身份证丢了,居住证申领", "=今天吃什么,没有这条"]
    file = tmp_path / "市民问题.csv"
    file.write_text("\n".join([*rows, *(f"第{number}次问户口怎么迁," for number in range(300))]), encoding="utf-8")
    console.page.locator("input[type=file]").set_input_files(file)
    results = section(console, "结果：市民问题.csv")
    expect(results).to_be_visible(timeout=SLOW)
    expect(results.get_by_text("对不对按写了条目的 2 个问题算。")).to_be_visible()
    expect(results.get_by_text("有 1 行写的条目在知识库里找不到")).to_be_visible()
    expect(results.get_by_text("50.0%").first).to_be_visible()
    photograph(console.page, "console-bulk-test")

    console.choose("显示", "不对的 1")
    expect(results.get_by_role("row")).to_have_count(2)
    with console.page.expect_download() as download:
        console.press("下载结果")
    table = list(csv.reader(Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()))
    assert len(table) == 304
    assert table[1][:4] == ["第 2 行", "居住证怎么办", "居住证申领", "对"]
    assert table[3][1] == "'=今天吃什么"

    file.write_text("甲,乙\n1,2\n", encoding="utf-8")
    console.page.locator("input[type=file]").set_input_files(file)
    expect(console.page.get_by_text("没有测试。表格里没有找到表头")).to_be_visible(timeout=SLOW)


def test_on_a_telephone_and_for_those_who_only_read(sign_in: Callable[..., ConsolePage]) -> None:
    console = sign_in("chenjing", viewport=PHONE).open("/knowledge/hit-test")
    expect(console.page.get_by_role("button", name="批量测试")).to_have_count(0)
    ask(console, "身份证丢了怎么办")
    assert not scrolls_sideways(console.page)
    photograph(console.page, "console-hit-test")
    console.open("/knowledge/hit-test/bulk")
    expect(console.page.get_by_text("您的账号不能批量测试")).to_be_visible()


def test_the_golden_set_says_whether_probabilities_can_be_believed(sign_in: Callable[..., ConsolePage]) -> None:
    console = sign_in("zhangmin").open("/knowledge/residence_permit.apply")
    console.page.get_by_label("新的必答问题").fill("居住证到底咋个办法哟")
    console.page.get_by_role("button", name="添加", exact=True).click()
    console.told("已加为必答问题")
    console.open("/knowledge/golden")
    reliability = section(console, "概率准不准")
    expect(reliability.get_by_text(re.compile(r"只有 \d+ 个必答问题"))).to_be_visible()
    expect(reliability.get_by_text(re.compile("平均相差"))).to_be_visible()
    photograph(console.page, "console-golden-reliability")
    console.page.set_viewport_size(PHONE)
    console.page.wait_for_timeout(500)  # until the drawer has slid away
    assert not scrolls_sideways(console.page)
    photograph(console.page, "console-golden-reliability-phone")
