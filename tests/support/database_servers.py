"""A PostgreSQL or MariaDB server of its own for a test; without programs or drivers it fails in CI and is skipped elsewhere."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from assistant import free_port
from prerequisites import missing

SECONDS = 60
PASSWORD = "p@ss:w/1"
IN_URL = "p%40ss%3Aw%2F1"
NAMES = ("city", "fresh")


@contextmanager
def postgresql(folder: Path) -> Iterator[dict[str, str]]:
    """A server with two empty databases: their URLs by name."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not places or find_spec("psycopg") is None:
        missing("PostgreSQL's server or psycopg is not installed (Debian: apt-get install postgresql)")
    port, tools = free_port(), places[-1]
    server, secret = _home(folder, "postgres"), folder / "password"
    secret.write_text("owner")
    secret.chmod(0o644)
    _run(
        "postgres",
        [tools / "initdb", "-D", server, "-A", "scram-sha-256", "-U", "postgres", f"--pwfile={secret}", "-E", "UTF8"],
    )
    command = [tools / "postgres", "-D", server, "-p", str(port), "-k", server, "-c", "listen_addresses=127.0.0.1"]
    with _running("postgres", command):
        psql = ["psql", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "-qc"]
        _until(
            lambda: subprocess.run([*psql, "SELECT 1"], env=os.environ | {"PGPASSWORD": "owner"}, capture_output=True)
        )
        statements = [f"CREATE ROLE wenzheng LOGIN PASSWORD '{PASSWORD}'"]
        statements += [f"CREATE DATABASE {name} OWNER wenzheng" for name in NAMES]
        for statement in statements:
            subprocess.run([*psql, statement], env=os.environ | {"PGPASSWORD": "owner"}, check=True)
        yield {name: f"postgresql+psycopg://wenzheng:{IN_URL}@127.0.0.1:{port}/{name}" for name in NAMES}


@contextmanager
def mariadb(folder: Path) -> Iterator[dict[str, str]]:
    """A server with two empty databases: their URLs by name."""
    if not shutil.which("mariadbd") or find_spec("pymysql") is None:
        missing("MariaDB's server or pymysql is not installed (Debian: apt-get install mariadb-server)")
    port, server = free_port(), _home(folder, "mysql")
    _run("mysql", ["mariadb-install-db", f"--datadir={server}", "--auth-root-authentication-method=normal"])
    socket = server / "server.sock"
    command = ["mariadbd", "--no-defaults", f"--datadir={server}", f"--socket={socket}", f"--port={port}"]
    with _running("mysql", [*command, "--bind-address=127.0.0.1", f"--pid-file={server / 'pid'}"]):
        client = ["mariadb", "-S", str(socket), "-uroot", "-e"]
        _until(lambda: subprocess.run([*client, "SELECT 1"], capture_output=True))
        statements = [f"CREATE USER wenzheng@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'"]
        for name in NAMES:
            statements.append(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
            for granted in (f"`{name}`", f"`{name}\\_%`"):
                statements.append(f"GRANT ALL ON {granted}.* TO wenzheng@'127.0.0.1'")
        subprocess.run([*client, "; ".join(statements)], check=True)
        yield {name: f"mysql+pymysql://wenzheng:{IN_URL}@127.0.0.1:{port}/{name}" for name in NAMES}


def _home(folder: Path, user: str) -> Path:
    """A folder for the server's data. Database servers do not run as root: they get a user of their own."""
    home = folder / "server"
    home.mkdir()
    if os.getuid() == 0:
        for place in [home, *home.parents]:
            if place.stat().st_uid == 0 and place != Path("/"):
                place.chmod(place.stat().st_mode | 0o011)
        account = pwd.getpwnam(user)
        os.chown(home, account.pw_uid, account.pw_gid)
    return home


def _as(user: str, command: Sequence[object]) -> list[str]:
    plain = [str(one) for one in command]
    return ["runuser", "-u", user, "--", *plain] if os.getuid() == 0 else plain


def _run(user: str, command: Sequence[object]) -> None:
    subprocess.run(_as(user, command), check=True, capture_output=True, timeout=SECONDS * 3, cwd="/")


@contextmanager
def _running(user: str, command: Sequence[object]) -> Iterator[None]:
    process = subprocess.Popen(_as(user, command), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
    try:
        yield
    finally:
        process.terminate()
        process.wait(SECONDS)


def _until(works: object) -> None:
    deadline = time.monotonic() + SECONDS
    while works().returncode:  # type: ignore[operator]
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.2)
