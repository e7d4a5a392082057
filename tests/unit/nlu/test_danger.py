"""The danger judge: what it makes of plain cases, and floors on pens that it was never trained on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.danger import DangerJudge, corpus
from nlu.danger.frames import frames
from nlu.danger.judge import Thresholds
from nlu.text import content_only, normalise
from tests.support.danger_judge import real_judge
from tests.support.slow_texts import slowness

# What was reached (docs/danger.md), a little below: heard, heard for certain, false certain, false possible; of some thousand
# texts, and of some hundred by pens who wrote nothing but what the judge had been mistaken in.
REACHED = {"most": (0.955, 0.87, 0.03, 0.07), "hardest": (0.955, 0.8, 0.09, 0.12)}
HARDEST_PENS = ("w", "x", "y", "z")


@pytest.fixture(scope="module")
def judge() -> Iterator[DangerJudge]:
    yield real_judge()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("我爸突然晕倒了叫不醒", "seizure"),
        ("隔壁着火了快来人", "fire"),
        ("厨房里煤气味很重，我头晕", "gas"),
        ("我不想活了", "self_harm"),
        ("楼下有人拿刀砍人", "violence"),
        ("电梯停在半中间，我们出不来", "lift"),
        ("孩子掉水里了", "drowning"),
        ("老公又在打我，门锁着", "violence_home"),
        ("客服让我把钱转到安全账户，我已经转了五万", "fraud"),
    ],
)
def test_plain_emergencies_are_certain_and_of_their_kind(judge: DangerJudge, text: str, kind: str) -> None:
    found = judge.judge(text)
    assert (found.level, found.kind) == ("certain", kind)


@pytest.mark.parametrize(
    "text",
    [
        "居住证怎么办",
        "消防验收怎么申请",
        "去年家里着火了，保险怎么赔",
        "晕倒送医院的费用医保能报销吗",
        "路灯坏了三天没人修",
        "工伤死亡赔偿标准",
        "手机掉水里了还能补卡吗",
        "身份证不小心掉进河里了怎么补",
        "家庭暴力告诫书怎么开",
        "电梯年检多久一次",
    ],
)
def test_calm_questions_are_left_in_peace(judge: DangerJudge, text: str) -> None:
    assert judge.judge(text).level == "none"


@pytest.mark.parametrize(
    "written",
    ["我\u200b不\u200b想\u200b活\u200b了", "我 不 想 活 了", "我不想活了😭😭", "我.不.想.活.了", "我不想活了！！！"],
)
def test_no_way_of_writing_hides_danger(judge: DangerJudge, written: str) -> None:
    assert judge.judge(written).level == "certain"


def test_traditional_characters_are_read_like_simplified_ones(judge: DangerJudge) -> None:
    assert judge.judge("樓下失火了，濃煙衝進來").level == "certain"


@pytest.mark.parametrize("pens", REACHED)
def test_pens_never_trained_on_are_heard_and_calm_ones_left_in_peace(judge: DangerJudge, pens: str) -> None:
    heard, certain, false_certain, false_possible = REACHED[pens]
    held_out = corpus.read(corpus.files(held_out=True))
    rows = [row for row in held_out if row.pen.startswith(HARDEST_PENS) == (pens == "hardest")]
    levels = {
        level: [judge.judge(row.text).level for row in rows if row.level == level] for level in ("certain", "none")
    }

    def share(of: str, *found: str) -> float:
        return sum(level in found for level in levels[of]) / len(levels[of])

    assert share("certain", "certain", "possible") >= heard
    assert share("certain", "certain") >= certain
    assert share("none", "certain") <= false_certain
    assert share("none", "possible") <= false_possible


def test_a_message_is_judged_in_a_millisecond(judge: DangerJudge) -> None:
    texts = [row.text for row in corpus.read(corpus.files(held_out=True))[::10]]
    started = time.process_time()
    for text in texts:
        judge.judge(text)
    assert (time.process_time() - started) / len(texts) < 0.0015 * slowness()


@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_a_cry_for_help_is_heard_in_a_long_story(judge: DangerJudge, place: str) -> None:
    story = "上周我去窗口问居住证的材料，排了很久的队，工作人员很客气，说照片要重新拍。" * 8
    cut = {"first": 0, "middle": len(story) // 2, "last": len(story)}[place]
    assert judge.judge(story).level == "none"
    assert judge.judge(f"{story[:cut]}家里着火了，浓烟进来了，快来救我们！{story[cut:]}").level == "certain"


def test_no_pen_is_on_both_sides_and_no_text_stands_twice() -> None:
    trained, held_out = corpus.read(corpus.files()), corpus.read(corpus.files(held_out=True))
    assert not {row.pen for row in trained} & {row.pen for row in held_out}
    plain = [content_only(normalise(row.text)) for row in [*trained, *held_out]]
    assert len(plain) == len(set(plain))


def test_a_damaged_row_is_told_with_its_place(tmp_path: Path) -> None:
    damaged = tmp_path / "a.tsv"
    damaged.write_text("a1\tcertain\tfire\t着火了\na1\tperhaps\tfire\t着火了\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"a\.tsv:2"):
        corpus.read([damaged])


def test_frames_tell_who_does_what_in_their_order() -> None:
    assert frames("打算跳湖") == ["want", "jump", "water", "want>jump", "jump>water", "want>>water"]
    assert frames("Sosk help") == ["cry"], "part of a longer word is no word"


@given(st.text(alphabet="我要跳湖孩子着火了去年报销 aI，。1", max_size=40))
@settings(max_examples=60, deadline=None)
def test_levels_follow_from_probabilities(text: str) -> None:
    judge = real_judge()
    found = judge.judge(text)
    assert 0 <= found.certain <= found.some + 1e-6 <= 1 + 1e-6
    expected = "none" if found.some < judge.thresholds.possible else found.level
    assert found.level == expected
    assert bool(found.kinds) == (found.level != "none")


def test_thresholds_are_probabilities(judge: DangerJudge) -> None:
    assert isinstance(judge.thresholds, Thresholds)
    assert 0 < judge.thresholds.possible <= judge.thresholds.certain < 1
