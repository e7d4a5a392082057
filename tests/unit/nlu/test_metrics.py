import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.evaluation.metrics import (
    accuracy,
    area_under_curve,
    confusions,
    f1_by_label,
    macro_f1,
    mean_reciprocal_rank,
    recall_at,
    span_f1,
    threshold_accepting,
)

RIGHT = ["a", "a", "a", "b", "b", "c"]
GIVEN = ["a", "a", "b", "b", "c", "b"]


def test_accuracy_is_the_share_of_equal_places() -> None:
    assert accuracy(RIGHT, GIVEN) == pytest.approx(3 / 6)
    assert accuracy([], []) == 0


def test_macro_f1_counts_every_label_the_same() -> None:
    # a: precision 2/2, recall 2/3; b: 1/3 and 1/2; c: never right.
    assert f1_by_label(RIGHT, GIVEN) == pytest.approx({"a": 4 / 5, "b": 2 / 5, "c": 0})
    assert macro_f1(RIGHT, GIVEN) == pytest.approx(0.4)


def test_a_label_that_is_only_given_counts_as_never_right() -> None:
    assert macro_f1(["a", "a"], ["a", "x"]) == pytest.approx((2 / 3 + 0) / 2)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abcd")), min_size=1))
def test_macro_f1_is_what_scikit_learn_says(pairs: list[tuple[str, str]]) -> None:
    from sklearn.metrics import f1_score

    right, given_ones = [one for one, _ in pairs], [other for _, other in pairs]
    assert macro_f1(right, given_ones) == pytest.approx(f1_score(right, given_ones, average="macro", zero_division=0))


def test_confusions_come_most_frequent_first_and_without_what_is_right() -> None:
    assert confusions(["a", "b", "b", "c", "c"], ["b", "a", "a", "c", "a"]) == [
        ("b", "a", 2),
        ("a", "b", 1),
        ("c", "a", 1),
    ]


def test_recall_and_reciprocal_rank_count_what_was_not_found_as_nothing() -> None:
    ranks = [1, 3, None, 2]
    assert recall_at(1, ranks) == pytest.approx(1 / 4)
    assert recall_at(2, ranks) == pytest.approx(2 / 4)
    assert recall_at(3, ranks) == pytest.approx(3 / 4)
    assert mean_reciprocal_rank(ranks) == pytest.approx((1 + 1 / 3 + 0 + 1 / 2) / 4)
    with pytest.raises(ValueError, match="1 or more"):
        recall_at(0, ranks)


def test_the_area_under_the_curve_counts_pairs_in_the_right_order() -> None:
    # Of the six pairs four are in order and one is a tie.
    assert area_under_curve([0.9, 0.5], [0.1, 0.5, 0.7]) == pytest.approx(4.5 / 6)
    with pytest.raises(ValueError, match="both kinds"):
        area_under_curve([0.9], [])


def test_the_threshold_accepts_at_least_the_wanted_share_and_no_higher_one_does() -> None:
    scores = [0.1, 0.2, 0.3, 0.4, 0.5]
    assert threshold_accepting(0.6, scores) == 0.3
    assert threshold_accepting(0.61, scores) == 0.2
    assert threshold_accepting(1, scores) == 0.1


def test_spans_are_scored_by_kind_and_together() -> None:
    right = [[("phone", "12345"), ("date", "周一")], [("phone", "110")]]
    found = [[("phone", "12345"), ("phone", "周一")], [("phone", "110"), ("plate", "110")]]
    scores = span_f1(right, found)
    assert (scores["phone"].right, scores["phone"].given, scores["phone"].hits) == (2, 3, 2)
    assert scores["phone"].precision == pytest.approx(2 / 3)
    assert scores["phone"].recall == 1
    assert scores["phone"].f1 == pytest.approx(4 / 5)
    assert scores["date"].f1 == scores["plate"].f1 == 0
    assert scores["all"].f1 == pytest.approx(2 * 2 / (3 + 4))


def test_a_span_given_twice_is_right_only_as_often_as_it_is_there() -> None:
    scores = span_f1([[("road", "长江路")]], [[("road", "长江路"), ("road", "长江路")]])
    assert scores["road"].figures() == {
        "right": 1,
        "given": 2,
        "hits": 1,
        "precision": 0.5,
        "recall": 1.0,
        "f1": 0.6667,
    }


def test_lists_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="1 right ones but 2 given ones"):
        accuracy(["a"], ["a", "b"])
