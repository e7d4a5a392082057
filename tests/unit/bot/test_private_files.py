"""Run-time data are readable by their owner alone."""

import os
import resource
import stat
from pathlib import Path

import pytest

from bot.open_files import raise_limit
from bot.private_files import make_private, open_to_others, set_private_umask


def test_what_is_made_after_the_start_is_private(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        set_private_umask()
        (tmp_path / "folder").mkdir()
        (tmp_path / "folder" / "file").write_text("x", encoding="utf-8")
        assert list(open_to_others(tmp_path / "folder")) == []
    finally:
        os.umask(before)


def test_what_was_open_before_is_closed_and_stays_usable(tmp_path: Path) -> None:
    folder = tmp_path / "var" / "logs"
    folder.mkdir(parents=True)
    log, tool = folder / "app.log", folder / "tool"
    log.write_text("x", encoding="utf-8")
    tool.write_text("x", encoding="utf-8")
    log.chmod(0o644)
    tool.chmod(0o755)
    (tmp_path / "var").chmod(0o755)
    assert set(open_to_others(tmp_path / "var")) >= {log, tool, tmp_path / "var"}
    assert make_private(tmp_path / "var", tmp_path / "is missing") == []
    assert list(open_to_others(tmp_path / "var")) == []
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert stat.S_IMODE(tool.stat().st_mode) == 0o700


def test_what_a_link_leads_to_is_left_alone(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("x", encoding="utf-8")
    outside.chmod(0o644)
    (tmp_path / "var").mkdir(mode=0o700)
    (tmp_path / "var" / "link").symlink_to(outside)
    make_private(tmp_path / "var")
    assert stat.S_IMODE(outside.stat().st_mode) == 0o644


def test_what_belongs_to_somebody_else_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "theirs").write_text("x", encoding="utf-8")
    (tmp_path / "theirs").chmod(0o644)

    def not_ours(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "chmod", not_ours)
    assert tmp_path / "theirs" in make_private(tmp_path)


def test_as_many_files_may_be_open_as_the_system_allows() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, hard), hard))
        assert raise_limit() == resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 256
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
