"""The real recogniser of names for tests: trained once for the present corpus, kept in the data folder, which no commit has."""

from __future__ import annotations

from functools import lru_cache

from bot.calm_examples import example_files, example_texts
from nlu.recogniser import Recogniser, trained
from tests.support.danger_judge import MODELS


@lru_cache(maxsize=1)
def real_recogniser() -> Recogniser:
    """The recogniser that the product would use."""
    found = trained.load(MODELS, example_files())
    if found is None:
        trained.train(MODELS, example_files(), example_texts())
        found = trained.load(MODELS, example_files())
    assert found is not None
    return found
