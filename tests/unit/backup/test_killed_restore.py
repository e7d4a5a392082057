"""A restore that is killed at any of its steps leaves the data of before or those of the back-up, never a mixture."""

import json
import os
import signal
import sqlite3
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from installation import ask, installation_settings, settle, storage_of

from bot.backup import files
from bot.backup.restoring import Wish, restore_backup
from bot.backup.saving import make_backup
from bot.backup.switching import finish_interrupted_restore
from bot.settings import Settings

# More calls than a restore makes; each is a moment to be killed at.
MOST_STEPS = 400
OLD, NEW = ("旧的问题", '{"factor": 9}'), ("新的问题", '{"factor": 2}')


@contextmanager
def quietly(_title: str) -> Iterator[Callable[[float], None]]:
    yield lambda share: None


def installed(folder: Path, question: str, calibration: str) -> Settings:
    settings = installation_settings(folder, secret_key="k" * 44)
    settle(settings, questions=0)
    with storage_of(settings) as storage:
        ask(storage, storage.conversations.open("web").id, question)
    (folder / "calibration" / "0123.json").write_text(calibration)
    return settings


def found(settings: Settings) -> tuple[str, str]:
    """What stands in the data folder: the newest question, and what was fitted."""
    with closing(sqlite3.connect(settings.data_dir / "wenzheng.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        [question] = [text for (text,) in database.execute("SELECT text FROM turns")]
    return question, (settings.data_dir / "calibration" / "0123.json").read_text()


def killed_at(number: int, work: Callable[[], object]) -> bool:
    """Run ``work`` in a process of its own that is killed at its ``number``-th change of the disk; whether it came so far."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        status = 1
        try:
            count = 0

            def counted(call: Callable[..., Any]) -> Callable[..., Any]:
                def wrapped(*args: Any, **options: Any) -> Any:
                    nonlocal count
                    count += 1
                    if count == number:
                        os.kill(os.getpid(), signal.SIGKILL)
                    return call(*args, **options)

                return wrapped

            for name in ("fsync", "rename", "unlink", "mkdir", "rmdir", "chmod"):
                setattr(os, name, counted(getattr(os, name)))
            work()
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


@pytest.mark.slow
def test_a_restore_killed_at_any_step_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    make_backup(installed(tmp_path / "new", *NEW), tmp_path / "saved", quietly)
    seen = []
    template = installed(tmp_path / "old", *OLD)
    content = {path.relative_to(template.data_dir): path.read_bytes() for path in files.files_below(template.data_dir)}
    for number in range(1, MOST_STEPS):
        settings = installation_settings(tmp_path / f"old{number}", secret_key="k" * 44)
        for name, data in content.items():
            (settings.data_dir / name).parent.mkdir(parents=True, exist_ok=True)
            (settings.data_dir / name).write_bytes(data)
        killed = killed_at(number, partial(restore_backup, settings, Wish(tmp_path / "saved", replace=True), quietly))
        finish_interrupted_restore(settings.data_dir)
        seen.append(found(settings))
        assert seen[-1] in (OLD, NEW), number
        asides = list(settings.data_dir.glob("before-restore-*/wenzheng.db"))
        assert bool(asides) == (seen[-1] == NEW), number
        if not killed:
            break
        # Whatever a killed one left does not stand in the way of the next.
        if number % 10 == 0:
            restore_backup(settings, Wish(tmp_path / "saved", replace=True), quietly)
            assert found(settings) == NEW
    assert number < MOST_STEPS - 1
    assert seen[0] == OLD
    assert seen[-1] == NEW
    # Once it is new it stays new.
    assert seen == sorted(seen, key=[OLD, NEW].index)


@pytest.mark.slow
def test_a_restore_whose_end_is_killed_too_is_still_carried_out(tmp_path: Path) -> None:
    """The process that ends an interrupted restore may be killed as well, at each of its steps."""
    make_backup(installed(tmp_path / "new", *NEW), tmp_path / "saved", quietly)
    settings = installed(tmp_path / "old", *OLD)

    def killed_between_two_names() -> None:
        rename = os.rename

        def renamed(source: Any, target: Any) -> None:
            if Path(target) == settings.data_dir / "wenzheng.db":
                os.kill(os.getpid(), signal.SIGKILL)
            rename(source, target)

        os.rename = renamed
        restore_backup(settings, Wish(tmp_path / "saved", replace=True), quietly)

    assert killed_at(MOST_STEPS, killed_between_two_names)
    assert not (settings.data_dir / "wenzheng.db").exists()
    kills = 0
    while killed_at(2, lambda: finish_interrupted_restore(settings.data_dir)):
        kills += 1
        assert kills < MOST_STEPS
    assert kills > 1
    assert found(settings) == NEW


@pytest.mark.slow
def test_a_backup_killed_at_any_step_is_not_there_or_whole(tmp_path: Path) -> None:
    settings = installed(tmp_path / "city", *NEW)
    for number in range(1, MOST_STEPS):
        target = tmp_path / "saved" / str(number)
        killed = killed_at(number, partial(make_backup, settings, target, quietly))
        if target.exists():
            manifest = json.loads((target / "manifest.json").read_text())
            assert {file["name"] for file in manifest["files"]} > {"database/wenzheng.db"}
        else:
            assert killed, number
        if not killed:
            break
    assert number < MOST_STEPS - 1
    last = tmp_path / "saved" / "1"
    make_backup(settings, last, quietly)  # what a killed one left does not stand in the way
    fresh = installation_settings(tmp_path / "fresh", secret_key="k" * 44)
    restore_backup(fresh, Wish(last), quietly)
    assert found(fresh) == NEW
