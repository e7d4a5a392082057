"""One supervisor on one data folder; a lock of the dead is no obstacle."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from bot.locks import LockHeld, held, holder_of, one_at_a_time
from bot.settings import ROOT, Settings
from bot.setup_steps import SetupError
from bot.supervision.instance import instance_lock, only_instance

HOLDS = """
import sys, time
from pathlib import Path
from bot.settings import Settings
from bot.supervision.instance import only_instance
with only_instance(Settings(data_dir=Path(sys.argv[1]), port=18123, _env_file=None)):
    print("held", flush=True)
    time.sleep(300)
"""


def test_a_second_start_on_the_same_data_says_which_process_runs_and_a_killed_one_holds_nothing(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, _env_file=None)  # type: ignore[call-arg]
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        with (
            pytest.raises(SetupError, match=rf"process {first.pid}, since 20.*18123.*kill {first.pid}"),
            only_instance(settings),
        ):
            pass
        first.kill()
    assert holder_of(instance_lock(tmp_path)) is None
    with only_instance(settings):
        holder = holder_of(instance_lock(tmp_path))
        assert holder is not None
        assert holder.pid == os.getpid()


def test_children_do_not_inherit_the_lock(tmp_path: Path) -> None:
    with held(tmp_path / "lock"):
        child = subprocess.Popen(["sleep", "300"])
    try:
        with held(tmp_path / "lock"):
            pass
    finally:
        child.kill()
        child.wait()


def test_whoever_comes_second_waits_and_is_told_for_whom(tmp_path: Path) -> None:
    lock, told = tmp_path / "lock", []
    begun, end = threading.Event(), threading.Event()

    def first() -> None:
        with held(lock):
            begun.set()
            end.wait(30)

    thread = threading.Thread(target=first)
    thread.start()
    begun.wait(30)
    with pytest.raises(LockHeld), one_at_a_time(lock, seconds=0):
        pass
    with one_at_a_time(lock, 30, lambda holder: (told.append(holder), end.set())):  # type: ignore[func-returns-value]
        pass
    thread.join()
    assert [holder.pid for holder in told if holder] == [os.getpid()]


def test_what_goes_wrong_inside_is_not_taken_for_a_held_lock(tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(LockHeld), one_at_a_time(tmp_path / "lock", seconds=20):
        raise LockHeld(tmp_path / "another", None)
    assert time.monotonic() - began < 5
