from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session, sessionmaker

from bot import setup_steps
from bot.settings import Settings
from bot.setup_steps import rasa_paths, spacy_folder, staff_phrases, train_rasa
from channels.conversations.training_phrases import Phrase, TrainingPhrases, as_rasa, clean_phrase

INTENTS = {"greet": "打招呼", "file_ticket": "登记诉求"}


def settings(folder: Path, database: Path) -> Settings:
    return Settings(data_dir=folder, model_dir=None, database_url=f"sqlite:///{database}", _env_file=None)  # type: ignore[arg-type, call-arg]


@given(
    st.lists(st.tuples(st.text(max_size=60).map(clean_phrase).filter(bool), st.sampled_from(list(INTENTS))), max_size=6)
)
def test_every_phrase_is_one_plain_example_of_its_intent(pairs: list[tuple[str, str]]) -> None:
    data = yaml.safe_load(as_rasa(Phrase(text, intent) for text, intent in pairs))
    read = {
        (line.removeprefix("- "), block["intent"])
        for block in data["nlu"]
        for line in block["examples"].split("\n")
        if line
    }
    assert read == set(pairs)
    assert not any(re.search(r"[\[\](){}\n]", text) for text, _ in read)


def test_a_phrase_loses_personal_data_marks_and_line_breaks() -> None:
    assert clean_phrase("  - [我](name)\n要投诉 13800138000") == "［我］（name） 要投诉 138******00"


def test_a_new_phrase_asks_for_another_model_and_its_removal_for_the_old_one(
    tmp_path: Path, database_file: Path, sessions: sessionmaker[Session]
) -> None:
    ours = settings(tmp_path, database_file)
    before = rasa_paths(ours)
    phrases = TrainingPhrases(sessions, INTENTS)
    phrases.add("路灯不亮", "file_ticket", actor="a")
    after = rasa_paths(ours)
    assert (after.base, after.phrases) == (before.base, (Phrase("路灯不亮", "file_ticket"),))
    assert after.model != before.model
    phrases.remove("路灯不亮")
    assert rasa_paths(ours) == before


def test_until_a_new_phrase_is_trained_the_model_without_it_is_served(
    tmp_path: Path, database_file: Path, sessions: sessionmaker[Session]
) -> None:
    ours = settings(tmp_path, database_file)
    trained = rasa_paths(ours).model
    trained.parent.mkdir(parents=True)
    trained.touch()
    TrainingPhrases(sessions, INTENTS).add("路灯不亮", "file_ticket", actor="a")
    assert not rasa_paths(ours).ready
    assert rasa_paths(ours).serving == trained


def test_without_a_database_there_are_no_phrases_and_none_is_made(tmp_path: Path) -> None:
    assert staff_phrases(settings(tmp_path, tmp_path / "none.db")) == []
    assert not (tmp_path / "none.db").exists()


def test_a_database_that_is_older_than_training_phrases_has_none(tmp_path: Path) -> None:
    (tmp_path / "old.db").touch()
    assert staff_phrases(settings(tmp_path, tmp_path / "old.db")) == []


def test_a_phrase_says_when_it_was_trained(sessions: sessionmaker[Session]) -> None:
    phrases = TrainingPhrases(sessions, INTENTS)
    phrases.add("路灯不亮", "file_ticket", actor="a")
    taken = phrases.for_training()
    phrases.add("您好啊", "greet", actor="a")
    phrases.trained(taken)
    assert {one.text: one.trained_at is not None for one in phrases.all()} == {"路灯不亮": True, "您好啊": False}


def test_a_training_takes_the_phrases_in_and_marks_them(
    tmp_path: Path, database_file: Path, sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = settings(tmp_path, database_file)
    phrases = TrainingPhrases(sessions, INTENTS)
    phrases.add("路灯不亮", "file_ticket", actor="a")
    spacy_folder(ours).mkdir(parents=True)
    trainer = tmp_path / "python"  # keeps what it was told and writes the model where it should
    trainer.write_text(
        '#!/bin/sh\necho "$@" > told\nwhile [ "$1" != "--out" ]; do shift; done\ntouch "$2/$4.tar.gz"\n',
        encoding="utf-8",
    )
    trainer.chmod(0o755)
    monkeypatch.setattr(setup_steps, "RASA_PYTHON", trainer)
    monkeypatch.setattr(setup_steps, "ROOT", tmp_path)
    model = train_rasa(ours)
    assert model == rasa_paths(ours).model
    assert model.is_file()
    told = (tmp_path / "told").read_text(encoding="utf-8")
    file = tmp_path / "training" / "staff_phrases.yml"
    assert f"--data bot/dialogue/nlu bot/dialogue/rules bot/dialogue/responses {file} --out" in told
    assert "路灯不亮" in file.read_text(encoding="utf-8")
    assert phrases.all()[0].trained_at is not None
