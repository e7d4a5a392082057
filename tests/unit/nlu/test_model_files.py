from pathlib import Path

import pytest

from nlu.model_files import fingerprint, keep_newest, put_in_place


def test_the_fingerprint_changes_with_contents_names_and_salt(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("a")
    other.write_text("a")

    found = {fingerprint([one]), fingerprint([other]), fingerprint([one], "salt"), fingerprint([one, other])}
    one.write_text("b")

    assert len(found | {fingerprint([one])}) == 5


def test_a_model_that_could_not_be_written_leaves_the_old_one_in_place(tmp_path: Path) -> None:
    target = tmp_path / "models" / "x"
    put_in_place(target, lambda folder: folder.mkdir())

    def fails(folder: Path) -> None:
        folder.mkdir()
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        put_in_place(target, fails)

    assert [path.name for path in target.parent.iterdir()] == ["x"]


@pytest.mark.parametrize(("count", "left"), [(1, {"c"}), (2, {"a", "c"}), (9, {"a", "b", "c", ".work"})])
def test_the_current_model_and_the_newest_others_are_kept(tmp_path: Path, count: int, left: set[str]) -> None:
    import os

    for age, name in enumerate(["c", ".work", "b", "a"]):  # c is the oldest and the current one
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (age, age))

    keep_newest(tmp_path, count, tmp_path / "c")

    assert {path.name for path in tmp_path.iterdir()} == left | {".work"}
