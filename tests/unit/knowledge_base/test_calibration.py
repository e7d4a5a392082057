from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.calibration import FEATURES, Calibration, Evidence, Weighing

shares = st.floats(0, 1)
evidences = st.builds(Evidence, dice=shares, coverage=shares, contained=shares, dense=shares, whole=shares)


@given(st.dictionaries(st.text(min_size=1, max_size=3), evidences, max_size=6))
def test_probabilities_are_between_nought_and_one(candidates: dict[str, Evidence]) -> None:
    for probability in Calibration().probabilities(candidates).values():
        assert 0 <= probability <= 1


def searches(count: int) -> list[tuple[dict[str, Evidence], str]]:
    strong, weak = Evidence(0.8, 0.9, 0.7, 0.9, 0.9), Evidence(0.1, 0.2, 0.0, 0.2, 0.1)
    return [({"a": strong, "b": weak}, "a") for _ in range(count)] + [
        ({"a": weak, "b": weak}, "") for _ in range(count)
    ]


def test_strong_evidence_is_likely_and_weak_is_not() -> None:
    fitted = Calibration.fit(searches(20))
    found = fitted.probabilities(searches(1)[0][0])
    assert found["a"] > 0.9
    assert found["b"] < 0.1


def test_two_equally_good_candidates_are_each_less_sure_than_one_alone() -> None:
    strong = Evidence(0.8, 0.9, 0.7, 0.9, 0.9)
    rivals = [({"a": strong, "b": strong}, right) for right in ("a", "b") * 10]
    fitted = Calibration.fit(searches(20) + rivals)
    alone = fitted.probabilities({"a": strong})["a"]
    assert fitted.probabilities({"a": strong, "b": strong})["a"] < alone


def test_passages_are_weighed_by_what_is_true_of_passages() -> None:
    article = Evidence(dense=0.5, rarity=0.8, passage=1.0)
    wrong = Evidence(dense=0.5, rarity=0.1, passage=1.0)
    told = [({"a": article, "b": wrong}, "a") for _ in range(20)]
    fitted = Calibration.fit(searches(20) + told)
    assert fitted.passages != fitted.written
    assert fitted.strength(article) > 0 > fitted.strength(wrong)


@given(st.lists(st.tuples(evidences, st.booleans()), min_size=4, max_size=30), evidences, st.sampled_from(FEATURES))
@settings(max_examples=30, deadline=None)
def test_more_evidence_never_makes_an_entry_less_likely(
    rows: list[tuple[Evidence, bool]], known: Evidence, feature: str
) -> None:
    fitted = Weighing.fit(rows)
    more = replace(known, **{name: 1.0 for name in (feature, "coverage", "dense") if name != "agreement"})
    assert fitted.strength(more) >= fitted.strength(known) - 1e-9


def test_without_passages_to_learn_from_they_are_weighed_like_other_entries() -> None:
    fitted = Calibration.fit(searches(20))
    assert fitted.passages == fitted.written


def test_it_reads_back_what_it_wrote_and_refuses_other_features(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    fitted = Calibration.fit(searches(5))
    fitted.save(path)
    assert Calibration.load(path) == fitted
    path.write_text(path.read_text().replace('"dice"', '"other"'))
    with pytest.raises(ValueError, match="wenzheng train"):
        Calibration.load(path)
