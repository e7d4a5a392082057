"""The labels of intents: every intent has one or a reason, and a label leads where its intent leads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.intent_labels import load_intent_labels
from bot.settings import ROOT


def data(*folders: str) -> list[dict[str, Any]]:
    files = [file for folder in folders for file in sorted((ROOT / folder).glob("*.yml"))]
    return [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]


def test_every_intent_has_a_label_or_a_reason_why_it_is_never_asked_about() -> None:
    labels = load_intent_labels()
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    assert set(labels.offered) | set(labels.never_offered) == {*domain["intents"], "nlu_fallback"}
    assert all(labels.never_offered.values())


def test_a_label_leads_where_the_rule_of_its_intent_leads() -> None:
    rules = [rule["steps"] for file in data("bot/dialogue/rules") for rule in file["rules"]]
    leads = {steps[0]["intent"]: steps[1]["action"] for steps in rules if "intent" in steps[0]}
    assert {name: label.action for name, label in load_intent_labels().offered.items()} == {
        name: leads[name] for name in load_intent_labels().offered
    }


def test_everything_said_has_its_words() -> None:
    responses = {name for file in data("bot/dialogue/responses") for name in file["responses"]}
    assert responses >= {
        f"utter_{name}" for name in ("ask_intent", "ask_intents", "rephrase", "way_out", "way_out_near")
    }


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"label": "一个长得按钮上根本放不下的名字"}, "at most 12"),
        ({"payload": "/check_ticket"}, "leads elsewhere"),
        ({"icon": "x"}, "Extra"),
    ],
)
def test_labels_that_cannot_be_shown_are_refused(tmp_path: Path, changed: dict[str, str], why: str) -> None:
    content = yaml.safe_load((ROOT / "actions" / "intent_labels.yml").read_text(encoding="utf-8"))
    content["offered"]["file_ticket"] |= changed
    file = tmp_path / "labels.yml"
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ValueError, match=why):
        load_intent_labels(file)
