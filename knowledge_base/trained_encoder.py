"""The encoder in use and its calibration, made when their inputs changed and found again when they did not."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from knowledge_base import calibration, calibration_data, embedding, encoder_training, phrases
from knowledge_base.calibration import Calibration
from knowledge_base.calibration_data import fit_calibration, hold_out
from knowledge_base.content_schema import ContentEntry, ContentFile, topic_files
from knowledge_base.embedding import Encoder, load_encoder
from knowledge_base.encoder_training import EPOCHS, train_encoder
from nlu import text, tokenizer
from nlu.encoder import static
from nlu.tokenizer import LEXICON_DIR, Tokenizer

CODE = (calibration, calibration_data, embedding, encoder_training, phrases, static, text, tokenizer)
KEEP = 2


@dataclass(frozen=True)
class TrainedEncoder:
    """Where the model is (a folder, or a model's name) and where its calibration is."""

    model: str
    calibration: Path

    def load(self, cutter: Tokenizer) -> tuple[Encoder, Calibration]:
        """Both, ready for use."""
        return load_encoder(self.model, cutter), Calibration.load(self.calibration)


def fingerprint(content_dir: Path, outside_file: Path, name: str) -> str:
    """Hash of all that decides what comes out: content, lexicon, examples from outside, code, the named model."""
    digest = hashlib.sha256(name.encode())
    code = [Path(module.__file__) for module in CODE if module.__file__]
    lexicon = sorted(path for path in LEXICON_DIR.rglob("*") if path.is_file())
    for path in [*topic_files(content_dir), *lexicon, outside_file, *code]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def outside_examples(path: Path) -> list[str]:
    """The requests that are none of the government's business, from Rasa's training file."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [
        line.removeprefix("- ").strip()
        for block in data["nlu"]
        for line in block.get("examples", "").splitlines()
        if line.startswith("- ")
    ]


def find(models: Path, digest: str, name: str) -> TrainedEncoder | None:
    """What was made from these inputs before, if it was."""
    folder = models / "encoder" / digest
    if not (folder / "calibration.json").is_file():
        return None
    return TrainedEncoder(name or str(folder / "model"), folder / "calibration.json")


def train(
    models: Path,
    digest: str,
    name: str,
    contents: Sequence[ContentFile],
    outside: Sequence[str],
    progress: Callable[[float], None],
    *,
    epochs: int = EPOCHS,
) -> TrainedEncoder:
    """Train (unless a model is named) and calibrate; appears at once and whole, or not at all."""
    entries = [entry for content in contents for entry in content.entries]
    cutter = tokenizer_for(entries)
    held = hold_out(entries)
    target = models / "encoder" / digest
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as work:
        made = Path(work) / "made"
        made.mkdir()
        if name:
            encoder = load_encoder(name, cutter)
        else:
            train_encoder(
                held.entries, cutter, Path(work) / "held", epochs=epochs, progress=lambda share: progress(share * 0.45)
            )
            encoder = load_encoder(str(Path(work) / "held"), cutter)
            train_encoder(
                entries, cutter, made / "model", epochs=epochs, progress=lambda share: progress(0.45 + share * 0.5)
            )
        fit_calibration(held, outside, encoder, cutter).save(made / "calibration.json")
        shutil.rmtree(target, ignore_errors=True)
        made.rename(target)
    progress(1.0)
    _forget_old(target.parent, target)
    found = find(models, digest, name)
    if found is None:
        raise RuntimeError(f"the trained encoder is missing from {target}")
    return found


def tokenizer_for(entries: Sequence[ContentEntry]) -> Tokenizer:
    """The tokenizer as it will be when these entries are published."""
    cutter = Tokenizer()
    cutter.add_words(name for entry in entries for name in [entry.title, *entry.aliases])
    return cutter


def _forget_old(folder: Path, current: Path) -> None:
    others = sorted((path for path in folder.iterdir() if path != current), key=lambda path: path.stat().st_mtime)
    for path in others[: -KEEP + 1]:
        shutil.rmtree(path, ignore_errors=True)
