"""``wenzheng doctor``: what is there, what is missing, and how to get it."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import typer
from pydantic import SecretStr
from rich.table import Table
from sqlalchemy.exc import OperationalError

from actions.tickets.catalogue import CatalogueError, load_catalogue
from bot import redis_server
from bot.commands.console import screen
from bot.database import create_database_engine
from bot.open_files import TOO_FEW, raise_limit
from bot.private_files import open_to_others
from bot.security.root_secret import WrongSecretKey, secret_for
from bot.settings import ROOT, Settings, get_settings
from bot.setup_steps import RASA_PYTHON, find_danger_judge, find_encoder, find_recogniser, find_routing, rasa_paths
from knowledge_base.content_schema import ContentError, load_content

MIN_FREE_GB = 3

Check = tuple[bool, str, str]


def _python(settings: Settings) -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    return sys.version_info[:2] == (3, 11), f"Python {version}", "Run: make setup (the app needs Python 3.11)"


def _rasa_environment(settings: Settings) -> Check:
    if settings.rasa_url:
        return True, "Rasa runs elsewhere", ""
    return RASA_PYTHON.is_file(), "Rasa environment (.venv-rasa, Python 3.10)", "Run: make setup"


def _content(settings: Settings) -> Check:
    try:
        count = sum(len(content.entries) for content in load_content(settings.content_dir))
    except ContentError as error:
        return False, "Content files", f"Correct the file: {error}"
    return True, f"Content files: {count} entries", ""


def _encoder(settings: Settings) -> Check:
    choice = settings.encoder_choice
    missing = f"; left out, for there is no package of it here: {', '.join(choice.missing)}" if choice.missing else ""
    words = f"Sentence encoder for this content ({choice}{missing})"
    return find_encoder(settings) is not None, words, "Run: wenzheng train"


def _routing(settings: Settings) -> Check:
    return find_routing(settings) is not None, "Routing model for these examples", "Run: wenzheng train"


def _danger_judge(settings: Settings) -> Check:
    return find_danger_judge(settings) is not None, "Danger judge for this corpus", "Run: wenzheng train"


def _recogniser(settings: Settings) -> Check:
    return find_recogniser(settings) is not None, "Recogniser of names for this corpus", "Run: wenzheng train"


def _departments(settings: Settings) -> Check:
    try:
        count = len(load_catalogue().departments)
    except CatalogueError as error:
        return False, "Tickets and departments", f"Correct the file: {error}"
    return True, f"Tickets and departments: {count} departments", ""


def _rasa_model(settings: Settings) -> Check:
    ready = bool(settings.rasa_url) or rasa_paths(settings).ready
    return ready, "Rasa model for this dialogue", "Run: wenzheng train"


def _disk(settings: Settings) -> Check:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.data_dir).free / 1e9
    return free > MIN_FREE_GB, f"Free disk space: {free:.0f} GB", f"At least {MIN_FREE_GB} GB are needed"


def _running(settings: Settings) -> Check:
    try:
        answer = httpx.get(f"http://{settings.host}:{settings.port}/readyz", timeout=3, trust_env=False)
        states: dict[str, str] = answer.json()["checks"]
    except (httpx.HTTPError, ValueError, KeyError):
        return _ports(settings)
    wrong = ", ".join(f"{name}: {state}" for name, state in states.items() if state != "ok")
    return not wrong, "The assistant is running", f"{wrong}. Look into {settings.data_dir / 'logs'}"


def _ports(settings: Settings) -> Check:
    taken = []
    for port in (settings.port, settings.internal_port, settings.rasa_port, settings.redis_port):
        with socket.socket() as probe:
            probe.settimeout(0.5)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                taken.append(str(port))
    words = "The assistant is not running; its ports are free"
    return (
        not taken,
        words,
        f"In use by other programs: {', '.join(taken)}. Choose others with WENZHENG_PORT and the like",
    )


def _compiler(settings: Settings) -> Check:
    if RASA_PYTHON.is_file():
        probe = [str(RASA_PYTHON), "-c", "import rasa"]
        works = subprocess.run(probe, capture_output=True, check=False, timeout=120).returncode == 0  # noqa: S603
        return works, "Rasa can be imported", "Run: make clean-environments setup"
    return shutil.which("cc") is not None, "C compiler", "Install one (Debian: apt-get install build-essential)"


def _redis(settings: Settings) -> Check:
    if settings.redis_url.get_secret_value():
        return True, "Redis runs elsewhere", ""
    try:
        program = redis_server.find_program(settings.redis_server)
    except OSError as error:
        return False, "Redis", f"WENZHENG_REDIS_SERVER cannot be used: {error}"
    if redis_server.forgotten_by(program, settings):
        remedy = (
            f"Install a current one (Debian: apt-get install redis-server), or remove {redis_server.folder(settings)}"
        )
        return False, f"Redis {program.version} cannot read what a newer one kept here and would start empty", remedy
    if program.embedded:
        hint = "an old version; a current redis-server on PATH is preferred"
        return True, f"Redis {program.version}, the embedded one: {hint}", ""
    return True, f"Redis {program.version} ({program.path})", ""


def _secret(settings: Settings) -> Check:
    file = settings.database_dsn.removeprefix("sqlite:///")
    if file != settings.database_dsn and not Path(file).is_file():
        return True, "Secret key: it will be made at the first start", ""
    engine = create_database_engine(settings.database_dsn)
    try:
        secret_for(settings.secret_key.get_secret_value(), settings.data_dir, engine)
    except WrongSecretKey as error:
        return False, "Secret key", str(error)
    except OperationalError:
        return False, "Database", "It cannot be reached: check WENZHENG_DATABASE_URL"
    finally:
        engine.dispose()
    return True, "Secret key: the one this database was written with", ""


def _private(settings: Settings) -> Check:
    wide = list(open_to_others(settings.data_dir, ROOT / ".env"))
    words = "Data and settings are readable by their owner alone"
    return (
        not wide,
        words,
        f"chmod go-rwx {' '.join(map(str, wide[:3]))} ({len(wide)} in all); wenzheng run does it too",
    )


def _open_files(settings: Settings) -> Check:
    limit = raise_limit()
    return limit >= TOO_FEW, f"Open files and connections: {limit}", f"Raise the hard limit to {TOO_FEW} (ulimit -Hn)"


CHECKS: list[Callable[[Settings], Check]] = [
    _python,
    _rasa_environment,
    _compiler,
    _content,
    _departments,
    _encoder,
    _routing,
    _danger_judge,
    _recogniser,
    _rasa_model,
    _redis,
    _secret,
    _private,
    _open_files,
    _disk,
    _running,
]


def doctor() -> None:
    """Say what is missing and how to get it; print the settings in force."""
    settings = get_settings()
    missing = 0
    for check in CHECKS:
        fine, what, remedy = check(settings)
        missing += not fine
        screen.print(f"[green]✓[/] {what}" if fine else f"[red]✗[/] {what}\n    → {remedy}", soft_wrap=True)
    table = Table("Setting", "Value", box=None, pad_edge=False, title="Settings in force", title_justify="left")
    for name in Settings.model_fields:
        value = getattr(settings, name)
        shown = ("(set)" if value.get_secret_value() else "") if isinstance(value, SecretStr) else str(value)
        table.add_row(f"WENZHENG_{name.upper()}", shown)
    screen.print()
    screen.print(table)
    raise typer.Exit(1 if missing else 0)
