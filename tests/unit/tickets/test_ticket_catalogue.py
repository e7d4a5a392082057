from __future__ import annotations

import shutil
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
import yaml

from actions.tickets.catalogue import FOLDER, CatalogueError, load_catalogue
from actions.tickets.state_machine import StateMachine


def changed(tmp_path: Path, change: Any, file: str = "catalogue.yml") -> Path:
    for name in ("catalogue.yml", "departments.yml"):
        shutil.copy(FOLDER / name, tmp_path / name)
    data = yaml.safe_load((tmp_path / file).read_text(encoding="utf-8"))
    change(data)
    (tmp_path / file).write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return tmp_path


def test_the_shipped_catalogue_is_sound() -> None:
    catalogue = load_catalogue()
    StateMachine(catalogue)
    assert [kind.label for kind in catalogue.kinds.values()] == ["咨询", "求助", "投诉", "举报", "建议", "表扬"]
    assert all(not limit.city_confirms or "各地" in limit.source for limit in catalogue.time_limits.values())


def test_words_ask_only_for_values_that_exist() -> None:
    catalogue = load_catalogue()
    templates = [action.history for action in catalogue.actions.values()]
    templates += [action.notify.words for action in catalogue.actions.values() if action.notify]
    asked = {field for words in templates for _, field, _, _ in Formatter().parse(words) if field}
    assert asked <= {"number", "department", "due", "text"}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda d: d["actions"]["accept"]["moves"].update(filed="nowhere"), "nowhere is unknown"),
        (lambda d: d.update(initial="nowhere"), "nowhere is unknown"),
        (lambda d: d["actions"].pop("decline"), "declined can never be reached"),
        (lambda d: d["actions"].pop("close"), "closed can never be reached"),
        (lambda d: d["actions"]["note"]["moves"].update(closed="filed"), "closed is final"),
        (lambda d: d["statuses"]["replied"].update(final=True), "replied is final"),
        (
            lambda d: (d["statuses"].pop("closed"), d["actions"].pop("close")),
            "replied has no way to a final status",
        ),
        (lambda d: d["kinds"]["help"].update(reply="never"), "never is unknown"),
        (lambda d: d["statuses"]["filed"].pop("label"), "label"),
        (lambda d: d["statuses"]["filed"].pop("due_label"), "due_label"),
        (lambda d: d.update(surprise=1), "surprise"),
    ],
)
def test_a_contradictory_catalogue_is_refused_by_name(tmp_path: Path, change: Any, complaint: str) -> None:
    with pytest.raises(CatalogueError, match=complaint):
        StateMachine(load_catalogue(changed(tmp_path, change)))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (
            lambda d: d["departments"]["police"].update(functions=["magic"]),
            "departments.police: function magic is unknown",
        ),
        (lambda d: d["function_departments"].pop("health"), "function health has no department"),
        (lambda d: d["function_departments"].update(health="nobody"), "health: department nobody is unknown"),
        (lambda d: d["function_departments"].update(health="police"), "department police does not list this function"),
        (lambda d: d["function_departments"].update(magic="police"), "function magic is unknown"),
        (lambda d: d["departments"]["police"].pop("functions"), "police.functions"),
        (lambda d: d.update(default="police"), "default"),
    ],
)
def test_functions_and_departments_that_do_not_fit_are_refused_by_name(
    tmp_path: Path, change: Any, complaint: str
) -> None:
    with pytest.raises(CatalogueError, match=complaint):
        load_catalogue(changed(tmp_path, change, "departments.yml"))


def test_a_missing_or_broken_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"catalogue\.yml"):
        load_catalogue(tmp_path)
    (tmp_path / "catalogue.yml").write_text("- a\n- list\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match="mapping"):
        load_catalogue(tmp_path)
