import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.processes import check_ports, plans, redis_parts
from bot.settings import Settings
from bot.setup_steps import SetupError
from bot.supervision.answering import Patience
from bot.supervision.watched import ProcessPlan, WatchedProcess, Watching

PATIENCE = Patience(silent=12, start=180)


def plan(code: str) -> ProcessPlan:
    return ProcessPlan("sample", [sys.executable, "-c", code], dict(os.environ))


def wait_for(condition: Callable[[], bool], watched: WatchedProcess, seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, watched.log_tail()
        watched.watch()
        time.sleep(0.05)


def test_a_process_that_dies_is_started_again_after_a_pause_that_doubles(tmp_path: Path) -> None:
    said: list[str] = []
    watched = WatchedProcess(plan("print('hello'); raise SystemExit(3)"), Watching(tmp_path, PATIENCE), said.append)
    watched.start()
    wait_for(lambda: sum("stopped" in words for words in said) == 2, watched)
    assert "exit code 3" in said[0]
    assert "in 1 s" in said[0]
    assert said[1] == "sample was started again"
    assert "in 2 s" in said[2]
    assert "hello" in watched.log_tail()


def test_stopping_asks_first_and_then_forces(tmp_path: Path) -> None:
    stubborn = (
        "import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    )
    watched = WatchedProcess(plan(stubborn), Watching(tmp_path, PATIENCE), lambda words: None)
    watched.start()
    wait_for(lambda: "up" in watched.log_tail(), watched)
    watched.ask_to_stop()
    watched.stop(time.monotonic() + 0.5)
    assert not watched.alive


def test_a_taken_port_is_named_with_its_process_and_the_setting_that_changes_it() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SetupError, match=rf"Port {port}, needed by app.*WENZHENG_PORT={port + 10}"):
            check_ports(Settings(port=port, redis_url="redis://elsewhere", rasa_url="http://elsewhere"))


def test_a_free_port_of_an_ipv6_address_is_free() -> None:
    with socket.socket(socket.AF_INET6) as free:
        free.bind(("::1", 0))
        port = free.getsockname()[1]
    check_ports(Settings(host="::1", port=port, internal_port=port, redis_url="redis://elsewhere", rasa_url="http://e"))


def test_a_redis_url_is_taken_apart_for_rasa() -> None:
    assert redis_parts("redis://:p%40ss@cache.example:6380/2") == {
        "WENZHENG_REDIS_HOST": "cache.example",
        "WENZHENG_REDIS_PORT": "6380",
        "WENZHENG_REDIS_PASSWORD": "p@ss",
        "WENZHENG_REDIS_DB": "2",
    }


def test_only_what_is_not_run_elsewhere_is_started(tmp_path: Path) -> None:
    here = Settings(data_dir=tmp_path, _env_file=None)  # type: ignore[call-arg]
    assert [each.name for each in plans(here)] == ["redis", "rasa", "app", "worker"]
    elsewhere = Settings(  # type: ignore[call-arg]
        data_dir=tmp_path, redis_url="redis://cache.example", rasa_url="http://rasa.example", _env_file=None
    )
    assert [each.name for each in plans(elsewhere)] == ["app", "worker"]


def test_the_password_of_our_redis_reaches_rasa_and_no_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "a configured secret that is long enough"
    monkeypatch.setenv("WENZHENG_SECRET_KEY", secret)
    settings = Settings(data_dir=tmp_path, secret_key=secret, _env_file=None)  # type: ignore[call-arg, arg-type]
    by_name = {each.name: each for each in plans(settings)}
    assert by_name["rasa"].environment["WENZHENG_REDIS_PASSWORD"] == settings.redis_password()
    assert settings.redis_password() in by_name["redis"].stdin
    assert not [one.name for one in by_name.values() if settings.redis_password() in " ".join(one.command)]
    assert secret not in by_name["redis"].environment.values()


def test_every_process_is_asked_whether_it_answers(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, _env_file=None)  # type: ignore[call-arg]
    assert all(each.probe for each in plans(settings))
