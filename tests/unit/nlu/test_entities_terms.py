import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.entities.lexicon_terms import TermFinder, find_lexicon_terms
from nlu.vocabulary import TermGroup, named_things

GROUPS = [("certificate", "居民身份证 身份证"), ("material", "身份证复印件"), ("item", "ETC 速通卡")]
FINDER = TermFinder(TermGroup(kind, tuple(words.split())) for kind, words in GROUPS)


def test_the_longest_term_at_a_place_is_taken() -> None:
    assert [(span.text, span.value) for span in FINDER.find("带身份证复印件和身份证")] == [
        ("身份证复印件", "身份证复印件"),
        ("身份证", "居民身份证"),
    ]


@pytest.mark.parametrize(("text", "found"), [("办etc", ["etc"]), ("办ETC的", ["ETC"]), ("fetch", []), ("etc2", [])])
def test_terms_in_letters_are_found_without_case_and_not_inside_words(text: str, found: list[str]) -> None:
    assert [span.text for span in FINDER.find(text)] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("身份证丢了去派出所补", [("certificate", "居民身份证"), ("agency", "派出所")]),
        ("路灯坏了", [("event", "路灯不亮")]),
        ("灵活就业人员", [("group", "灵活就业人员")]),
        ("井盖", [("facility", "井盖")]),
        ("今天太阳真好", []),
    ],
)
def test_terms_of_the_lexicon_are_found_with_kind_and_standard_name(text: str, found: list[tuple[str, str]]) -> None:
    assert [(span.kind, span.value) for span in find_lexicon_terms(text)] == found


def test_every_word_of_the_lexicon_is_found_whole() -> None:
    words = [word for group in named_things() for word in group.words]
    assert len(words) > 1000
    assert [word for word in words if [span.text for span in find_lexicon_terms(f"，{word}。")] != [word]] == []


@given(st.text(st.sampled_from([*"居民身份证复印件路灯坏了ETC速通卡 "]), max_size=40))
def test_terms_lie_in_the_text_and_do_not_overlap(text: str) -> None:
    end = 0
    for span in FINDER.find(text):
        assert text[span.start : span.end] == span.text
        assert span.start >= end
        end = span.end
