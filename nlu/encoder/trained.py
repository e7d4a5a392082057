"""Opening the folder of our trained encoder, in the app and in Rasa alike."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from nlu.encoder.adapted import AdaptedEncoder
from nlu.encoder.ports import Encoder
from nlu.encoder.pretrained import load_pretrained
from nlu.encoder.static import VOCABULARY_FILE, WEIGHTS_FILE, StaticEncoder
from nlu.tokenizer import Tokenizer

MARK = "wenzheng.json"
MODEL_FILES = (VOCABULARY_FILE, WEIGHTS_FILE, MARK)


def write_mark(folder: Path, pretrained: Sequence[str]) -> None:
    """Say that this model is ours, and which pretrained encoders it was trained with."""
    (folder / MARK).write_text(json.dumps({"pretrained": list(pretrained)}), encoding="utf-8")


def pretrained_of(folder: Path) -> list[str]:
    """Which pretrained encoders the model of this folder was trained with."""
    return list(json.loads((folder / MARK).read_text(encoding="utf-8"))["pretrained"])


def is_ours(folder: Path) -> bool:
    """Whether it is a folder of our trained encoder."""
    return (folder / MARK).is_file()


def load_trained(folder: Path, tokenizer: Tokenizer, given: Encoder | None = None) -> Encoder:
    """The encoder as it was trained; raises ImportError where a pretrained one that it needs is not installed.

    ``given``: the pretrained ones joined, where they are open already.
    """
    names = pretrained_of(folder)
    own = StaticEncoder(folder, tokenizer)
    return AdaptedEncoder(folder, own, given or load_pretrained(names)) if names else own
