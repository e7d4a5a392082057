from __future__ import annotations

import yaml

from actions.turns import FREE_TEXT
from bot.settings import ROOT
from channels.console.intents import intent_label, intent_labels


def test_every_intent_of_the_dialogue_has_a_name_in_words() -> None:
    intents = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"]
    # What all typed words go by is no meaning that a turn could have.
    assert set(intent_labels()) == {*intents, "nlu_fallback"} - {FREE_TEXT}
    assert len(set(intent_labels().values())) == len(intent_labels())
    assert not any(label.isascii() for label in intent_labels().values())


def test_an_intent_that_was_removed_since_is_shown_as_it_was_called() -> None:
    assert intent_label("ask_the_moon") == "ask_the_moon"
