"""Processes that live and do not answer, a supervisor that is killed, a second start: with the real assistant."""

import os
import signal
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from assistant import RunningAssistant, child_processes, running_assistant
from citizen import Citizen
from prerequisites import require_models

from bot.private_files import open_to_others

SECONDS = 240.0
# As brisk as the settings allow; the machine that tests is busy.
BRISK = {"WENZHENG_SILENT_SECONDS": "8"}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAssistant]:
    """An assistant of our own: its processes are stopped and killed."""
    require_models()
    with running_assistant(tmp_path_factory.mktemp("silent"), BRISK) as running:
        yield running


@pytest.mark.parametrize("module", ["rasa", "bot.app", "bot.worker", "redis-server"])
def test_a_stopped_process_is_said_and_started_again_and_citizens_are_answered(
    assistant: RunningAssistant, module: str
) -> None:
    assistant.wait_until_ready(SECONDS)
    time.sleep(5)  # until the supervisor has heard each of them
    name, before = module.removeprefix("bot.").removesuffix("-server"), process_of(assistant, module)
    os.kill(before, signal.SIGSTOP)
    wait_for(lambda: f"{name} was started again" in assistant.output.read_text())
    assert f"{name} lives but has not answered" in assistant.output.read_text()
    wait_for(lambda: process_of(assistant, module) not in {0, before})
    assistant.wait_until_ready(SECONDS)
    citizen = Citizen(assistant.base_url)
    wait_for(lambda: answered(citizen), seconds=60)
    citizen.close()


def test_only_what_was_silent_was_started_again(assistant: RunningAssistant) -> None:
    said = [line for line in assistant.output.read_text().splitlines() if "lives but" in line]
    assert sorted(line.split()[0] for line in said) == ["app", "rasa", "redis", "worker"]


def test_what_an_app_was_doing_when_it_fell_silent_is_in_its_log(assistant: RunningAssistant) -> None:
    """A stopped process can tell nothing; one that is asked while it runs writes what its threads do and lives on."""
    app = process_of(assistant, "bot.app")
    os.kill(app, signal.SIGUSR1)
    log = Path(assistant.settings.data_dir, "logs", "app.log")
    wait_for(lambda: "most recent call first" in log.read_text(encoding="utf-8", errors="replace"))
    assert process_of(assistant, "bot.app") == app


def test_everything_in_the_data_folder_is_readable_by_its_owner_alone(assistant: RunningAssistant) -> None:
    folder = assistant.settings.data_dir
    made = [path for path in folder.iterdir() if path != assistant.output]
    assert {path.name for path in made} >= {"logs", "redis", "run", "secret.key", "wenzheng.db"}
    assert list(open_to_others(*made)) == []
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_password_of_redis_is_in_no_log_and_in_no_list_of_processes(assistant: RunningAssistant) -> None:
    password = assistant.settings.redis_password()
    listing = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert password not in listing
    logs = [assistant.output, *Path(assistant.settings.data_dir, "logs").glob("*.log")]
    assert not [log.name for log in logs if password in log.read_text(encoding="utf-8", errors="replace")]


def test_a_second_start_on_the_same_data_starts_nothing_and_says_who_runs(assistant: RunningAssistant) -> None:
    before = child_processes(assistant.process.pid)
    second = assistant.wenzheng("run", check=False)
    assert second.returncode == 1
    assert f"process {assistant.process.pid}" in second.stderr
    assert child_processes(assistant.process.pid) == before


def test_a_killed_supervisor_takes_all_its_processes_with_it(assistant: RunningAssistant) -> None:
    children = child_processes(assistant.process.pid)
    assert len(children) == 4
    assistant.process.kill()
    assistant.process.wait()
    wait_for(lambda: not any(Path(f"/proc/{child}").exists() for child in children), seconds=10)
    with pytest.raises(httpx.HTTPError):
        assistant.client().get("/healthz")


def process_of(assistant: RunningAssistant, module: str) -> int:
    """The child that runs ``module``; 0 while there is none."""
    found = [pid for pid, command in child_processes(assistant.process.pid).items() if module in command]
    return found[0] if len(found) == 1 else 0


def answered(citizen: Citizen) -> bool:
    """Whether the question is answered; a conversation is opened first."""
    try:
        return citizen.post("居住证怎么办").status_code == 200
    except httpx.TransportError:
        return False


def wait_for(found: Callable[[], object], seconds: float = SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.2)
