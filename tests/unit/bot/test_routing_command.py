"""``wenzheng routing train`` and ``wenzheng train`` over a real database of closed tickets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from actions.tickets.drafts import TicketDraft
from actions.tickets.scope import EVERY_TICKET
from actions.tickets.service import TicketService
from bot.cli import app
from bot.commands import routing as command
from bot.commands import train as train_command
from bot.container import build_storage, build_suggester
from bot.masking import mask_names
from bot.settings import Settings
from bot.setup_steps import SetupError
from nlu.routing import learning, trained
from nlu.routing.examples import own_examples
from nlu.routing.trained import find_learned

pytestmark = pytest.mark.slow

LABELS = {"环境保护", "劳动和社会保障"}
MATTERS = {
    "ecology": ["的烟囱冒黑烟", "的污水发臭", "粉尘太大", "的气味刺鼻"],
    "human_resources": ["拖欠工资", "不给交社保", "不发加班费", "随便辞退人"],
}
PLACES = ["东街", "西街", "南街", "北街", "河边", "桥头", "村口", "山下", "厂区", "路旁"]


@pytest.fixture
def settings(tmp_path: Path, migrated: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    settings = Settings(data_dir=tmp_path / "data", model_dir=tmp_path / "models")
    settings.data_dir.mkdir()
    (settings.data_dir / "wenzheng.db").write_bytes(migrated.read_bytes())
    for module in (command, train_command):
        monkeypatch.setattr(module, "get_settings", lambda: settings)
    # The rules alone mask here: the recogniser has tests of its own, and would be used by all tests that come after.
    monkeypatch.setattr(command, "mask_names", lambda settings: None)
    some = [one for one in own_examples() if one.label in LABELS][::3]
    for module in (trained, learning):
        monkeypatch.setattr(module, "own_examples", lambda: some)
        monkeypatch.setattr(module, "topic_examples", lambda: [])
    return settings


@pytest.fixture
def tickets(settings: Settings) -> Iterator[TicketService]:
    storage = build_storage(settings)
    yield storage.tickets
    storage.engine.dispose()


def close(tickets: TicketService, what: str, department: str) -> None:
    draft = TicketDraft(kind="complaint", what=what)
    number = tickets.file(draft, conversation_id="c1", idempotency_key=what).ticket.number
    for action, given in (("accept", ""), ("assign", department), ("reply", ""), ("close", "")):
        tickets.for_staff(EVERY_TICKET).change(number, action, actor="李工", department=given, text="已经处理")


def close_many(tickets: TicketService, count: int) -> None:
    for number in range(count):
        department = list(MATTERS)[number % 2]
        close(tickets, f"{PLACES[number // 2 % 10]}那家{MATTERS[department][number // 20 % 4]}", department)


def train(*options: str) -> Result:
    return CliRunner().invoke(app, ["routing", "train", *options])


def test_closed_tickets_are_learned_from_and_the_gain_is_told(settings: Settings, tickets: TicketService) -> None:
    close_many(tickets, 60)
    result = train()
    assert result.exit_code == 0, result.output
    assert [line.split() for line in result.stdout.splitlines() if "环境保护" in line] == [["环境保护", "30"]]
    assert "60 closed tickets of 2 functions" in result.stdout
    assert "uses it after a restart" in result.stdout
    learned = find_learned(settings.data_dir)
    assert learned is not None
    assert learned.about.tickets == 60
    assert learned.about.after >= learned.about.before
    assert build_suggester(settings).suggest("南街那家的烟囱冒黑烟").department == "ecology"


def test_fewer_than_50_closed_tickets_teach_nothing(settings: Settings, tickets: TicketService) -> None:
    close_many(tickets, 49)
    result = train()
    assert result.exit_code == 1
    assert "Nothing was trained: 49 different closed tickets; learning takes at least 50" in result.stderr
    assert find_learned(settings.data_dir) is None


def test_an_empty_installation_is_told_so_and_not_a_traceback(settings: Settings) -> None:
    (settings.data_dir / "wenzheng.db").unlink()
    result = train()
    assert result.exit_code == 1
    assert "0 different closed tickets" in result.stderr


def test_what_would_be_worse_is_kept_only_on_demand(
    settings: Settings, tickets: TicketService, monkeypatch: pytest.MonkeyPatch
) -> None:
    close_many(tickets, 60)
    monkeypatch.setattr(command, "measure", lambda *_: learning.Gain(before=0.9, after=0.8, tickets=60, functions=2))
    result = train()
    assert result.exit_code == 1
    assert "Nothing was saved" in result.stderr
    assert find_learned(settings.data_dir) is None
    assert train("--force").exit_code == 0
    assert find_learned(settings.data_dir) is not None


def test_training_on_our_examples_leaves_what_was_learned_in_use_and_says_so(
    settings: Settings, tickets: TicketService, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SetupError, match="wenzheng train"):
        build_suggester(settings)
    close_many(tickets, 60)
    assert train("--force").exit_code == 0
    monkeypatch.setattr(train_command, "find_encoder", lambda _: object())
    monkeypatch.setattr(settings, "rasa_url", "http://elsewhere")
    said = CliRunner().invoke(app, ["train"]).stdout
    assert "Training the routing model" in said
    assert "learned from 60 closed tickets" in said
    assert "have changed since" not in said
    monkeypatch.setattr(trained, "fingerprint", lambda pretrained=(): "another")
    said = CliRunner().invoke(app, ["train"]).stdout
    assert "have changed since. Learn again with: wenzheng routing train" in said
    assert "Routing model: unchanged" in CliRunner().invoke(app, ["train"]).stdout


def test_without_the_recogniser_of_names_nothing_is_learned_from_tickets(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "mask_names", mask_names)
    result = train()
    assert result.exit_code == 1
    assert "recogniser of names is not trained" in " ".join(result.output.split())
