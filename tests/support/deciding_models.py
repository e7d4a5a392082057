"""The real models of deciding for tests: trained once for the present conversations, kept in the data folder, which no
commit has.
"""

from __future__ import annotations

from functools import lru_cache

from actions.deciding import trained
from actions.deciding.models import DecidingModels
from bot.setup_steps import SCENARIOS, outside_requests
from tests.support.danger_judge import MODELS

PRETRAINED = ("use",)


@lru_cache(maxsize=1)
def real_models() -> DecidingModels:
    """The models that the product would use."""
    found = trained.load(MODELS, SCENARIOS, outside_requests(), PRETRAINED)
    if found is None:
        trained.train(MODELS, SCENARIOS, outside_requests(), PRETRAINED)
        found = trained.load(MODELS, SCENARIOS, outside_requests(), PRETRAINED)
    assert found is not None
    return found
