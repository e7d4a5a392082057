"""Starts and watches the assistant's processes: Redis (when embedded), Rasa, the app and the worker.

A process that dies is started again after a pause that doubles each time, and one that lives and does not answer is ended
first. Ctrl-C stops all of them. How one is watched: ``bot/supervision/``.
"""

from __future__ import annotations

import contextlib
import math
import os
import socket
import sys
import time
from urllib.parse import unquote, urlsplit

from bot import redis_server
from bot.heartbeat import heartbeat_file
from bot.security.encryption import internal_token, load_or_create_secret, memory_key
from bot.settings import Settings
from bot.setup_steps import RASA_PYTHON, SetupError, rasa_environment, rasa_paths
from bot.supervision.answering import Patience
from bot.supervision.probes import beats, http_answers, redis_answers, unless_waiting
from bot.supervision.watched import ProcessPlan, Say, WatchedProcess, Watching

STOP_SECONDS = 12.0


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
            "WENZHENG_TRACKER_KEY": memory_key(secret),
            "WENZHENG_INTERNAL_PORT": str(settings.internal_port),
            "WENZHENG_CONTENT_DIR": str(settings.content_dir),
            "WENZHENG_TRACKER_TTL": str(settings.tracker_ttl_days * 86400),
            # A killed Rasa leaves its lock on the conversation behind; the citizen must not wait for it longer than for a turn.
            "TICKET_LOCK_LIFETIME": str(math.ceil(settings.turn_timeout)),
        }
    )


def plans(settings: Settings) -> list[ProcessPlan]:
    """All processes of this installation, in the order they start. Raises SetupError."""
    python_environment = os.environ | {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    redis = redis_answers(settings.redis_dsn)
    found = [] if settings.redis_url.get_secret_value() else [_redis_plan(settings)]
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
                probe=unless_waiting(http_answers(settings.rasa_port, "/webhooks/gateway/"), redis),
            )
        )
    found.append(
        ProcessPlan(
            "app",
            [sys.executable, "-m", "bot.app"],
            python_environment,
            # The internal port: one event loop serves both, and a flood from outside must not look like silence.
            probe=unless_waiting(http_answers(settings.internal_port, "/healthz"), redis),
            tells_why=True,
        )
    )
    found.append(
        ProcessPlan(
            "worker",
            [sys.executable, "-m", "bot.worker"],
            python_environment,
            probe=unless_waiting(beats(heartbeat_file(settings.data_dir)), redis),
            tells_why=True,
        )
    )
    return found


def _redis_plan(settings: Settings) -> ProcessPlan:
    try:
        program = redis_server.find_program(settings.redis_server)
    except OSError as error:
        raise SetupError(f"WENZHENG_REDIS_SERVER cannot be used: {error}") from error
    if redis_server.forgotten_by(program, settings):
        raise SetupError(
            f"What Redis kept in {redis_server.folder(settings)} was written by a newer one than {program.path} "
            f"({program.version}), which would start empty. Install redis-server 7 or newer (Debian: apt-get install "
            "redis-server), or move that folder away: open forms and waiting messages are lost then."
        )
    redis_server.folder(settings).mkdir(parents=True, exist_ok=True)
    return ProcessPlan(
        "redis",
        [program.path, "-"],
        redis_server.environment(),
        stdin=redis_server.configuration(settings, settings.redis_password()),
        probe=redis_answers(settings.redis_dsn),
    )


def wanted_ports(settings: Settings) -> dict[str, tuple[str, int]]:
    """The ports of this installation: process and number by the setting that changes it. Nothing is prepared for it."""
    wanted = {
        "WENZHENG_REDIS_PORT": ("redis", settings.redis_port),
        "WENZHENG_RASA_PORT": ("rasa", settings.rasa_port),
        "WENZHENG_PORT": ("app", settings.port),
        "WENZHENG_INTERNAL_PORT": ("app", settings.internal_port),
    }
    if settings.redis_url.get_secret_value():
        del wanted["WENZHENG_REDIS_PORT"]
    if settings.rasa_url:
        del wanted["WENZHENG_RASA_PORT"]
    return wanted


def check_ports(settings: Settings) -> None:
    """Raise SetupError that names the port, the process and the setting when a port is taken."""
    for setting, (process, port) in wanted_ports(settings).items():
        host = settings.host if setting == "WENZHENG_PORT" else "127.0.0.1"
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise SetupError(
                    f"Port {port}, needed by {process}, is already in use. "
                    f"Stop the program that uses it, or choose another: {setting}={port + 10} make run"
                ) from error


class Supervisor:
    """Starts all processes, keeps them running, stops them together."""

    def __init__(self, settings: Settings, say: Say) -> None:
        self._settings = settings
        logs = settings.data_dir / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        patience = Patience(settings.silent_seconds, settings.start_seconds)
        watching = Watching(logs, patience, int(settings.log_megabytes * 1_000_000), settings.log_files)
        self._say = _unhindered(say)
        self.processes = [WatchedProcess(plan, watching, self._say) for plan in plans(settings)]
        self.stopping = False

    def start(self) -> None:
        """Check the ports, then start everything; raises SetupError."""
        check_ports(self._settings)
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


def _unhindered(say: Say) -> Say:
    """Words for a terminal that is gone, or for a full disk, must not end the one who watches."""

    def said(words: str) -> None:
        with contextlib.suppress(OSError):
            say(words)

    return said
