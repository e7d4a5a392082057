from hypothesis import given
from hypothesis import strategies as st

from nlu.text import clean, content_only, normalise


def test_full_width_letters_and_digits_become_half_width_but_chinese_punctuation_stays() -> None:
    assert normalise("ＡＢＣ１２３，居住证？") == "abc123，居住证？"


def test_hidden_characters_disappear() -> None:
    assert clean("居\u200b住\u202e证\x00怎么办\ufeff") == "居住证怎么办"


def test_repeated_punctuation_is_folded() -> None:
    assert normalise("怎么办？？？！！") == "怎么办？！"


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
