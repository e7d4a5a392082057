"""Real small processes that stop answering, spin, or lose their supervisor."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from assistant import free_port
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import ROOT
from bot.supervision.answering import FEWEST_MISSES, Listener, Patience, Silence
from bot.supervision.probes import beats, http_answers, unless_waiting
from bot.supervision.watched import ProcessPlan, WatchedProcess, Watching

SERVER = """
import http.server, sys, signal, threading
class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(404); self.end_headers()
        if self.path == "/spin":
            while True: pass
    def log_message(self, *_): pass
server = http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Answers)
print("up", flush=True)
server.serve_forever()
"""
# As short as settings allow.
PATIENCE = Patience(silent=5, start=60)
BOUND = 30.0


@given(st.lists(st.tuples(st.sampled_from([True, False, None]), st.floats(0.1, 10)), max_size=40))
def test_who_answered_within_the_time_is_never_silent(found: list[tuple[bool | None, float]]) -> None:
    silence, now, heard, misses, answered = Silence(Patience(silent=12, start=60)), 0.0, 0.0, 0, False
    silence.started(now)
    for answer, pause in found:
        now += pause
        silence.found(answer, now)
        if answer is False:
            misses += 1
        else:
            heard, misses, answered = now, 0, answered or bool(answer)
        expected = misses >= FEWEST_MISSES and now - (heard if answered else 0.0) >= (12 if answered else 60)
        assert (silence.silent_for(now) is not None) == expected


def test_a_long_start_is_no_silence_and_one_that_never_ends_is() -> None:
    silence = Silence(Patience(silent=12, start=180))
    silence.started(1000.0)
    for now in range(1001, 1180):
        silence.found(False, now)
        assert silence.silent_for(now) is None
    assert silence.silent_for(1180.0) == 180.0


def test_one_failed_probe_after_a_long_sleep_of_the_machine_is_no_silence() -> None:
    silence = Silence(Patience(silent=12, start=180))
    silence.started(0.0)
    silence.found(True, 1.0)
    silence.found(False, 5000.0)
    assert silence.silent_for(5000.0) is None


def test_nobody_is_blamed_who_waits_for_what_is_silent_itself() -> None:
    assert unless_waiting(lambda _: False, lambda _: False)(1) is None
    assert unless_waiting(lambda _: False, lambda _: True)(1) is False
    assert unless_waiting(lambda _: True, lambda _: False)(1) is True


def test_a_heartbeat_counts_when_it_changes_and_not_because_it_is_there(tmp_path: Path) -> None:
    file = tmp_path / "heartbeat"
    file.touch()
    probe = beats(file)
    assert not probe(0)
    os.utime(file, (1, 1))  # a clock that was set back
    assert probe(0)
    assert not probe(0)


def test_a_probe_that_raises_or_hangs_keeps_nobody_waiting() -> None:
    def hangs(seconds: float) -> bool:
        time.sleep(60)
        return True

    listener = Listener(hangs, PATIENCE, "sample", pause=0.01)
    began = time.monotonic()
    listener.started()
    listener.silent_for()
    listener.end()
    assert time.monotonic() - began < 1


def watched_server(folder: Path, said: list[str]) -> tuple[WatchedProcess, int]:
    port = free_port()
    plan = ProcessPlan(
        "sample", [sys.executable, "-c", SERVER, str(port)], dict(os.environ), probe=http_answers(port, "/")
    )
    return WatchedProcess(plan, Watching(folder, PATIENCE), said.append), port


def wait_for(condition: Callable[[], object], watched: WatchedProcess, seconds: float = BOUND) -> float:
    began = time.monotonic()
    while not condition():
        assert time.monotonic() < began + seconds, watched.log_tail()
        watched.watch()
        time.sleep(0.05)
    return time.monotonic() - began


def answers(port: int) -> bool:
    return bool(http_answers(port, "/")(1))


@pytest.mark.slow
@pytest.mark.parametrize("how", ["stopped", "spinning"])
def test_a_process_that_lives_and_does_not_answer_is_started_again(tmp_path: Path, how: str) -> None:
    said: list[str] = []
    watched, port = watched_server(tmp_path, said)
    watched.start()
    try:
        wait_for(lambda: answers(port), watched)
        first = watched.process_id
        time.sleep(2.5)  # until the listener has heard it, too
        if how == "stopped":
            os.kill(first, signal.SIGSTOP)
        else:
            http_answers(port, "/spin")(1)
        wait_for(lambda: watched.process_id != first and answers(port), watched)
        assert "has not answered for" in said[0]
        assert "was started again" in said[-1]
        assert not Path(f"/proc/{first}").exists()
    finally:
        watched.ask_to_stop()
        watched.stop(time.monotonic() + 1)


@pytest.mark.slow
def test_a_process_that_is_busy_for_a_while_goes_on(tmp_path: Path) -> None:
    said: list[str] = []
    watched, port = watched_server(tmp_path, said)
    watched.start()
    try:
        wait_for(lambda: answers(port), watched)
        time.sleep(2.5)
        os.kill(watched.process_id, signal.SIGSTOP)
        until = time.monotonic() + 3
        wait_for(lambda: time.monotonic() > until, watched)
        os.kill(watched.process_id, signal.SIGCONT)
        until = time.monotonic() + 6
        wait_for(lambda: time.monotonic() > until, watched)
        assert said == []
    finally:
        watched.ask_to_stop()
        watched.stop(time.monotonic() + 1)


SUPERVISOR = """
import os, sys, time
from pathlib import Path
from bot.supervision.answering import Patience
from bot.supervision.watched import ProcessPlan, WatchedProcess, Watching
watching = Watching(Path(sys.argv[1]), Patience(12, 60))
children = [
    WatchedProcess(ProcessPlan(f"sample{n}", ["sleep", "300"], dict(os.environ)), watching, print) for n in range(3)
]
for child in children:
    child.start()
print(*(child.process_id for child in children), flush=True)
time.sleep(300)
"""
# A program that forks, tied by the watcher that other systems than Linux need.
BY_WATCHER = """
import os, subprocess, sys, time
code = (
    "import os, sys; from bot.supervision.tied import tie; tie(int(sys.argv[1]), kernel=False);"
    "os.execvp('sh', ['sh', '-c', 'sleep 300 & echo $! $$; wait'])"
)
command = [sys.executable, "-c", code, str(os.getpid())]
child = subprocess.Popen(command, start_new_session=True, stdout=subprocess.PIPE, text=True)
print(child.stdout.readline().strip(), flush=True)
time.sleep(300)
"""


@pytest.mark.parametrize("supervisor", [SUPERVISOR, BY_WATCHER], ids=["by the kernel", "by a watcher"])
def test_children_of_a_killed_supervisor_end_with_it(tmp_path: Path, supervisor: str) -> None:
    command = [sys.executable, "-c", supervisor, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        children = [int(number) for number in parent.stdout.readline().split()]
        assert children
        assert all(running(child) for child in children)
        parent.kill()
    deadline = time.monotonic() + BOUND
    while any(running(child) for child in children):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_child_whose_supervisor_was_gone_before_it_began_does_not_begin() -> None:
    script = ROOT / "bot" / "supervision" / "tied.py"
    ended = subprocess.run([sys.executable, str(script), "1", "sleep", "300"], timeout=BOUND, check=False)
    assert ended.returncode == 1


def running(process: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False)
    return bool(state.stdout.strip()) and not state.stdout.startswith("Z")


def test_what_a_process_reads_at_its_start_is_in_no_list_of_processes(tmp_path: Path) -> None:
    reads = ["sh", "-c", "cat; sleep 300"]
    plan = ProcessPlan("sample", reads, dict(os.environ), stdin="the-password\n")
    watched = WatchedProcess(plan, Watching(tmp_path, PATIENCE), print)
    watched.start()
    try:
        wait_for(lambda: "the-password" in watched.log_tail(), watched)
        listing = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
        assert "the-password" not in listing
    finally:
        watched.stop(time.monotonic())


def test_a_process_that_cannot_be_started_again_is_tried_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    watched = WatchedProcess(
        ProcessPlan("sample", ["true"], dict(os.environ)), Watching(tmp_path, PATIENCE), said.append
    )
    watched.start()

    def no_memory() -> None:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(watched, "start", no_memory)
    wait_for(lambda: any("cannot be started" in words for words in said), watched)
    monkeypatch.undo()
    wait_for(lambda: any("was started again" in words for words in said), watched)
    watched.stop(time.monotonic() + 1)


def test_a_port_that_refuses_is_no_answer_and_any_status_is_one() -> None:
    with socket.socket() as refuses:
        refuses.bind(("127.0.0.1", 0))
        assert not http_answers(refuses.getsockname()[1], "/")(1)


def test_who_waited_for_redis_before_the_first_answer_is_given_the_whole_time_anew() -> None:
    silence = Silence(Patience(silent=12, start=60))
    silence.started(0.0)
    silence.found(None, 59.0)
    for now in (60.0, 61.0, 62.0):
        silence.found(False, now)
    assert silence.silent_for(62.0) is None
