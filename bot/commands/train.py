"""``wenzheng train``: the sentence encoder and the Rasa model, each only if its inputs changed."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.commands.console import done, fail, step
from bot.settings import Settings, get_settings
from bot.setup_steps import SetupError, find_encoder, rasa_paths, train_encoder, train_rasa
from knowledge_base.content_schema import ContentError


def train_what_changed(settings: Settings, *, force: bool = False) -> None:
    """Train what is missing; raises SetupError or ContentError."""
    if force or find_encoder(settings) is None:
        with step("Training the sentence encoder") as progress:
            train_encoder(settings, progress)
    else:
        done("Sentence encoder: unchanged")
    if settings.rasa_url:
        done("Rasa runs elsewhere (WENZHENG_RASA_URL)")
    elif force or not rasa_paths(settings).ready:
        with step("Training the Rasa model") as progress:
            train_rasa(settings, progress)
    else:
        done("Rasa model: unchanged")


def train(force: Annotated[bool, typer.Option(help="Train even if nothing changed.")] = False) -> None:
    """Train the sentence encoder and the Rasa model, if their inputs changed."""
    try:
        train_what_changed(get_settings(), force=force)
    except (SetupError, ContentError) as error:
        fail(str(error))
