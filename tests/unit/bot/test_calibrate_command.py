"""``wenzheng knowledge calibrate`` and ``wenzheng eval reliability`` over a small knowledge base of their own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy.orm import Session, sessionmaker
from typer.testing import CliRunner

from bot.cli import app
from bot.commands import calibrate
from bot.commands.evaluate import reliability
from bot.commands.evaluate.models import LoadedEncoder
from bot.container import Storage, build_storage
from bot.settings import Settings
from knowledge_base import recalibration
from knowledge_base.calibration import Calibration, Weighing
from knowledge_base.golden.models import GoldenQuestion
from knowledge_base.service import KnowledgeService
from knowledge_base.trained_encoder import TrainedEncoder
from nlu.tokenizer import Tokenizer
from tests.unit.knowledge_base.conftest import HashedEncoder, knowledge

pytestmark = pytest.mark.slow

__all__ = ["knowledge"]
# Surer by far than right: each phrasing with this many endings, and wrong entries for half of them.
ENDINGS = ["怎么样", "行不行", "去哪里", "找哪个", "有用没", "啥意思", "几点钟", "在哪儿", "好不好", "能不能"]


@pytest.fixture
def trained(tmp_path: Path) -> TrainedEncoder:
    path = tmp_path / "calibration.json"
    Calibration(written=Weighing(bias=-2.0), slope=2.0).save(path)
    return TrainedEncoder("", path, tmp_path / "scope")


@pytest.fixture
def settings(
    tmp_path: Path, trained: TrainedEncoder, knowledge: KnowledgeService, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    settings = Settings(data_dir=tmp_path)

    @contextmanager
    def opened() -> Iterator[Storage]:
        yield build_storage(settings)

    monkeypatch.setattr(calibrate, "open_storage", opened)
    monkeypatch.setattr(calibrate, "build_knowledge", lambda *_: knowledge)
    monkeypatch.setattr(calibrate, "find_encoder", lambda _: trained)
    monkeypatch.setattr(calibrate, "outside_requests", lambda: ["今天吃什么", "讲个笑话"])
    monkeypatch.setattr(reliability, "get_settings", lambda: settings)
    monkeypatch.setattr(reliability, "outside_requests", lambda: ["今天吃什么", "讲个笑话"])
    monkeypatch.setattr(reliability, "_knowledge", lambda _: knowledge)
    tokenizer = Tokenizer()
    loaded = LoadedEncoder(tokenizer, HashedEncoder(tokenizer), trained)
    monkeypatch.setattr(reliability, "load_present_encoder", lambda _: loaded)
    return settings


def promise(sessions: sessionmaker[Session], knowledge: KnowledgeService) -> None:
    """Two hundred golden questions and more; every other one expects another entry than its words say."""
    entries = knowledge.list_entries(status="published").entries
    asked = [(text + ending, entry.id) for entry in entries for text in entry.similar for ending in ENDINGS]
    asked += [(f"请问{text}", expected) for text, expected in asked]
    with sessions() as session, session.begin():
        for number, (text, expected) in enumerate(asked):
            entry_id = expected if number % 2 else "hukou.none"
            session.add(GoldenQuestion(question=text, entry_id=entry_id, added_by="lin"))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_probabilities_fitted_on_the_golden_set_are_shown_kept_and_removed(
    settings: Settings, trained: TrainedEncoder, knowledge: KnowledgeService, sessions: sessionmaker[Session]
) -> None:
    promise(sessions, knowledge)
    path = recalibration.path_for(settings.data_dir, trained.calibration)
    tried = run("knowledge", "calibrate", "--dry-run")
    assert tried.exit_code == 0, tried.output
    assert not path.exists()
    told = run("knowledge", "calibrate")
    assert told.exit_code == 0, told.output
    assert told.output.index("Before") < told.output.index("After")
    assert "after a restart" in " ".join(told.output.split())
    own = Calibration.load(trained.calibration)
    assert isinstance(recalibration.in_force(settings.data_dir, trained.calibration, own), recalibration.Recalibrated)
    assert run("knowledge", "calibrate", "--remove").exit_code == 0
    assert recalibration.in_force(settings.data_dir, trained.calibration, own) is own


@pytest.mark.usefixtures("settings")
def test_with_too_few_golden_questions_it_says_how_many_are_needed() -> None:
    told = run("knowledge", "calibrate")
    assert told.exit_code == 1
    assert "200 are needed" in " ".join(told.output.split())


@pytest.mark.usefixtures("settings")
def test_reliability_is_told_as_tables_and_as_one_line(
    tmp_path: Path, knowledge: KnowledgeService, sessions: sessionmaker[Session]
) -> None:
    promise(sessions, knowledge)
    file = tmp_path / "asked.jsonl"
    file.write_text('{"query": "娃上户口", "id": "hukou.birth"}\n{"query": "今天吃什么"}\n', encoding="utf-8")
    told = run("eval", "reliability", "--questions", str(file))
    assert told.exit_code == 0, told.output
    found = json.loads(told.stdout.splitlines()[-1])
    assert found["measure"] == "reliability"
    assert found["file"]["count"] == 2
    assert found["golden"]["count"] == len(knowledge.golden.all())
    for table in (found["held_out"], found["golden"], found["file"]):
        assert sum(one["count"] for one in table["bins"]) == table["count"]
        assert 0 <= table["ece"] <= 1


def test_before_there_is_a_database_a_measurement_makes_none(tmp_path: Path) -> None:
    assert reliability._knowledge(Settings(data_dir=tmp_path)) is None
    assert list(tmp_path.iterdir()) == []
