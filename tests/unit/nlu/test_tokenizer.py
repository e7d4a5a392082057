from hypothesis import given
from hypothesis import strategies as st

from nlu.tokenizer import Tokenizer

TOKENIZER = Tokenizer()


def test_terms_of_the_lexicon_stay_whole() -> None:
    assert TOKENIZER.words("居住证怎么办")[0] == "居住证"


def test_new_names_stay_whole_once_they_are_taught() -> None:
    tokenizer = Tokenizer()
    tokenizer.add_words(["云岭惠民贷"])
    assert "云岭惠民贷" in tokenizer.words("请问云岭惠民贷怎么申请")


def test_terms_are_words_without_function_words_and_marked_bigrams() -> None:
    terms = TOKENIZER.terms("居住证怎么办")
    assert "居住证" in terms
    assert "#住证" in terms
    assert "怎么办" not in terms


def test_a_question_of_function_words_alone_keeps_them_as_content() -> None:
    assert TOKENIZER.content_words("怎么办") == ["怎么办"]


@given(st.text(max_size=100))
def test_any_text_is_cut_without_failing_and_words_are_not_empty(text: str) -> None:
    assert all(TOKENIZER.words(text)) or TOKENIZER.words(text) == []
    assert all(term.strip("#") for term in TOKENIZER.terms(text))
