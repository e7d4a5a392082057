"""What every engine keeps to."""

from pathlib import Path

import numpy as np
from indexes import bundles

from knowledge_base.index.engine import Rows, VectorEngine
from nlu.encoder.ports import Vectors

NOTHING: Rows = np.zeros(0, dtype=np.int64)
COUNT = 120
VECTORS = bundles(COUNT)
NUMBERS: Rows = np.random.default_rng(1).integers(1, 2**63 - 1, COUNT)


def filled(engine: VectorEngine) -> VectorEngine:
    engine.replace(NOTHING, NUMBERS, VECTORS)
    engine.tend()
    return engine


def exact(question: Vectors, rows: Rows, vectors: Vectors, limit: int) -> list[int]:
    order = np.argsort(-(vectors @ question), kind="stable")[:limit]
    return rows[order].tolist()


def test_nothing_is_found_in_an_empty_engine(engine: VectorEngine) -> None:
    assert engine.search(VECTORS[0], 5) == []
    assert engine.rows().tolist() == []


def test_the_nearest_rows_come_with_their_cosine_best_first(engine: VectorEngine) -> None:
    filled(engine)
    for place in range(0, COUNT, 10):
        found = engine.search(VECTORS[place], 10)
        assert [row for row, _ in found] == exact(VECTORS[place], NUMBERS, VECTORS, 10)
        cosines = [float(VECTORS[np.flatnonzero(row == NUMBERS)[0]] @ VECTORS[place]) for row, _ in found]
        assert np.allclose([score for _, score in found], cosines, atol=2e-3)


def test_forgotten_rows_are_gone_at_once_and_learned_ones_there(engine: VectorEngine) -> None:
    filled(engine)
    fresh = bundles(2, seed=5)
    engine.replace(NUMBERS[:60], np.array([7, 8]), fresh)

    assert set(engine.rows().tolist()) == {7, 8, *NUMBERS[60:].tolist()}
    assert engine.search(fresh[0], 1)[0][0] == 7
    found = {row for row, _ in engine.search(VECTORS[3], COUNT)}
    assert found == {7, 8, *NUMBERS[60:].tolist()}


def test_a_row_that_is_learned_again_stands_once_with_its_new_vector(engine: VectorEngine) -> None:
    filled(engine)
    engine.replace(NUMBERS[:1], NUMBERS[:1], VECTORS[50:51])

    assert sorted(engine.rows().tolist()) == sorted(NUMBERS.tolist())
    assert {row for row, _ in engine.search(VECTORS[50], 2)} == {int(NUMBERS[0]), int(NUMBERS[50])}


def test_forgetting_what_was_never_known_does_no_harm(engine: VectorEngine) -> None:
    filled(engine)
    engine.replace(np.array([1, 2, 3]), NOTHING, VECTORS[:0])
    assert len(engine.rows()) == COUNT


def test_more_than_there_is_can_be_asked_for(engine: VectorEngine) -> None:
    engine.replace(NOTHING, NUMBERS[:3], VECTORS[:3])
    assert len(engine.search(VECTORS[0], 40)) == 3


def test_a_cleared_engine_is_empty_and_can_be_filled_again(engine: VectorEngine) -> None:
    filled(engine).clear()
    assert len(engine.rows()) == 0
    assert len(filled(engine).rows()) == COUNT


def test_what_was_saved_is_there_after_loading(engine: VectorEngine, tmp_path: Path) -> None:
    filled(engine).save(tmp_path)
    before = engine.search(VECTORS[9], 10)
    engine.load(tmp_path)
    assert engine.search(VECTORS[9], 10) == before
    assert sorted(engine.rows().tolist()) == sorted(NUMBERS.tolist())
