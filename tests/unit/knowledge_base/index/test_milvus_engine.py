"""Milvus shared by several processes, and Milvus that does not answer."""

import logging
import time

import numpy as np
import pytest
from indexes import DIMENSION, CountingEncoder, bundles, entry

from knowledge_base.index.dense import DenseIndex
from knowledge_base.index.engine import EngineUnavailable
from knowledge_base.index.milvus_engine import MilvusEngine
from knowledge_base.phrases import Phrase, phrases_of

NOBODY_LISTENS = "http://127.0.0.1:9"
NOTHING = np.zeros(0, dtype=np.int64)


@pytest.fixture
def shared(milvus: MilvusEngine) -> MilvusEngine:
    milvus.clear()
    return milvus


class SmallEncoder(CountingEncoder):
    dimension = DIMENSION


def phrases(name: str, text: str) -> list[Phrase]:
    return list(phrases_of(entry(name, text)))


def found(index: DenseIndex, question: str) -> set[str]:
    return {phrase.entry_id for phrase, _ in index.search(question, 40)}


def test_two_processes_share_a_collection_and_each_row_stands_once(shared: MilvusEngine) -> None:
    one, other = DenseIndex(SmallEncoder(), shared), DenseIndex(SmallEncoder(), shared)
    one.replace([], phrases("hukou.a", "居住证办理"))
    assert found(one, "居住证") == {"hukou.a"}
    assert found(other, "居住证") == set()

    other.replace([], phrases("hukou.a", "居住证办理"))
    assert found(other, "居住证") == {"hukou.a"}
    assert len(shared.rows()) == 4

    one.replace(["hukou.a"], phrases("hukou.a", "居住证补领"))
    other.replace(["hukou.a"], phrases("hukou.a", "居住证补领"))
    assert len(shared.rows()) == 4
    assert one.search("居住证补领", 1)[0][0].text == "居住证补领"


def test_a_new_process_adopts_what_milvus_holds_and_removes_what_is_gone(shared: MilvusEngine) -> None:
    old = DenseIndex(SmallEncoder(), shared)
    old.replace([], phrases("hukou.a", "居住证办理") + phrases("hukou.b", "出生登记"))
    encoder = SmallEncoder()
    new = DenseIndex(encoder, shared)

    new.open()
    new.adopt(phrases("hukou.a", "居住证办理"))
    new.settle()

    assert encoder.encoded == 0
    assert found(new, "居住证") == {"hukou.a"}
    assert len(shared.rows()) == 4


def test_milvus_that_is_away_costs_one_short_wait_and_no_change_is_lost(
    shared: MilvusEngine, caplog: pytest.LogCaptureFixture
) -> None:
    engine = MilvusEngine(NOBODY_LISTENS, "", "wenzheng_test", DIMENSION)
    index = DenseIndex(SmallEncoder(), engine)
    with caplog.at_level(logging.WARNING):
        index.open()
        index.replace([], phrases("hukou.a", "居住证办理"))
        started = time.monotonic()
        assert index.search("居住证", 5) == []
        assert time.monotonic() - started < 0.5
    assert "Milvus does not answer" in caplog.text
    with pytest.raises(EngineUnavailable):
        engine.search(bundles(1)[0], 1)

    back = DenseIndex(SmallEncoder(), shared)
    back.replace([], phrases("hukou.a", "居住证办理"))
    engine.replace(NOTHING, NOTHING, bundles(1)[:0])
    assert not engine.tend()
    shared.close()
    engine._uri, engine._asleep_until = shared._uri, 0.0
    assert engine.tend()
    assert found(index, "居住证") == {"hukou.a"}
    engine.close()
