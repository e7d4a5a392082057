"""What processes write is kept in files of bounded size, and a disk that takes nothing stops nobody."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.supervision.log_files import Pump, RotatingFile


def kept(folder: Path) -> bytes:
    """All logs, oldest first."""
    older = sorted(folder.glob("sample.*.log"), key=lambda path: -int(path.name.split(".")[1]))
    return b"".join(path.read_bytes() for path in [*older, folder / "sample.log"] if path.exists())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=50), max_size=60))
def test_no_byte_is_lost_or_cut_off_while_files_change(
    tmp_path_factory: pytest.TempPathFactory, chunks: list[bytes]
) -> None:
    folder = tmp_path_factory.mktemp("logs")
    file = RotatingFile(folder / "sample.log", max_bytes=40, older=1000)
    for chunk in chunks:
        file.write(chunk)
    file.close()
    assert kept(folder) == b"".join(chunks)
    assert all(path.stat().st_size <= 2 * 40 + 50 for path in folder.iterdir())


def test_only_so_many_older_files_are_kept_and_lines_stay_whole(tmp_path: Path) -> None:
    file = RotatingFile(tmp_path / "sample.log", max_bytes=100, older=2)
    for number in range(200):
        file.write(b"line %03d\n" % number)
    file.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sample.1.log", "sample.2.log", "sample.log"]
    lines = kept(tmp_path).splitlines()
    assert lines[-1] == b"line 199"
    assert lines == [b"line %03d" % number for number in range(200 - len(lines), 200)]


def test_a_full_disk_is_said_as_soon_as_there_is_room_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = RotatingFile(tmp_path / "sample.log", max_bytes=10_000, older=2)
    file.write(b"before\n")

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    file.write(b"lost 1\n")
    file.write(b"lost 2\n")
    monkeypatch.undo()
    file.write(b"after\n")
    assert kept(tmp_path).splitlines() == [b"before", b"(14 bytes of output could not be written here)", b"after"]


def test_a_child_goes_on_while_its_log_cannot_be_written(tmp_path: Path) -> None:
    unwritable = RotatingFile(tmp_path / "is missing" / "sample.log", max_bytes=1000, older=1)
    pump = Pump(unwritable, "sample")
    talks = [sys.executable, "-c", "import sys; [sys.stdout.write('x' * 1000) for _ in range(5000)]"]
    with pump.writer() as output:
        child = subprocess.Popen(talks, stdout=output)
    assert child.wait(30) == 0
    pump.finish()


def test_a_running_child_writes_on_into_the_new_file(tmp_path: Path) -> None:
    file = RotatingFile(tmp_path / "sample.log", max_bytes=1_000, older=500)
    pump = Pump(file, "sample")
    talks = [sys.executable, "-c", "for n in range(2000): print('line', n, flush=True)"]
    with pump.writer() as output:
        child = subprocess.Popen(talks, stdout=output)
    assert child.wait(30) == 0
    pump.finish()
    file.close()
    assert kept(tmp_path).decode().splitlines() == [f"line {n}" for n in range(2000)]
    assert len(list(tmp_path.iterdir())) > 1
