from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.entities.holidays import FIRST_YEAR, LAST_YEAR, load_holidays
from nlu.entities.moment import resolve_time

# A Saturday.
NOW = datetime(2026, 11, 21, 13, 5)
WORDS = """上 下 这 本 个 周 月 年 三 五 十 末 初 底 晚上 凌晨 下午 半夜 早 点 半 去年 昨 天 前 后 国庆 春节 3 12 31
2025 日 号 - : ： 到 以来 分钟 小时 了 大 每 二 的 期间 左右 刻 一"""
moments = st.datetimes(datetime(1950, 1, 1), datetime(2090, 12, 31))


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("上周三晚上", "2026-11-11 18:00", "2026-11-12 00:00"),
        ("国庆前", "2026-09-24 00:00", "2026-10-01 00:00"),
        ("国庆期间", "2026-10-01 00:00", "2026-10-08 00:00"),
        ("去年国庆", "2025-10-01 00:00", "2025-10-09 00:00"),
        ("春节", "2026-02-15 00:00", "2026-02-24 00:00"),
        ("大年三十", "2026-02-16 00:00", "2026-02-17 00:00"),
        ("昨晚十点半", "2026-11-20 22:30", "2026-11-20 22:30"),
        ("昨晚两点", "2026-11-21 02:00", "2026-11-21 02:00"),
        ("昨天凌晨3点", "2026-11-20 03:00", "2026-11-20 03:00"),
        ("昨天中午12点", "2026-11-20 12:00", "2026-11-20 12:00"),
        ("前天下午三点一刻", "2026-11-19 15:15", "2026-11-19 15:15"),
        ("昨天半夜", "2026-11-20 22:00", "2026-11-21 06:00"),
        ("三天前", "2026-11-18 00:00", "2026-11-19 00:00"),
        ("两周前", "2026-11-02 00:00", "2026-11-09 00:00"),
        ("三个月前", "2026-08-01 00:00", "2026-09-01 00:00"),
        ("半年前", "2026-05-21 00:00", "2026-05-22 00:00"),
        ("一个半小时前", "2026-11-21 11:35", "2026-11-21 11:35"),
        ("坏了三天了", "2026-11-18 00:00", "2026-11-22 00:00"),
        ("最近两个月", "2026-09-21 00:00", "2026-11-22 00:00"),
        ("去年底", "2025-11-01 00:00", "2026-01-01 00:00"),
        ("这个月初", "2026-11-01 00:00", "2026-11-11 00:00"),
        ("六月底", "2026-06-21 00:00", "2026-07-01 00:00"),
        ("上个月15号", "2026-10-15 00:00", "2026-10-16 00:00"),
        ("3月5日", "2026-03-05 00:00", "2026-03-06 00:00"),
        ("二〇二五年三月五号", "2025-03-05 00:00", "2025-03-06 00:00"),
        ("2025-03-05", "2025-03-05 00:00", "2025-03-06 00:00"),
        ("2025.3.5 14:30", "2025-03-05 14:30", "2025-03-05 14:30"),
        ("大前天", "2026-11-18 00:00", "2026-11-19 00:00"),
        ("下个月", "2026-12-01 00:00", "2027-01-01 00:00"),
        ("周末", "2026-11-21 00:00", "2026-11-23 00:00"),
        ("上周", "2026-11-09 00:00", "2026-11-16 00:00"),
        ("15号停的电", "2026-11-15 00:00", "2026-11-16 00:00"),
        ("9点到11点", "2026-11-21 09:00", "2026-11-21 11:00"),
        ("3月5日-3月8日", "2026-03-05 00:00", "2026-03-09 00:00"),
        ("从国庆以来", "2026-10-01 00:00", "2026-11-21 13:05"),
        ("3月5日下午3点左右", "2026-03-05 15:00", "2026-03-05 15:00"),
        ("刚才", "2026-11-21 12:05", "2026-11-21 13:05"),
    ],
)
def test_words_for_time_are_resolved_from_now(text: str, start: str, end: str) -> None:
    found = resolve_time(text, NOW)
    assert found is not None
    assert (f"{found.start:%Y-%m-%d %H:%M}", f"{found.end:%Y-%m-%d %H:%M}") == (start, end)


NO_TIME = """节假日 每天半夜 每周三 每月5号 好几天了 经常 2月30日 9月31日 人民路15号 五一路的路灯坏了 快一点 一点都不急 3号楼
一号线 第3天 路灯不亮"""


@pytest.mark.parametrize("text", ["", *NO_TIME.split()])
def test_what_names_no_time_that_can_be_told_is_none(text: str) -> None:
    assert resolve_time(text, NOW) is None


def test_the_words_are_given_back_without_the_sentence_around_them() -> None:
    found = resolve_time("请问上周三晚上解放路的路灯怎么还没修", NOW)
    assert found is not None
    assert found.text == "上周三晚上"


@pytest.mark.parametrize(
    ("now", "text", "day"),
    [
        (datetime(2027, 1, 5), "12月20日", date(2026, 12, 20)),
        (datetime(2026, 11, 21), "12月20日", date(2026, 12, 20)),
        (datetime(2026, 11, 3), "25号", date(2026, 10, 25)),
        (datetime(2026, 11, 3), "5号", date(2026, 11, 5)),
        (datetime(2026, 7, 2), "31号", None),
    ],
)
def test_a_date_without_a_year_or_month_is_the_one_near_now(now: datetime, text: str, day: date | None) -> None:
    found = resolve_time(text, now)
    assert (found.start.date() if found else None) == day


def test_the_time_zone_of_now_is_kept() -> None:
    now = datetime(2026, 11, 21, 13, 5, tzinfo=timezone(timedelta(hours=8)))
    found = resolve_time("昨晚十点半", now)
    assert found is not None
    assert found.start.isoformat() == "2026-11-20T22:30:00+08:00"


@given(st.lists(st.sampled_from(WORDS.split()), max_size=8).map("".join), moments)
def test_a_stretch_of_time_does_not_end_before_it_starts_and_is_the_same_when_read_again(
    text: str, now: datetime
) -> None:
    found = resolve_time(text, now)
    if found:
        assert found.start <= found.end
        assert found.text in text
        again = resolve_time(found.text, now)
        assert again is not None
        assert (again.start, again.end) == (found.start, found.end)


@given(st.text(max_size=60), st.datetimes())
def test_any_text_is_read_at_any_time_without_failing(text: str, now: datetime) -> None:
    found = resolve_time(text, now)
    assert found is None or found.start <= found.end


@given(st.sampled_from(sorted(load_holidays())), st.integers(FIRST_YEAR, LAST_YEAR))
def test_a_holiday_lies_in_its_days_off(name: str, year: int) -> None:
    holiday = load_holidays()[name]
    first, after = holiday.span(year)
    assert first <= holiday.day(year) < after
    assert after - first <= timedelta(days=12)


@given(st.integers(0, 3000), st.integers(0, 23), st.integers(0, 59))
def test_iso_dates_and_clocks_mean_what_they_say(days: int, hour: int, minute: int) -> None:
    day = date(2020, 1, 1) + timedelta(days=days)
    said = datetime(day.year, day.month, day.day, hour, minute)
    for text in (f"{said:%Y-%m-%d %H:%M}", f"{day.year}年{day.month}月{day.day}日{hour}点{minute}分"):
        found = resolve_time(text, NOW)
        assert found is not None
        assert found.start == found.end == said
        assert found.text == text
