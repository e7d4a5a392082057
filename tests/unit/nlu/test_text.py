import timeit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.text import clean, content_only, normalise


def test_full_width_letters_and_digits_become_half_width_but_chinese_punctuation_stays() -> None:
    assert normalise("ＡＢＣ１２３，居住证？") == "abc123，居住证？"


def test_hidden_characters_disappear() -> None:
    assert clean("居\u200b住\u202e证\x00怎么办\ufeff") == "居住证怎么办"


def test_repeated_punctuation_is_folded() -> None:
    assert normalise("怎么办？？？！！") == "怎么办？！"


def test_every_kind_of_space_is_one_space() -> None:
    assert clean("一\u1680\u2003\u3000 二\u00a0三") == "一 二 三"


def test_line_breaks_survive_and_blank_lines_are_folded() -> None:
    assert clean(" 一 \r\n\r\n\r\n\r\n二  ") == "一\n\n二"


def test_content_only_keeps_letters_digits_and_characters() -> None:
    assert content_only("居住证，怎么 办？A1!") == "居住证怎么办a1"


@given(st.text(max_size=200))
def test_cleaning_and_normalising_again_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(max_size=200))
def test_cleaned_text_holds_no_control_characters(text: str) -> None:
    assert all(char in "\n\t" or char.isprintable() for char in clean(text))


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("請問居住證怎麼辦理", "请问居住证怎么办理"),
        ("戶口簿遺失補領", "户口簿遗失补领"),
        ("乾隆年間的老房子怎麼登記", "乾隆年间的老房子怎么登记"),
        ("醫保報銷ＰＤＦ打不開", "医保报销pdf打不开"),
    ],
)
def test_traditional_characters_become_simplified(typed: str, normal: str) -> None:
    assert normalise(typed) == normal


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("怎么办理😭😭", "怎么办理"),
        ("谢谢👍🏻，很满意❤️", "谢谢，很满意"),
        ("按1️⃣还是2️⃣", "按1还是2"),
        ("我是👨‍👩‍👧一家三口", "我是一家三口"),
        ("？👍？", "？"),
        ("🇨🇳", ""),
    ],
)
def test_emoji_are_dropped_from_the_normal_form_and_stay_in_what_is_shown(typed: str, normal: str) -> None:
    assert normalise(typed) == normal
    assert clean("怎么办😭") == "怎么办😭"


@given(
    st.lists(st.sampled_from([*"居住證辦理簡乾著裡於 ａA1？！…👍🇨️⃣\u200d\n\u3000ﬀİΣ㊗㎡豈"]), max_size=40).map("".join)
)
def test_the_normal_form_of_mixed_scripts_and_emoji_is_stable(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def test_a_question_of_twenty_characters_is_normalised_in_microseconds() -> None:
    question = "外地户口在这边上班，孩子上小学要什么材料"
    normalise(question)
    best = min(timeit.repeat(lambda: normalise(question), number=1000, repeat=5)) / 1000
    assert best < 30e-6
