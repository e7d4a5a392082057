"""The routing model in use: made from our examples when they changed, or learned from the city's closed tickets.

``<models>/routing/<digest>`` holds the model of our own examples; the digest is of all that decides what comes out.
``<data>/routing/<time>`` holds models that learned from tickets too; the newest is used, whatever our examples have become
since, because nothing but a command of the city's may replace what the city has taught.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from zipfile import BadZipFile

from nlu import model_files, text, text_classifier, tokenizer, vocabulary
from nlu.encoder import pretrained as encoders
from nlu.routing import examples, model
from nlu.routing.examples import FOLDER, function_labels, own_examples, topic_examples
from nlu.routing.model import SHORT_MESSAGES, RoutingModel
from nlu.tokenizer import Tokenizer

logger = logging.getLogger(__name__)
CODE = (encoders, examples, model, text, text_classifier, tokenizer, vocabulary)
KEEP = 2
ABOUT = "about.json"


@dataclass(frozen=True)
class Learned:
    """What a model that learned from closed tickets says of itself.

    ``at`` is an ISO time; ``digest`` that of our own examples then; ``before`` and ``after`` are macro-F1 (0–1) on the
    closed tickets without and with learning from them.
    """

    at: str
    digest: str
    tickets: int
    before: float
    after: float


@dataclass(frozen=True)
class LearnedModel:
    """Where a model that learned from closed tickets is, and what it says of itself."""

    folder: Path
    about: Learned


def fingerprint(pretrained: Sequence[str] = ()) -> str:
    """Hash of all that decides what comes out: functions, examples, lexicon, code, encoders."""
    ours = [FOLDER / "functions.yml", *sorted((FOLDER / "examples").glob("*.yml"))]
    data = [*ours, *model_files.lexicon_files(), *model_files.code_files(CODE)]
    return model_files.fingerprint(data, salt=",".join(pretrained))


def find(models: Path, pretrained: Sequence[str] = ()) -> Path | None:
    """The model of our present examples with these encoders, if it is trained."""
    folder = models / "routing" / fingerprint(pretrained)
    return folder if folder.is_dir() else None


def train(models: Path, pretrained: Sequence[str] = (), progress: Callable[[float], None] = lambda share: None) -> Path:
    """Train on our examples; appears at once and whole, or not at all."""
    target = models / "routing" / fingerprint(pretrained)
    made = RoutingModel.train([*own_examples(), *topic_examples()], Tokenizer(), SHORT_MESSAGES, pretrained)
    progress(0.9)
    _put(target, made.save)
    progress(1.0)
    return target


def find_learned(data: Path) -> LearnedModel | None:
    """The newest model that learned from closed tickets, if there is one that can say what it is."""
    folders = sorted(path.parent for path in (data / "routing").glob(f"*/{ABOUT}"))
    if not folders:
        return None
    try:
        about = Learned(**json.loads((folders[-1] / ABOUT).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        logger.warning("the routing model %s cannot be read (%s); ours is used instead", folders[-1], error)
        return None
    return LearnedModel(folders[-1], about)


def keep_learned(data: Path, made: RoutingModel, about: Learned) -> LearnedModel:
    """Save a model that learned from closed tickets; the one before it stays as the way back."""
    target = data / "routing" / datetime.fromisoformat(about.at).strftime("%Y%m%d-%H%M%S")

    def write(folder: Path) -> None:
        made.save(folder)
        (folder / ABOUT).write_text(json.dumps(asdict(about)), encoding="utf-8")

    _put(target, write)
    return LearnedModel(target, about)


def load(models: Path, data: Path, cutter: Tokenizer, pretrained: Sequence[str] = ()) -> RoutingModel | None:
    """The model in use: the one learned from tickets if it can still be used, else that of our examples; None for neither."""
    learned = find_learned(data)
    if learned is not None:
        try:
            made = RoutingModel.load(learned.folder, cutter)
        except (OSError, ValueError, KeyError, TypeError, ImportError, BadZipFile) as error:
            logger.warning("the routing model %s cannot be read (%s); ours is used instead", learned.folder, error)
        else:
            if set(made.labels) <= set(function_labels().values()):
                return made
            logger.warning("the routing model %s knows functions that are gone; ours is used instead", learned.folder)
    own = find(models, pretrained)
    return RoutingModel.load(own, cutter) if own else None


def _put(target: Path, write: Callable[[Path], None]) -> None:
    """Put a model in place and forget all but the newest."""
    model_files.put_in_place(target, write)
    model_files.keep_newest(target.parent, KEEP, target)
