"""Trials of starting and ending: a second start on the same data, the supervisor killed, another key."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from bot.settings import ROOT
from tests.attack.ground import Ground
from tests.attack.trial import Trial, first, hold
from tests.support.assistant import child_processes

START_SECONDS = 120
END_SECONDS = 20.0


def _run(environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """``wenzheng run``, which is expected to end by itself."""
    command = [str(ROOT / ".venv" / "bin" / "wenzheng"), "run"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=dict(environment), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        output, _ = process.communicate(timeout=START_SECONDS)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=30)
        return subprocess.CompletedProcess(command, 0, output)
    return subprocess.CompletedProcess(command, process.returncode, output)


def second_start(ground: Ground) -> str:
    """A second start on the same data says who holds them, and starts nothing."""
    moved = {name: str(int(ground.assistant.environment[name]) + 1) for name in _PORTS}
    ended = _run(ground.assistant.environment | moved)
    hold(ended.returncode != 0, "a second assistant was started on the same data")
    hold(str(ground.assistant.process.pid) in ended.stdout, f"it does not say who holds them: {ended.stdout[-200:]}")
    ground.assistant.wait_until_ready(30)
    return "refused, and the process that holds the data is named"


_PORTS = ("WENZHENG_PORT", "WENZHENG_INTERNAL_PORT", "WENZHENG_RASA_PORT", "WENZHENG_REDIS_PORT")


def supervisor_killed(ground: Ground) -> str:
    """With the supervisor all that it started ends."""
    children = child_processes(ground.assistant.process.pid)
    os.kill(ground.assistant.process.pid, signal.SIGKILL)
    ground.assistant.process.wait()
    left = lambda: [pid for pid in children if Path(f"/proc/{pid}").exists() and not _zombie(pid)]  # noqa: E731
    gone = first(lambda: not left(), END_SECONDS)
    remaining = left()
    for pid in remaining:
        os.kill(pid, signal.SIGKILL)
    hold(gone, f"{len(remaining)} of {len(children)} processes lived on")
    return f"{len(children)} processes ended with it"


def _zombie(pid: int) -> bool:
    try:
        return " Z " in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return True


def key_lost(ground: Ground) -> str:
    """With another key, or none where there was one, the assistant refuses to start, and says why."""
    another = ground.assistant.environment | {"WENZHENG_SECRET_KEY": secrets.token_urlsafe(48)}
    _refused(another, "another key")
    key = ground.assistant.settings.data_dir / "secret.key"
    aside = key.rename(key.with_suffix(".aside"))
    _refused(ground.assistant.environment, "the key's file gone")
    hold(not key.exists(), "a new key was made over data that another one sealed")
    aside.rename(key)
    return "another key and a lost key were refused with words; no new key was made"


def _refused(environment: Mapping[str, str], what: str) -> None:
    ended = _run(environment)
    hold(ended.returncode != 0, f"{what}: the assistant started")
    hold("key" in ended.stdout and "Traceback" not in ended.stdout, f"{what}: {ended.stdout[-200:]}")


TRIALS = [
    Trial("a second start on the same data", second_start),
    Trial("the supervisor killed", supervisor_killed),
    Trial("the key lost or another one", key_lost),
]
