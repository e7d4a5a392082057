"""Snapshots save time at a start and never change an answer: the database is the truth."""

import fcntl
import json
import logging
import time
from pathlib import Path

import pytest
from indexes import FINGERPRINT, Process, entry

from knowledge_base.index.keeper import MEANINGS, WORDS, SnapshotRules
from knowledge_base.models import Entry

QUESTION = "居住证丢了怎么办"


def database() -> list[Entry]:
    texts = ["居住证办理", "居住证补领", "身份证丢失", "公积金提取", "营业执照变更", "出生登记", "户口迁移", "老年证"]
    return [entry(f"hukou.s{place:04d}", text) for place, text in enumerate(texts)]


def saved(folder: Path, *, times: int = 1, cells_from: int = 1_000_000) -> Process:
    process = Process(folder, cells_from)
    process.start(database())
    for turn in range(times):
        process.published.refresh(["hukou.extra"], [entry("hukou.extra", f"第{turn}次公告")])
        process.published.refresh(["hukou.extra"], [])
        process.published.refresh([f"hukou.x{turn}"], [entry(f"hukou.x{turn}", f"临时{turn}")])
        assert process.keeper.save() is not None
    return process


@pytest.mark.parametrize("cells_from", [1_000_000, 10])
def test_a_start_from_a_snapshot_encodes_nothing_and_answers_the_same(tmp_path: Path, cells_from: int) -> None:
    fresh = Process(tmp_path, cells_from)
    assert not fresh.start(database())
    assert fresh.keeper.save() is not None

    again = Process(tmp_path, cells_from)

    assert again.start(database())
    assert again.encoder.encoded == 0
    assert again.answers(QUESTION) == fresh.answers(QUESTION)


def test_only_what_the_database_has_otherwise_is_indexed_anew(tmp_path: Path) -> None:
    saved(tmp_path)
    rows = database()
    rows[0] = entry("hukou.s0000", "居住登记")
    rows[3:4] = []
    rows.append(entry("hukou.new", "养犬登记"))

    again = Process(tmp_path)
    again.start(rows)

    assert again.encoder.encoded == 6
    plain = Process(tmp_path / "other")
    plain.start(rows)
    for question in (QUESTION, "居住登记", "公积金提取", "养犬登记", "临时0"):
        assert again.answers(question) == plain.answers(question)


def every_file(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_each_file_damaged_in_turn_is_noticed_and_the_answers_stay(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    process = saved(tmp_path, times=1)
    newest = next(process.snapshots.sound()).folder
    expected = process.answers(QUESTION)
    rows = [*database(), entry("hukou.x0", "临时0")]
    for name in every_file(newest):
        whole = (newest / name).read_bytes()
        for damaged in (whole[: len(whole) // 2], bytes([*whole[:-1], whole[-1] ^ 1]), None):
            if damaged is None:
                (newest / name).unlink()
            else:
                (newest / name).write_bytes(damaged)
            caplog.clear()
            again = Process(tmp_path)
            with caplog.at_level(logging.WARNING):
                assert not again.start(rows)
            assert "damaged" in caplog.text
            assert again.answers(QUESTION) == expected
        (newest / name).write_bytes(whole)
    assert Process(tmp_path).start(rows)


def test_an_older_snapshot_takes_the_place_of_a_damaged_one(tmp_path: Path) -> None:
    process = saved(tmp_path, times=2)
    newest = next(process.snapshots.sound()).folder
    (newest / WORDS / "texts.npy").write_bytes(b"")
    rows = [*database(), entry("hukou.x0", "临时0"), entry("hukou.x1", "临时1")]

    again = Process(tmp_path)

    assert again.start(rows)
    assert again.encoder.encoded == 3
    assert again.answers(QUESTION) == process.answers(QUESTION)


def test_files_that_were_signed_but_make_no_sense_are_left_out(tmp_path: Path) -> None:
    process = saved(tmp_path)

    def nonsense(folder: Path) -> dict[str, int]:
        for name in (WORDS, MEANINGS):
            (folder / name).mkdir()
            (folder / name / "rows.npy").write_bytes(b"nothing of the kind")
        return {}

    process.snapshots.write(nonsense)
    again = Process(tmp_path)
    assert again.start([*database(), entry("hukou.x0", "临时0")])
    assert again.encoder.encoded == 0


def test_two_are_kept_and_what_a_killed_process_left_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / FINGERPRINT / ".new" / WORDS).mkdir(parents=True)
    (tmp_path / "an-older-encoder" / "4").mkdir(parents=True)
    saved(tmp_path, times=4)
    assert sorted(path.name for path in (tmp_path / FINGERPRINT).iterdir()) == [".lock", "3", "4"]
    assert [path.name for path in tmp_path.iterdir()] == [FINGERPRINT]


def test_nothing_is_written_twice_nor_while_another_process_writes(tmp_path: Path) -> None:
    process = saved(tmp_path)
    assert process.keeper.save() is None
    other = Process(tmp_path)
    other.start([*database(), entry("hukou.x0", "临时0")])
    assert other.keeper.save() is None

    process.published.refresh(["hukou.late"], [entry("hukou.late", "晚婚假")])
    with (tmp_path / FINGERPRINT / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert process.keeper.save() is None
    assert process.keeper.save() is not None


def test_a_full_disk_costs_the_snapshot_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    process = saved(tmp_path)
    process.published.refresh(["hukou.late"], [entry("hukou.late", "晚婚假")])

    def full(folder: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(process.dense, "save", full)
        assert process.keeper.save() is None
    assert "No space left" in caplog.text
    assert sorted(path.name for path in (tmp_path / FINGERPRINT).iterdir()) == [".lock", "1"]
    process.published.refresh(["hukou.late"], [entry("hukou.late", "晚婚假申请")])
    assert process.keeper.save() is not None


def test_an_entry_that_changes_while_a_snapshot_is_written_is_indexed_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = Process(tmp_path)
    process.start(database())
    save = process.dense.save

    def change_meanwhile(folder: Path) -> None:
        process.published.refresh(["hukou.s0001"], [entry("hukou.s0001", "居住证换领")])
        save(folder)

    monkeypatch.setattr(process.dense, "save", change_meanwhile)
    folder = process.keeper.save()

    assert folder is not None
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8").partition("\n")[2])
    assert manifest["states"]["hukou.s0001"] == 0
    rows = database()
    rows[1] = entry("hukou.s0001", "居住证换领")
    again = Process(tmp_path)
    again.start(rows)
    assert again.answers(QUESTION) == process.answers(QUESTION)
    assert len(again.dense) == len(process.dense)


def test_everything_is_made_anew_after_forgetting(tmp_path: Path) -> None:
    saved(tmp_path)
    process = Process(tmp_path)
    process.keeper.forget()
    assert not process.start(database())
    assert process.encoder.encoded == 3 * len(database())
    assert not list(process.snapshots.sound())


def test_what_another_process_published_and_retired_is_taken_in_by_reading_again(tmp_path: Path) -> None:
    process = Process(tmp_path)
    process.start(database())
    rows = database()[2:]
    rows[0] = entry(rows[0].id, "身份证换领")
    process.start([*rows, entry("hukou.new", "养犬登记")])
    assert process.encoder.encoded == 6
    plain = Process(tmp_path / "other")
    plain.start([*rows, entry("hukou.new", "养犬登记")])
    for question in (QUESTION, "身份证", "养犬"):
        assert process.answers(question) == plain.answers(question)


def test_a_few_entries_are_not_worth_a_snapshot(tmp_path: Path) -> None:
    process = Process(tmp_path, rules=SnapshotRules(phrases=1_000))
    process.start(database())
    assert process.keeper.save() is None
    assert not list(tmp_path.iterdir())


def test_the_keeper_saves_in_the_background_and_at_the_end(tmp_path: Path) -> None:
    process = Process(tmp_path, rules=SnapshotRules(phrases=1, changes=3, seconds=60, look_every=0.01))
    process.start(database())
    process.keeper.start()
    give_up = time.monotonic() + 30
    while process.snapshots.newest_states() is None and time.monotonic() < give_up:
        time.sleep(0.02)
    assert process.snapshots.newest_states() is not None

    process.published.refresh(["hukou.late"], [entry("hukou.late", "晚婚假")])
    process.keeper.stop()

    assert "hukou.late" in (process.snapshots.newest_states() or {})
