"""A city's data survive the loss of their server: saved while citizens write, brought back into an empty folder.

And the other way round: what a citizen wants deleted is in no file any more.
"""

import contextlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from assistant import RunningAssistant, free_port, running_assistant
from citizen import Citizen
from complaints import PHONE, fill_in_complaint
from prerequisites import require_models
from records import records_of

from actions.tickets.scope import EVERY_TICKET
from bot.container import build_storage
from bot.security.encryption import SECRET_FILE
from bot.settings import Settings

PASSWORD = "Tausend-Berge-7"
QUESTION, ANSWERED_BY = "居住证怎么办", "residence_permit.apply"
SECRET_WORDS = "我家那只会背唐诗的鹦鹉总在半夜叫"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAssistant]:
    """An assistant of our own: its data are counted and deleted."""
    require_models()
    with running_assistant(tmp_path_factory.mktemp("saved_assistant")) as running:
        yield running


@pytest.fixture
def citizen(assistant: RunningAssistant) -> Iterator[Citizen]:
    citizen = Citizen(assistant.base_url)
    yield citizen
    citizen.close()


def test_a_backup_made_under_load_brings_everything_back(
    assistant: RunningAssistant, citizen: Citizen, tmp_path: Path
) -> None:
    added = {"WENZHENG_NEW_PASSWORD": PASSWORD}
    assistant.environment |= added
    assistant.wenzheng("account", "add", "wangfang", "--role", "curator")
    before = citizen.say(QUESTION).part("answer")
    card = citizen.press(fill_in_complaint(citizen, contact=PHONE).button("确认提交")).part("ticket")
    transcript = citizen.transcript()
    saved, key = tmp_path / "saved", tmp_path / "elsewhere" / "root.key"
    with others_asking(assistant) as answered:
        said = assistant.wenzheng("backup", str(saved), "--key", str(key))
    assert answered
    assert set(answered) == {200}
    assert "✓ Back-up:" in said.stdout
    manifest = json.loads((saved / "manifest.json").read_text())
    refused = assistant.wenzheng("restore", str(saved), "--replace", check=False)
    assert refused.returncode == 1
    assert "is running" in refused.stderr
    with restored(assistant, saved, key, tmp_path / "fresh") as again:
        assert rows_of(again) == {name: manifest["rows"][name] for name in rows_of(again)}
        with contextlib.closing(Citizen(again.base_url)) as somebody:
            assert somebody.say(QUESTION).part("answer")["text"] == before["text"]
            assert somebody.say(QUESTION).part("answer")["entry_id"] == ANSWERED_BY
        citizen_again = httpx.get(
            f"{again.base_url}{citizen.path}", headers=citizen.http.headers, timeout=30, trust_env=False
        )
        assert citizen_again.json()["messages"] == transcript
        storage = build_storage(again.settings)
        try:
            assert (
                storage.tickets.lookup(card["number"], card["code"], conversation_id="elsewhere").number
                == card["number"]
            )
            assert storage.tickets.for_staff(EVERY_TICKET).reveal_contact(card["number"], "auditor").phone == PHONE
            assert storage.accounts.authenticate("wangfang", PASSWORD, address="here").username == "wangfang"
        finally:
            storage.engine.dispose()


def test_a_deleted_conversation_is_in_no_file_of_the_assistant(assistant: RunningAssistant, citizen: Citizen) -> None:
    citizen.say(SECRET_WORDS)
    citizen.say(QUESTION)
    data = assistant.settings.data_dir
    assert "wenzheng.db" in " ".join(holding(data, SECRET_WORDS))
    shown = assistant.wenzheng("conversation", "delete", citizen.id).stdout
    assert "Nothing was deleted" in shown
    copy = json.loads(assistant.wenzheng("conversation", "export", citizen.id).stdout)
    assert [question["text"] for question in copy["questions"]] == [SECRET_WORDS, QUESTION]
    assert holding(data, SECRET_WORDS)
    done = assistant.wenzheng("conversation", "delete", citizen.id, "--yes").stdout
    assert "Back-ups made before now still hold it" in done
    # In Redis JSON writes Chinese as escapes.
    escaped = json.dumps(SECRET_WORDS)[1:-1]
    assert not [*holding(data, SECRET_WORDS), *holding(data, escaped)]
    assert citizen.post("还在吗").status_code == 404
    again = assistant.wenzheng("conversation", "delete", citizen.id, "--yes", check=False)
    assert again.returncode == 1
    assert "no such conversation" in again.stderr
    with contextlib.closing(Citizen(assistant.base_url)) as other:
        assert other.say(QUESTION).part("answer")["entry_id"] == ANSWERED_BY


def test_retention_shows_its_terms_and_deletes_what_is_due(assistant: RunningAssistant) -> None:
    shown = assistant.wenzheng("retention", "preview").stdout
    assert "WENZHENG_KEEP_CONVERSATIONS_DAYS" in shown
    assert "Nothing was due" in assistant.wenzheng("retention", "run").stdout


def holding(folder: Path, words: str) -> list[str]:
    """The files below a folder that hold these words, as they are or cut in two by a line's end."""
    found = []
    for path in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):
            if path.is_file() and words.encode() in path.read_bytes():
                found.append(str(path.relative_to(folder)))
    return found


@contextlib.contextmanager
def others_asking(assistant: RunningAssistant) -> Iterator[list[int]]:
    """Three citizens who write all the time; the status codes that they get."""
    stop, codes = threading.Event(), []

    def ask() -> None:
        with contextlib.closing(Citizen(assistant.base_url)) as somebody:
            for number in range(500):
                codes.append(somebody.post(f"护照怎么办{number}").status_code)
                if stop.is_set():
                    return

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        yield codes
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)


@contextlib.contextmanager
def restored(assistant: RunningAssistant, saved: Path, key: Path, folder: Path) -> Iterator[RunningAssistant]:
    """An assistant on the restored data, in a folder and on ports of its own."""
    fresh = RunningAssistant(assistant.process, _elsewhere(folder), {}, assistant.output)
    fresh.environment = assistant.environment | {
        "WENZHENG_DATA_DIR": str(folder),
        **{f"WENZHENG_{name.upper()}": str(getattr(fresh.settings, name)) for name in PORTS},
    }
    done = fresh.wenzheng("restore", str(saved), "--key", str(key))
    assert "✓ Restored" in done.stdout
    assert (folder / SECRET_FILE).read_text() == key.read_text()
    with running_assistant(folder) as running:
        yield running


PORTS = ("port", "internal_port", "rasa_port", "redis_port")


def _elsewhere(folder: Path) -> Settings:
    return Settings.model_validate({"data_dir": folder, **{name: free_port() for name in PORTS}})


def rows_of(assistant: RunningAssistant) -> dict[str, Any]:
    with records_of(assistant.settings) as records:
        return records.counts()
