from collections.abc import Iterator

import pytest
from indexes import DIMENSION

from knowledge_base.index.engine import VectorEngine
from knowledge_base.index.faiss_engine import FaissEngine
from knowledge_base.index.milvus_engine import MilvusEngine


@pytest.fixture(scope="session")
def milvus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MilvusEngine]:
    engine = MilvusEngine(str(tmp_path_factory.mktemp("milvus") / "vectors.db"), "", "wenzheng_test", DIMENSION)
    yield engine
    engine.close()


@pytest.fixture(params=["all compared", "cells", "milvus"])
def engine(request: pytest.FixtureRequest) -> VectorEngine:
    """Each engine in turn, empty."""
    if request.param != "milvus":
        return FaissEngine(DIMENSION, cells_from=10_000 if request.param == "all compared" else 50)
    shared: MilvusEngine = request.getfixturevalue("milvus")
    shared.clear()
    return shared
