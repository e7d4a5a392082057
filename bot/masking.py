"""Masking with the trained recogniser: for every process that stores what citizens write."""

from __future__ import annotations

from bot.calm_examples import calm_files
from bot.settings import Settings
from bot.setup_steps import SetupError
from nlu import privacy
from nlu.recogniser import trained

NOT_TRAINED = "The recogniser of names is not trained for the present corpus. Run: wenzheng train"


def mask_names(settings: Settings) -> None:
    """Let this process find names and houses with the recogniser too; raises SetupError while it is not trained."""
    recogniser = trained.load(settings.models, calm_files())
    if recogniser is None:
        raise SetupError(NOT_TRAINED)
    privacy.use(recogniser)
    # Dictionaries are read now, and not within the time that one text may take.
    privacy.mask("我叫张三")
