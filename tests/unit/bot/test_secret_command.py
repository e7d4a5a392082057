"""Going on without a lost key: asked for, said what is lost, and never while the assistant runs."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot import cli
from bot.cli import app
from bot.locks import held
from bot.security.encryption import SECRET_FILE
from bot.security.root_secret import WrongSecretKey
from bot.settings import Settings
from bot.setup_steps import prepare_database
from bot.supervision.instance import instance_lock


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation whose key was lost."""
    settings = Settings(data_dir=tmp_path, _env_file=None)  # type: ignore[call-arg]
    monkeypatch.setattr("bot.commands.secret.get_settings", lambda: settings)
    prepare_database(settings)
    (tmp_path / SECRET_FILE).unlink()
    return settings


def run(*arguments: str, typed: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(app, ["secret", *arguments], input=typed)
    return result.exit_code, result.output


def test_after_a_yes_a_new_key_is_the_right_one(here: Settings) -> None:
    with pytest.raises(WrongSecretKey):
        prepare_database(here)
    assert run("accept", typed="y\n")[0] == 0
    prepare_database(here)
    code, said = run("accept")
    assert code == 0
    assert "nothing to do" in said


def test_without_a_yes_nothing_changes(here: Settings) -> None:
    assert run("accept", typed="n\n")[0] == 1
    with pytest.raises(WrongSecretKey):
        prepare_database(here)
    assert not (here.data_dir / SECRET_FILE).exists()


def test_a_running_assistant_keeps_its_key(here: Settings) -> None:
    with held(instance_lock(here.data_dir)):
        assert run("accept", "--yes")[0] == 1
    with pytest.raises(WrongSecretKey):
        prepare_database(here)


def test_every_command_that_opens_data_refuses_with_words_and_no_trace(
    here: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def lost() -> None:
        prepare_database(here)

    monkeypatch.setattr(cli, "app", lost)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert "The secret key is gone" in said
    assert "Traceback" not in said
