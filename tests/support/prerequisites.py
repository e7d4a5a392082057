"""What tests need beyond Python: missing, it fails the tests in CI and skips them, visibly, elsewhere."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

from bot.settings import Settings
from bot.setup_steps import (
    RASA_PYTHON,
    find_danger_judge,
    find_encoder,
    find_recogniser,
    find_routing,
    rasa_paths,
)


def missing(what: str) -> NoReturn:
    """Fail when ``CI`` is set, skip otherwise."""
    if os.environ.get("CI"):
        pytest.fail(what, pytrace=False)
    pytest.skip(what)  # shown in the run's summary; never in CI, where the line above fails


def require_models() -> None:
    """Rasa's environment and all models for the present content and dialogue."""
    settings = Settings()
    if not RASA_PYTHON.is_file():
        missing("The Rasa environment .venv-rasa is missing. Run: make setup")
    if find_encoder(settings) is None:
        missing("The sentence encoder for the present content is not trained. Run: .venv/bin/wenzheng train")
    if find_routing(settings) is None:
        missing("The routing model for the present examples is not trained. Run: .venv/bin/wenzheng train")
    if find_danger_judge(settings) is None:
        missing("The danger judge for the present corpus is not trained. Run: .venv/bin/wenzheng train")
    if find_recogniser(settings) is None:
        missing("The recogniser of names for the present corpus is not trained. Run: .venv/bin/wenzheng train")
    if not rasa_paths(settings).ready:
        missing("The Rasa model for the present dialogue is not trained. Run: .venv/bin/wenzheng train")
