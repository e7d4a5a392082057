"""The models of deciding in use: made from the conversations when they changed, in seconds, and found again otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

from actions import facets
from actions.deciding import models as own_models
from actions.deciding import scenarios, situation
from actions.deciding.models import DecidingModels
from actions.facets import FACETS_FILE
from nlu import model_files, text, text_classifier, tokenizer, vocabulary
from nlu.encoder import pretrained as encoders
from nlu.encoder.pretrained import Remembering, load_pretrained

CODE: tuple[ModuleType, ...] = (
    encoders, facets, own_models, scenarios, situation, text, text_classifier, tokenizer, vocabulary,
)  # fmt: skip
KEEP = 2
FOLDER = "deciding"


def fingerprint(conversations: Path, outside: Sequence[str], pretrained: Sequence[str]) -> str:
    """Hash of all that decides what comes out. ``outside``: requests that are none of ours."""
    inputs = [*scenarios.files(conversations), FACETS_FILE, *model_files.lexicon_files(), *model_files.code_files(CODE)]
    digest = model_files.fingerprint(inputs, salt="\n".join(outside))
    return "-".join([digest, *pretrained])


def find(models: Path, conversations: Path, outside: Sequence[str], pretrained: Sequence[str]) -> Path | None:
    """The models of the present conversations, if they are trained."""
    folder = models / FOLDER / fingerprint(conversations, outside, pretrained)
    return folder if folder.is_dir() else None


def train(
    models: Path,
    conversations: Path,
    outside: Sequence[str],
    pretrained: Sequence[str],
    progress: Callable[[float], None] = lambda share: None,
) -> Path:
    """Train on all pens but the held-out ones; appears at once and whole, or not at all."""
    target = models / FOLDER / fingerprint(conversations, outside, pretrained)
    encoder = Remembering(load_pretrained(pretrained)) if pretrained else None
    made = DecidingModels.train(scenarios.read(scenarios.files(conversations)), outside, encoder)
    progress(0.9)
    model_files.put_in_place(target, made.save)
    model_files.keep_newest(target.parent, KEEP, target)
    progress(1.0)
    return target


def load(models: Path, conversations: Path, outside: Sequence[str], pretrained: Sequence[str]) -> DecidingModels | None:
    """The models of the present conversations, or None while they are not trained."""
    folder = find(models, conversations, outside, pretrained)
    return DecidingModels.load(folder, load_pretrained(pretrained) if pretrained else None) if folder else None
