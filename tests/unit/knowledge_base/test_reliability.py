"""Reliability tables, and fitting probabilities once more on the golden set."""

import random
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.calibration import Calibration, Evidence
from knowledge_base.recalibration import NoRefit, Search, in_force, path_for, refit, save, searches
from knowledge_base.reliability import Prediction, predict, reliability
from knowledge_base.service import KnowledgeService

predictions = st.lists(st.builds(Prediction, st.floats(0, 1), st.booleans()), max_size=60)


def test_said_and_seen_stand_side_by_side() -> None:
    table = reliability([Prediction(0.85, True)] * 8 + [Prediction(0.85, False)] * 2 + [Prediction(0.05, False)] * 10)
    low, high = table.bins
    assert (low.low, low.count, low.right) == (0.0, 10, 0.0)
    assert (high.low, high.high, high.count) == (0.8, 0.9, 10)
    assert (high.predicted, high.right) == (pytest.approx(0.85), pytest.approx(0.8))
    assert table.ece == pytest.approx(0.05)
    assert table.brier == pytest.approx((8 * 0.15**2 + 2 * 0.85**2 + 10 * 0.05**2) / 20)


def test_nothing_asked_is_no_error() -> None:
    assert reliability([]).bins == ()


@given(predictions)
def test_every_prediction_is_in_one_bin_and_errors_stay_between_0_and_1(given_: list[Prediction]) -> None:
    table = reliability(given_)
    assert sum(one.count for one in table.bins) == table.count == len(given_)
    assert all(one.low - 1e-9 <= one.predicted <= one.high + 1e-9 for one in table.bins)
    assert 0 <= table.ece <= 1
    assert 0 <= table.brier <= 1


def test_predictions_are_of_the_best_hit(knowledge: KnowledgeService) -> None:
    searcher = knowledge.hit_tests.tester.searcher
    asked = [("娃上户口", "hukou.birth"), ("娃上户口", "hukou.lost"), ("。。。", "hukou.lost")]
    right, wrong, nothing = predict(searcher, asked, date(2026, 1, 1))
    assert (right.right, wrong.right, nothing.right) == (True, False, False)
    assert right.probability == wrong.probability == knowledge.search("娃上户口").hits[0].probability
    assert nothing.probability < 0.2


def drawn(count: int, chooser: random.Random, share: float) -> list[Search]:
    """Searches whose best candidate is right ``share`` times as often as the calibration says."""
    found: list[Search] = []
    for _ in range(count):
        dense = chooser.random()
        candidates = {"a": Evidence(dense, dense, 0, dense, dense), "b": Evidence()}
        right = chooser.random() < share * Calibration().probabilities(candidates)["a"]
        found.append((candidates, "a" if right else "c"))
    return found


def overconfident(count: int = 400) -> list[Search]:
    return drawn(count, random.Random(1), 0.5)


def test_a_refit_makes_overconfident_probabilities_reliable_and_keeps_the_order() -> None:
    golden = overconfident()
    trained = Calibration()
    result = refit(trained, golden, [])
    assert result.questions == 400
    assert result.after.ece < result.before.ece / 2
    assert result.after.brier < result.before.brier
    for evidence, _ in golden[:20]:
        before, after = trained.probabilities(evidence), result.calibration.probabilities(evidence)
        assert sorted(before, key=lambda name: before[name]) == sorted(after, key=lambda name: after[name])


def test_word_for_word_stays_certain_after_a_refit() -> None:
    fitted = refit(Calibration(), overconfident(), []).calibration
    exact = {"a": Evidence(1, 1, 1, 1, 1, exact=1.0)}
    assert fitted.probabilities(exact) == Calibration().probabilities(exact)


def test_too_few_questions_or_nothing_to_gain_leave_probabilities_as_they_are() -> None:
    golden = overconfident()
    with pytest.raises(NoRefit, match=r"^199 golden questions"):
        refit(Calibration(), golden[:199], [])
    with pytest.raises(NoRefit, match="no better"):
        refit(Calibration(), drawn(400, random.Random(1), 1.0), [])


def test_what_is_none_of_the_citys_business_keeps_a_refit_from_being_too_sure() -> None:
    golden: list[Search] = [({"a": Evidence(dense=0.6, whole=0.6, coverage=0.5)}, "a")] * 290
    golden += [({"a": Evidence(dense=0.1)}, "b")] * 10
    outside: list[Search] = [({"a": Evidence(dense=0.6, whole=0.6, coverage=0.5)}, "")] * 50
    alone, beside = (refit(Calibration(), golden, some).calibration for some in ([], outside))
    evidence = golden[0][0]
    assert beside.probabilities(evidence)["a"] < alone.probabilities(evidence)["a"]


def test_a_refit_is_used_only_with_the_calibration_it_was_fitted_on(tmp_path: Path) -> None:
    trained_file = tmp_path / "calibration.json"
    trained = Calibration()
    trained.save(trained_file)
    assert in_force(tmp_path, trained_file, trained) is trained
    result = refit(trained, overconfident(), [])
    save(result, path_for(tmp_path, trained_file))
    assert in_force(tmp_path, trained_file, trained) == result.calibration
    trained_file.write_text(trained_file.read_text() + "\n")  # trained anew
    assert in_force(tmp_path, trained_file, trained) is trained


def test_questions_that_are_phrasings_word_for_word_say_nothing_about_probabilities(
    knowledge: KnowledgeService,
) -> None:
    asked = [("娃上户口", "hukou.birth"), ("孩子户口去哪里上", "hukou.birth")]
    [(_, right)] = searches(knowledge.hit_tests.tester.searcher, asked, date(2026, 1, 1), "")
    assert right == "hukou.birth"
