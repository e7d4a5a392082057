"""``wenzheng train``: the sentence encoder and Rasa model, recogniser of names, models of deciding, danger judge and routing
model, each only if its inputs changed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Annotated

import typer

from bot.commands.console import done, fail, screen, step
from bot.locks import Holder, LockHeld, one_at_a_time
from bot.settings import Settings, get_settings
from bot.setup_steps import (
    SetupError,
    find_danger_judge,
    find_deciding,
    find_encoder,
    find_recogniser,
    find_routing,
    rasa_paths,
    train_danger_judge,
    train_deciding,
    train_encoder,
    train_rasa,
    train_recogniser,
    train_routing,
)
from knowledge_base.content_schema import ContentError
from nlu.routing import trained as routing_models


@dataclass(frozen=True)
class _Model:
    """A model that one core trains in a minute or less, whatever else is trained."""

    name: str
    find: Callable[[Settings], object | None]
    train: Callable[[Settings, Callable[[float], None]], object]


SMALL_MODELS = (
    _Model("Recogniser of names", find_recogniser, train_recogniser),
    _Model("Models of deciding", find_deciding, train_deciding),
    _Model("Danger judge", find_danger_judge, train_danger_judge),
    _Model("Routing model", find_routing, train_routing),
)
# As long as everything together may take.
OTHERS_SECONDS = 3600.0


def train_what_changed(settings: Settings, *, force: bool = False) -> None:
    """Train what is missing, after another training that is on its way; raises SetupError or ContentError."""
    if not force and _all_trained(settings):
        _train(settings, force=False)
        return
    try:
        with one_at_a_time(settings.models / "training.lock", OTHERS_SECONDS, _tell_of_other):
            _train(settings, force=force)
    except LockHeld as error:
        raise SetupError(f"Another training has not ended within {OTHERS_SECONDS:.0f} s") from error


def _all_trained(settings: Settings) -> bool:
    found = all(find(settings) is not None for find in (find_encoder, *(model.find for model in SMALL_MODELS)))
    return found and (bool(settings.rasa_url) or rasa_paths(settings).ready)


def _tell_of_other(holder: Holder | None) -> None:
    who = f" (process {holder.pid})" if holder else ""
    screen.print(f"… Another training is running{who}; waiting for it")


def _train(settings: Settings, *, force: bool) -> None:
    if force or find_encoder(settings) is None:
        with step("Training the sentence encoder") as progress:
            train_encoder(settings, progress)
    else:
        done("Sentence encoder: unchanged")
    small = [model for model in SMALL_MODELS if force or model.find(settings) is None]
    for model in SMALL_MODELS:
        if model not in small:
            done(f"{model.name}: unchanged")
    if settings.rasa_url:
        done("Rasa runs elsewhere (WENZHENG_RASA_URL)")
    elif force or not rasa_paths(settings).ready:
        names = ["Rasa model", *(model.name[0].lower() + model.name[1:] for model in small)]
        with step(f"Training side by side: {', '.join(names)}") as progress, ThreadPoolExecutor(1) as beside:
            # Rasa trains in a process of its own.
            others = beside.submit(_train_small, settings, small)
            train_rasa(settings, progress)
            others.result()
        small = []
    else:
        done("Rasa model: unchanged")
    for model in small:
        with step(f"Training the {model.name[0].lower()}{model.name[1:]}") as progress:
            model.train(settings, progress)
    _tell_of_learned_routing(settings)


def _train_small(settings: Settings, models: Sequence[_Model]) -> None:
    for model in models:
        model.train(settings, lambda share: None)


def _tell_of_learned_routing(settings: Settings) -> None:
    """Say that the model in use is the one that learned from closed tickets, and when it is time to learn again."""
    learned = routing_models.find_learned(settings.data_dir)
    if learned is None:
        return
    about = learned.about
    done(f"Routing by the model that learned from {about.tickets} closed tickets ({about.at[:10]}): {learned.folder}")
    if about.digest != routing_models.fingerprint(settings.encoder_choice.pretrained):
        screen.print(
            "  Our examples or the lexicon have changed since. Learn again with: wenzheng routing train", soft_wrap=True
        )


def train(force: Annotated[bool, typer.Option(help="Train even if nothing changed.")] = False) -> None:
    """Train the sentence encoder, the Rasa model and the small models beside it, if their inputs changed."""
    try:
        train_what_changed(get_settings(), force=force)
    except (SetupError, ContentError) as error:
        fail(str(error))
