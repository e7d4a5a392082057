"""What one message tells a form: place, time, telephone, name, wishes, and the rest; and how it goes into what is known."""

from __future__ import annotations

import time
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.ticket_fields import Told, merge, read_fields
from actions.ticket_message import words
from actions.ticket_words import FIELDS, load_ticket_words
from nlu.entities.number_runs import DIGITS
from nlu.text import simplified

# A Monday.
NOW = datetime(2026, 11, 30, 10, 0)
ASKED = ("what", "where", "when", "contact", "confirm", "")
ANONYMOUS, UNSURE = (load_ticket_words().texts[name] for name in ("anonymous_value", "unsure_value"))
BEFORE = {
    "what": "楼道灯坏了",
    "where": "解放路锦绣花园",
    "when": "昨晚十点多（2026-11-29 22时）",
    "contact": "13800138000",
}


def read(text: str, asked: str = "") -> Told:
    return read_fields(text, asked, NOW)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("解放路锦绣花园3栋2单元501室", "解放路锦绣花园3栋2单元501室"),
        ("河东站", "河东站"),
        ("吴家庄西头第二家", "吴家庄西头第二家"),
        ("迅马快送 河东站", "迅马快送 河东站"),
        ("第三人民医院急诊", "第三人民医院急诊"),
        ("就在你们政务大厅门口", "政务大厅门口"),
        ("地址：石榴巷27号后门", "石榴巷27号后门"),
        ("大榕树底下", "大榕树底下"),
        ("小区门口", "小区门口"),
        ("开发区那边的化工厂后面", "开发区那边的化工厂后面"),
        ("人民路和解放路交叉口", "人民路和解放路交叉口"),
        ("从图书馆到邮局那一段", "从图书馆到邮局那一段"),
        ("青云里小区 5号楼 二单元", "青云里小区 5号楼 二单元"),
        ("青云里小区5-2-301", "青云里小区5-2-301"),
        ("B口出来右拐30来米", "B口出来右拐30来米"),
        ("石桥镇柳林村三组", "石桥镇柳林村三组"),
        ("松鹤街１２号对面", "松鹤街１２号对面"),
        ("就拐角小卖店旁边那家", "拐角小卖店旁边那家"),
        ("1102", "1102"),
        ("錦繡路學校對面", "錦繡路學校對面"),
        ("杏林路我店里", "杏林路我店里"),
        ("幸福家园二单元三零二", "幸福家园二单元三零二"),
        ("服务楼右手边收费窗口", "服务楼右手边收费窗口"),
    ],
)
def test_what_looks_like_a_place_is_one_where_a_place_was_asked_for(text: str, where: str) -> None:
    assert read(text, "where").where == where


@pytest.mark.parametrize(
    "text",
    [
        "昨天", "不知道", "记不清了", "13800138000", "提交吧", "你们几点下班", "好的", "转人工", "算了不填了", "能不能快点",
        "这个我不方便透露", "都跟你说了在哪了", "我在单位上班", "哪里都有", "匿名", "谢谢", "23路公交车", "一直这样", "",
    ],
)  # fmt: skip
def test_what_is_no_place_is_none_though_a_place_was_asked_for(text: str) -> None:
    assert read(text, "where").where == ""


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("昨晚十点多", "昨晚十点多（2026-11-29 22时）"),
        ("就前天", "前天（2026-11-28）"),
        ("昨儿上午九点来钟", "昨儿上午九点来钟（2026-11-29 09时）"),
        ("11月5号早上8点半", "11月5号早上8点半（2026-11-05 08时30分）"),
        ("上上周三下午三点二十", "上上周三下午三点二十（2026-11-18 15时20分）"),
        ("三天前", "三天前（2026-11-27）"),
        ("半小时前", "半小时前（2026-11-30 09时）"),
        ("昨晚两点", "昨晚两点（2026-11-30 02时）"),
        ("12号", "12号（2026-11-12）"),
        ("好几个月了", "好几个月了"),
        ("每天晚上", "每天晚上"),
        ("从三月份到六月份", "从三月份到六月份"),
        ("从昨天开始", "从昨天开始"),
        ("这两天", "这两天"),
        ("国庆那几天", "国庆那几天"),
        ("周五下午", "周五下午"),
        ("正月初六", "正月初六"),
        ("三日", "三日"),
        ("半个月前", "半个月前"),
        ("大前天夜里两点", "大前天夜里两点"),
        ("自从他们开业以后", "自从他们开业以后"),
        ("中午放学那会儿", "中午放学那会儿"),
        ("下午两三点", "下午两三点"),
        ("每天早上六点最吵", "每天早上六点最吵"),
    ],
)
def test_a_time_keeps_its_words_and_gets_a_date_where_that_is_certain(text: str, when: str) -> None:
    assert read(text, "when").when == when


@pytest.mark.parametrize(
    "text", ["提交吧", "13800138000", "解放路", "为什么要问时间", "幺三八零零幺三八零六一", "你们几点下班", "周末上班"]
)
def test_what_is_no_time_is_none_though_a_time_was_asked_for(text: str) -> None:
    assert read(text, "when").when == ""


@pytest.mark.parametrize(
    ("text", "contact", "name"),
    [
        ("13800138000", "13800138000", ""),
        ("１３８－００１３－８０００ 王先生", "13800138000", "王先生"),
        ("138.0013.8000", "13800138000", ""),
        ("+86 138 0013 8000", "13800138000", ""),
        ("幺三八零零幺三八零零零", "13800138000", ""),
        ("壹叁捌零零壹叁捌零零零", "13800138000", ""),
        ("一三八 零零一三 八 三个零", "13800138000", ""),
        ("0571 8765 4321", "057187654321", ""),
        ("家里座机八六五四三二一零", "86543210", ""),
        ("(010)6000 0018转8023", "01060000018转8023", ""),
        ("我叫唐兴国，电话13800138000", "13800138000", "唐兴国"),
        ("李女士 13800138000", "13800138000", "李女士"),
        ("13800138000（周）", "13800138000", "周"),
        ("打我同事小葛的 13800138000", "13800138000", "小葛"),
        ("我姓苏，13800138000，白天都行", "13800138000", "姓苏"),
        ("别打13800138000了，换成13900139000", "13900139000", ""),
    ],
)
def test_a_telephone_in_any_writing_and_whose_it_is(text: str, contact: str, name: str) -> None:
    told = read(text, "contact")
    assert (told.contact, told.contact_name) == (contact, name)


@pytest.mark.parametrize("text", ["1380000", "138000012345"])
def test_a_wrong_number_is_neither_a_telephone_nor_a_story(text: str) -> None:
    assert read(text, "contact") == Told()
    assert read(text, "contact").wrong_number == text


@pytest.mark.parametrize("text", ["没有电话", "不想留", "电话停机了", "甭留", "没有", "手机号就不填了"])
def test_no_telephone_is_an_answer(text: str) -> None:
    told = read(text, "contact")
    assert told.no_contact
    assert told.rest == ""


def test_nothing_more_to_say_is_no_word_about_the_telephone() -> None:
    assert read("没有了", "confirm") == Told()


@pytest.mark.parametrize("text", ["匿名", "那就匿名吧", "姓名免了", "别让楼下知道是我说的"])
def test_the_wish_to_stay_unnamed(text: str) -> None:
    assert read(text, "contact").anonymous


def test_another_telephone_is_no_wish_to_stay_unnamed() -> None:
    told = read("别写我的了，写我老婆的13900139000", "confirm")
    assert (told.anonymous, told.contact) == (False, "13900139000")


@pytest.mark.parametrize("asked", ["where", "when"])
@pytest.mark.parametrize("text", ["记不清", "不知道", "我忘了"])
def test_not_knowing_is_told_of_what_was_asked(text: str, asked: str) -> None:
    assert read(text, asked) == Told(unsure=True)


@pytest.mark.parametrize(
    "text", ["电话13800138000，中午别打", "13800138000 上午我在开车", "13800138000，晚上八点以后再打"]
)
def test_when_to_call_is_not_when_it_happened(text: str) -> None:
    assert read(text, "contact").when == ""


def test_one_message_may_tell_everything() -> None:
    told = read("松鹤街88号香樟苑6栋，昨晚十一点停水，李女士，电话13800138000", "what")
    assert told == Told(
        where="松鹤街88号香樟苑6栋",
        when="昨晚十一点（2026-11-29 23时）",
        contact="13800138000",
        contact_name="李女士",
        rest="停水",
    )
    assert told.story == "昨晚十一点停水"


def test_a_story_keeps_its_sentences_whole_beside_the_rest() -> None:
    told = read("昨天晚上松鹤路的烧烤摊吵得睡不着", "what")
    assert told.where.startswith("松鹤路")
    assert told.when == "昨天晚上（2026-11-29）"
    assert told.rest == "吵得睡不着"
    assert told.story == "昨天晚上松鹤路的烧烤摊吵得睡不着"


def test_a_lamp_is_no_road_and_what_is_added_at_the_end_is_no_new_time() -> None:
    assert read("小区路灯没人修", "what") == Told(rest="小区路灯没人修")
    assert read("昨晚还有人因此受了伤", "confirm") == Told(rest="昨晚还有人因此受了伤")


@pytest.mark.parametrize(
    ("text", "where", "when", "denied"),
    [
        ("是3栋不是5栋", "3栋", "", "5栋"),
        ("不是5栋，是3栋", "3栋", "", "5栋"),
        ("把5栋改成3栋", "3栋", "", "5栋"),
        ("是前天不是昨天", "", "前天（2026-11-28）", "昨天"),
        ("不是街口是邮局门前那个斜坡", "邮局门前那个斜坡", "", "街口"),
    ],
)
def test_what_is_said_to_be_wrong_is_not_told(text: str, where: str, when: str, denied: str) -> None:
    told = read(text, "confirm")
    assert (told.where, told.when, told.denied, told.rest) == (where, when, denied, "")


@pytest.mark.parametrize(
    ("before", "text", "after"),
    [
        ("解放路锦绣花园", "是3栋不是5栋", "解放路锦绣花园3栋"),
        ("解放路锦绣花园", "3栋2单元", "解放路锦绣花园3栋2单元"),
        ("解放路锦绣花园5栋2单元501室", "是3栋不是5栋", "解放路锦绣花园3栋2单元501室"),
        ("解放路锦绣花园3栋2单元301室", "302室", "解放路锦绣花园3栋2单元302室"),
        ("松鹤街88号后巷", "86号", "松鹤街86号后巷"),
        ("柳林村二组61号4楼", "16号，不是61", "柳林村二组16号4楼"),
        ("牡丹园南门对过", "北门后身", "牡丹园北门后身"),
        ("柳林路地铁站 D口", "C口", "柳林路地铁站 C口"),
        ("松花桥丁字口", "是松林桥不是松花桥", "松林桥丁字口"),
        ("石榴巷27号五楼", "只写石榴巷", "石榴巷"),
        ("解放路锦绣花园", "人民路15号", "人民路15号"),
        ("解放路锦绣花园5栋", "锦绣花园3栋", "解放路锦绣花园3栋"),
        (UNSURE, "人民路15号", "人民路15号"),
    ],
)
def test_a_part_of_a_place_goes_into_it_and_a_new_place_takes_its_place(before: str, text: str, after: str) -> None:
    told = read(text, "confirm")
    assert merge({**BEFORE, "where": before}, told, "confirm", changes=True) == {**BEFORE, "where": after}


@pytest.mark.parametrize(
    ("before", "text", "after"),
    [
        ("昨天下午三点（2026-11-29 15时）", "是前天不是昨天", "前天下午三点（2026-11-28 15时）"),
        ("昨晚十点多（2026-11-29 22时）", "应该是前晚", "前晚十点多（2026-11-28 22时）"),
        ("昨晚十点多（2026-11-29 22时）", "是十一点不是十点", "昨晚十一点（2026-11-29）"),
        ("昨天上午九点（2026-11-29 09时）", "时间说错了，是下午三点", "昨天下午三点（2026-11-29）"),
        ("昨晚两点（2026-11-30 02时）", "是前晚不是昨晚", "前晚两点"),
        ("每天晚上", "上周五晚上八点", "上周五晚上八点（2026-11-27 20时）"),
    ],
)
def test_a_part_of_a_time_goes_into_it(before: str, text: str, after: str) -> None:
    told = read(text, "confirm")
    assert merge({**BEFORE, "when": before}, told, "confirm", changes=True) == {**BEFORE, "when": after}


def test_a_new_telephone_takes_the_place_of_the_old_one() -> None:
    after = merge(BEFORE, read("电话改成13900139000", "confirm"), "confirm", changes=True)
    assert after == {**BEFORE, "contact": "13900139000"}


@pytest.mark.parametrize("asked", ["contact", "confirm", "where", "when"])
def test_what_is_said_beside_the_answer_is_added_to_the_story(asked: str) -> None:
    after = merge(BEFORE, read("对了，电梯也困过人", asked), asked, changes=False)
    assert after == {**BEFORE, "what": "楼道灯坏了。补充：电梯也困过人"}


def test_what_is_known_of_place_and_time_stays_and_the_addition_is_whole() -> None:
    after = merge(BEFORE, read("前天松鹤路那边也有一处不亮", "contact"), "contact", changes=False)
    assert after == {**BEFORE, "what": "楼道灯坏了。补充：前天松鹤路那边也有一处不亮"}


def test_fields_of_which_nothing_is_known_are_left_out() -> None:
    assert merge({}, read("松鹤路15号", "where"), "where", changes=False) == {"where": "松鹤路15号"}
    assert merge({"when": ""}, Told(), "what", changes=False) == {"when": ""}
    assert merge({}, read("忘了", "when"), "when", changes=False) == {"when": UNSURE}
    assert merge({}, read("没有电话", "contact"), "contact", changes=False) == {"contact": ANONYMOUS}
    assert merge({}, read("楼上漏水", "where"), "where", changes=False) == {"what": "楼上漏水"}


@pytest.mark.parametrize("text", ["锦绣", "你们几点下班"])
def test_an_answer_that_is_not_understood_is_no_story(text: str) -> None:
    assert merge(BEFORE, read(text, "where"), "where", changes=False) == BEFORE


def test_in_a_story_much_is_no_field_of_the_form() -> None:
    assert read("有个骗子用13800138000骚扰我", "what").contact == ""
    assert read("我叔在杏林路8号租房", "what").where == "杏林路8号"
    assert read("他1993年4月17日生，没上户口", "what").when == ""
    assert read("店里没有电话，找不到人", "what") == Told(rest="店里没有电话，找不到人")


PIECES = (
    "解放路", "锦绣花园3栋", "昨晚十点", "每天", "不是5栋", "改成", "13800138000", "幺三八零零幺三八零零零", "我叫唐兴国", "匿名",
    "没有电话", "不知道", "楼上漏水", "吵得睡不着", "别让他知道是我",
    "，", "。", " ", "的", "就", "河东站", "東頭", "一个", "只写", "12号", "(010)6000 0018", "（", "）",
)  # fmt: skip
MESSAGES = st.one_of(
    st.text(max_size=40),
    st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=20),
    st.lists(st.sampled_from(PIECES), max_size=9).map("".join),
)
# Lists whose words may go: they only lead up to something, or are what a flag stands for.
LEADING = words(
    "function", "deny", "anonymous", "no_contact", "no_contact_alone", "lack", "refuse", "tell", "name_things", "phone_things",
    "spared", "unsure", "unsure_of", "asking", "name_leads", "name_tails", "family_tails",
)  # fmt: skip
MAY_GO = frozenset("".join(LEADING)) | frozenset(DIGITS)


def is_han(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff"


@settings(max_examples=300, deadline=None)
@given(text=MESSAGES, asked=st.sampled_from(ASKED))
def test_no_character_of_a_message_is_lost(text: str, asked: str) -> None:
    told = read(text, asked)
    kept = told.where + told.when + told.contact_name + told.rest + told.story + told.denied
    lost = {char for char in text if is_han(char) and char not in kept}
    assert {char for char in lost if simplified(char) not in MAY_GO} == set()
    assert all(part in text for part in (told.contact_name, *told.where.split(" ")))


@settings(max_examples=200, deadline=None)
@given(text=MESSAGES, asked=st.sampled_from(ASKED), changes=st.booleans())
def test_merging_keeps_the_story_and_what_nobody_corrects(text: str, asked: str, changes: bool) -> None:
    after = merge(BEFORE, read(text, asked), asked, changes=changes)
    assert after.keys() == set(FIELDS)
    assert after["what"].startswith(BEFORE["what"])
    if not changes:
        assert asked == "when" or after["when"] == BEFORE["when"]
        assert asked == "where" or BEFORE["where"] in after["where"]


@pytest.mark.parametrize(
    "piece", ["一", "省", "路", "昨天", "不是5栋", "改成", "1-", "两个零", "三栋五单元", "在文化路坏"]
)
def test_reading_takes_time_by_length(piece: str) -> None:
    read("解放路3栋")
    begun = time.perf_counter()
    for asked in ("where", "when", "contact"):
        read((piece * 2000)[:2000], asked)
    assert time.perf_counter() - begun < 5
