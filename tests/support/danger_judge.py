"""The real danger judge for tests: trained once for the present corpus, kept in the data folder, which no commit has."""

from __future__ import annotations

from functools import lru_cache

from bot.calm_examples import calm_files, calm_texts
from bot.settings import ROOT
from channels.emergency import EmergencyFinder
from nlu.danger import DangerJudge, trained

MODELS = ROOT / "var" / "cache" / "test-models"


@lru_cache(maxsize=1)
def real_judge() -> DangerJudge:
    """The judge that the product would use."""
    judge = trained.load(MODELS, calm_files())
    if judge is None:
        trained.train(MODELS, calm_files(), calm_texts())
        judge = trained.load(MODELS, calm_files())
    assert judge is not None
    judge.judge("您好")  # dictionaries are read at the first text, as they are when the product starts
    return judge


def real_finder(longest: int = 2000) -> EmergencyFinder:
    """What finds emergencies with it."""
    return EmergencyFinder(real_judge(), longest)
