from hypothesis import given
from hypothesis import strategies as st

from nlu.alignment import places_in
from nlu.text import normalise


def test_what_stands_behind_a_stretch_of_another_length_is_found_where_it_was_typed() -> None:
    typed = "ＡＢＣ　　１００㎡，，，居住證"
    normal = normalise(typed)
    places = places_in(typed, normal)
    start = normal.index("居住证")
    assert typed[places[start] : places[start + 3]] == "居住證"


def test_equal_texts_have_equal_places() -> None:
    assert places_in("居住证", "居住证") == [0, 1, 2, 3]


def test_a_corrected_typo_lies_where_the_typo_was() -> None:
    places = places_in("我的身分证丢了", "我的身份证丢了")
    assert places == list(range(8))


@given(st.text(max_size=60))
def test_places_cover_the_typed_text_and_never_go_backwards(typed: str) -> None:
    normal = normalise(typed)
    places = places_in(typed, normal)
    assert len(places) == len(normal) + 1
    assert places[-1] == len(typed)
    assert not normal or places[0] == 0
    assert places == sorted(places)
