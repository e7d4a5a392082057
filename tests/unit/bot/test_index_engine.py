from pathlib import Path

import pytest

from bot import container
from bot.container import build_engine
from bot.settings import Settings
from bot.setup_steps import SetupError
from knowledge_base.index.faiss_engine import FaissEngine
from knowledge_base.index.milvus_engine import MilvusEngine


def settings(tmp_path: Path, **changes: object) -> Settings:
    return Settings.model_validate({"data_dir": tmp_path, **changes})


def test_vectors_are_in_the_app_unless_milvus_is_named(tmp_path: Path) -> None:
    assert isinstance(build_engine(settings(tmp_path), "digest", 8), FaissEngine)
    named = settings(tmp_path, index_engine="milvus", milvus_uri="http://milvus:19530")
    assert isinstance(build_engine(named, "digest", 8), MilvusEngine)


def test_what_milvus_needs_is_said_before_anything_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SetupError, match="WENZHENG_MILVUS_URI"):
        build_engine(settings(tmp_path, index_engine="milvus"), "digest", 8)
    monkeypatch.setattr(container, "find_spec", lambda name: None)
    with pytest.raises(SetupError, match=r"milvus\.txt"):
        build_engine(settings(tmp_path, index_engine="milvus", milvus_uri="http://milvus:19530"), "digest", 8)
