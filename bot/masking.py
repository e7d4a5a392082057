"""Masking with the trained recogniser: for every process that stores what citizens write."""

from __future__ import annotations

from bot.calm_examples import example_files
from bot.settings import Settings
from nlu import privacy
from nlu.recogniser import trained

NOT_TRAINED = "The recogniser of names is not trained for the present corpus. Run: wenzheng train"


def use_recogniser(settings: Settings) -> bool:
    """Let this process find names and houses with the recogniser too; false while it is not trained."""
    recogniser = trained.load(settings.models, example_files())
    privacy.use(recogniser)
    return recogniser is not None


def mask_names(settings: Settings) -> None:
    """The same for who may not do without; raises SetupError while it is not trained."""
    if not use_recogniser(settings):
        from bot.setup_steps import SetupError  # reads all models' code, which `wenzheng mask` need not wait for

        raise SetupError(NOT_TRAINED)
    # Dictionaries are read now, and not within the time that one text may take.
    privacy.mask("我叫张三")
