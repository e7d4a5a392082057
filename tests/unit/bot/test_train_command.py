"""A second training waits for the first and then finds its models."""

import threading
from pathlib import Path

import pytest

from bot.commands import train
from bot.locks import held
from bot.settings import Settings


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
