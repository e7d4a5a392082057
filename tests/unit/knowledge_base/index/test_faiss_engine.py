"""How FAISS passes from comparing all vectors to the nearest cells, and what it makes of damaged files."""

import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from indexes import DIMENSION, bundles

from knowledge_base.index.engine import DamagedIndex, Rows
from knowledge_base.index.faiss_engine import FaissEngine

NOTHING: Rows = np.zeros(0, dtype=np.int64)
VECTORS = bundles(4_000, middles=200)


def engine_of(count: int, cells_from: int = 500) -> FaissEngine:
    engine = FaissEngine(DIMENSION, cells_from=cells_from)
    engine.replace(NOTHING, np.arange(count), VECTORS[:count])
    return engine


def test_cells_find_what_comparing_all_finds() -> None:
    exact, cells = engine_of(4_000, cells_from=100_000), engine_of(4_000)
    assert not exact.tend()
    assert cells.tend()
    questions = bundles(200, seed=3, middles=200)
    same = [
        len({row for row, _ in exact.search(question, 10)} & {row for row, _ in cells.search(question, 10)})
        for question in questions
    ]
    assert sum(same) / (10 * len(questions)) >= 0.98


def test_the_shape_follows_the_size_and_is_left_alone_between() -> None:
    engine = engine_of(400)
    assert not engine.tend()
    engine.replace(NOTHING, np.arange(400, 700), VECTORS[400:700])
    assert engine.tend()
    assert not engine.tend()
    engine.replace(NOTHING, np.arange(700, 4_000), VECTORS[700:])
    assert engine.tend()
    engine.replace(np.arange(100, 4_000), NOTHING, VECTORS[:0])
    assert engine.tend()
    assert not engine.tend()
    assert sorted(engine.rows().tolist()) == list(range(100))
    assert engine.search(VECTORS[42], 1)[0][0] == 42


def test_searches_and_changes_go_on_while_the_shape_changes() -> None:
    engine, wrong = engine_of(3_000), list[int]()
    done = threading.Event()

    def search() -> None:
        while not done.is_set():
            if engine.search(VECTORS[5], 1)[0][0] != 5:
                wrong.append(5)

    def change() -> None:
        for row in range(3_000, 3_200):
            engine.replace(np.array([row - 2_000]), np.array([row]), VECTORS[row : row + 1])

    threads = [threading.Thread(target=one) for one in (search, change)]
    for thread in threads:
        thread.start()
    assert engine.tend()
    threads[1].join()
    done.set()
    threads[0].join()

    assert not wrong
    assert sorted(engine.rows().tolist()) == [*range(1_000), *range(1_200, 3_200)]
    assert engine.search(VECTORS[3_150], 1)[0][0] == 3_150


def test_a_shape_that_cannot_be_made_leaves_the_one_that_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = engine_of(1_000)

    def no_memory(rows: object, vectors: object) -> None:
        raise MemoryError

    monkeypatch.setattr(engine, "_cells", no_memory)
    with pytest.raises(MemoryError):
        engine.tend()
    monkeypatch.undo()
    engine.replace(np.array([7]), NOTHING, VECTORS[:0])
    assert engine.tend()
    assert len(engine.rows()) == 999


@pytest.mark.parametrize("cells_from", [500, 100_000])
@pytest.mark.parametrize("name", ["rows.npy", "sizes.npy", "middles.npy", "vectors.bin"])
def test_files_that_do_not_fit_together_are_refused_and_what_was_known_stays(
    tmp_path: Path, name: str, cells_from: int
) -> None:
    engine = engine_of(1_000, cells_from)
    engine.tend()
    engine.save(tmp_path)
    for damage in (
        lambda path: path.unlink(),
        lambda path: path.write_bytes(path.read_bytes()[:-7]) if path.exists() else None,
    ):
        damage(tmp_path / name)
        with pytest.raises(DamagedIndex):
            engine.load(tmp_path)
    assert len(engine.rows()) == 1_000


def test_vectors_of_another_length_are_refused(tmp_path: Path) -> None:
    engine_of(100).save(tmp_path)
    with pytest.raises(DamagedIndex):
        FaissEngine(DIMENSION * 2).load(tmp_path)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sets(st.integers(0, 60), max_size=20), st.sets(st.integers(0, 60), max_size=30), st.booleans()),
        max_size=8,
    )
)
def test_any_changes_give_what_a_dictionary_gives(changes: list[tuple[set[int], set[int], bool]]) -> None:
    engine, known = FaissEngine(DIMENSION, cells_from=25), dict[int, int]()
    for turn, (gone, new, tend) in enumerate(changes):
        places = {row: (row * 7 + turn) % len(VECTORS) for row in new}
        engine.replace(
            np.array(sorted(gone | new), dtype=np.int64), np.array(sorted(new), dtype=np.int64),
            VECTORS[[places[row] for row in sorted(new)]],
        )  # fmt: skip
        known = {row: place for row, place in known.items() if row not in gone} | places
        if tend:
            engine.tend()
    assert sorted(engine.rows().tolist()) == sorted(known)
    for row, place in known.items():
        assert dict(engine.search(VECTORS[place], len(known)))[row] == pytest.approx(1, abs=2e-3)
