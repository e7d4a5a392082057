"""A second training waits for the first and then finds its models."""

import threading
from pathlib import Path

import pytest

from bot.commands import train
from bot.locks import held
from bot.settings import Settings
from bot.setup_steps import SetupError


def test_a_second_training_waits_for_the_first_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(data_dir=tmp_path, _env_file=None)  # type: ignore[call-arg]
    order: list[str] = []
    monkeypatch.setattr(train, "_all_trained", lambda settings: False)
    monkeypatch.setattr(train, "_train", lambda settings, force: order.append("second"))
    begun, end = threading.Event(), threading.Event()

    def first() -> None:
        with held(settings.models / "training.lock"):
            begun.set()
            end.wait(30)
            order.append("first")

    thread = threading.Thread(target=first)
    thread.start()
    begun.wait(30)
    tell = train._tell_of_other
    monkeypatch.setattr(train, "_tell_of_other", lambda holder: (tell(holder), end.set()))
    train.train_what_changed(settings)
    thread.join()
    assert order == ["first", "second"]
    assert "Another training is running" in capsys.readouterr().out


class Models:
    """Small models of which some are trained already, and a Rasa model."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, rasa: bool, trained: tuple[str, ...] = ()) -> None:
        self.made: list[str] = []
        paths = type("Paths", (), {"ready": rasa})()
        models = [self._model(name, trained) for name in ("Recogniser of names", "Danger judge")]
        monkeypatch.setattr(train, "SMALL_MODELS", tuple(models))
        monkeypatch.setattr(train, "find_encoder", lambda settings: "there")
        monkeypatch.setattr(train, "rasa_paths", lambda settings: paths)
        monkeypatch.setattr(train, "train_rasa", lambda settings, progress: self.made.append("Rasa"))
        monkeypatch.setattr(train, "_tell_of_learned_routing", lambda settings: None)

    def _model(self, name: str, trained: tuple[str, ...]) -> train._Model:
        return train._Model(
            name, lambda settings: name if name in trained else None, lambda settings, told: self.made.append(name)
        )


@pytest.mark.parametrize("rasa", [False, True])
def test_small_models_that_are_missing_are_trained_whether_rasas_is_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], rasa: bool
) -> None:
    settings = Settings(data_dir=tmp_path, _env_file=None)  # type: ignore[call-arg]
    models = Models(monkeypatch, rasa=rasa, trained=("Danger judge",))
    train._train(settings, force=False)
    assert sorted(models.made) == sorted(["Recogniser of names", *([] if rasa else ["Rasa"])])
    assert "Danger judge: unchanged" in capsys.readouterr().out


def test_a_small_model_that_fails_beside_rasa_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(data_dir=tmp_path, _env_file=None)  # type: ignore[call-arg]
    Models(monkeypatch, rasa=False)

    def fails(settings: Settings, told: object) -> None:
        raise SetupError("no space left")

    monkeypatch.setattr(train, "SMALL_MODELS", (train._Model("Danger judge", lambda settings: None, fails),))
    with pytest.raises(SetupError, match="no space left"):
        train._train(settings, force=False)
