from pathlib import Path

import pytest

from bot import setup_steps
from bot.settings import ROOT, Settings
from bot.setup_steps import RASA_INPUTS, SetupError, build_spacy, rasa_environment, rasa_paths, spacy_folder


def settings(folder: Path, **more: str) -> Settings:
    return Settings(data_dir=folder, model_dir=None, **more)  # type: ignore[arg-type]


def test_everything_that_decides_the_rasa_model_exists() -> None:
    assert all(any(ROOT.glob(pattern)) for pattern in RASA_INPUTS)


def test_another_encoder_leads_to_another_rasa_model(tmp_path: Path) -> None:
    assert rasa_paths(settings(tmp_path)) == rasa_paths(settings(tmp_path))
    assert rasa_paths(settings(tmp_path)) != rasa_paths(settings(tmp_path, encoders="some/model"))


def test_rasa_is_told_where_the_spacy_pipeline_is_and_of_no_encoder_that_is_not_trained(tmp_path: Path) -> None:
    environment = rasa_environment(settings(tmp_path))
    assert environment["WENZHENG_SPACY"] == str(tmp_path / "models" / "spacy" / spacy_folder(settings(tmp_path)).name)
    assert environment["WENZHENG_ENCODER_FOLDER"] == ""


def test_a_spacy_pipeline_for_this_lexicon_is_not_built_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup_steps, "RASA_PYTHON", tmp_path / "no python")
    target = spacy_folder(settings(tmp_path))
    target.mkdir(parents=True)
    assert build_spacy(settings(tmp_path)) == target


def test_a_failed_build_names_its_log_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing = tmp_path / "python"
    failing.write_text("#!/bin/sh\necho reason; exit 1\n", encoding="utf-8")
    failing.chmod(0o755)
    monkeypatch.setattr(setup_steps, "RASA_PYTHON", failing)
    with pytest.raises(SetupError, match=r"spacy-build\.log"):
        build_spacy(settings(tmp_path))
    assert (tmp_path / "logs" / "spacy-build.log").read_text(encoding="utf-8") == "reason\n"
    assert not spacy_folder(settings(tmp_path)).exists()
