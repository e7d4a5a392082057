"""The encoder in use and its calibration, made when their inputs changed and found again when they did not."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge_base import calibration, calibration_data, embedding, encoder_training, phrases
from knowledge_base.calibration import Calibration
from knowledge_base.calibration_data import fit_calibration, hold_out
from knowledge_base.content_schema import ContentEntry, ContentFile, topic_files
from knowledge_base.embedding import Encoder, load_encoder
from knowledge_base.encoder_training import EPOCHS, phrase_groups, train_encoder
from knowledge_base.service_catalogue import Catalogue, catalogue_files, load_catalogue
from nlu import model_files, scope, text, text_classifier, tokenizer
from nlu.encoder import static
from nlu.encoder.static import write_words
from nlu.scope import GENERATED, ScopeModel
from nlu.tokenizer import Tokenizer
from nlu.vocabulary import named_things, read_yaml, synonym_groups

CODE = (
    calibration,
    calibration_data,
    embedding,
    encoder_training,
    phrases,
    scope,
    static,
    text,
    text_classifier,
    tokenizer,
)
KEEP = 2
_ENTITY = re.compile(r"\[([^\[\]]*)\](?:\([^()]*\)|\{[^{}]*\})")
# A request is held for outside below this; only where search has no answer either is anybody told so.
SCOPE_THRESHOLD = 0.8


@dataclass(frozen=True)
class TrainedEncoder:
    """Where the model is (a folder, or a model's name) and where its calibration is."""

    model: str
    calibration: Path
    scope: Path

    def load(self, cutter: Tokenizer) -> tuple[Encoder, Calibration]:
        """Both, ready for use."""
        return load_encoder(self.model, cutter), Calibration.load(self.calibration)

    def load_scope(self, cutter: Tokenizer, encoder: Encoder) -> ScopeModel:
        """What tells government business from the rest of the world."""
        return ScopeModel.load(self.scope, cutter, encoder)


@dataclass(frozen=True)
class Examples:
    """Requests as people write them: the city's business, and what is none of it; ``generated``: joined by so many more."""

    inside: Sequence[str]
    outside: Sequence[str]
    generated: int = GENERATED


def fingerprint(content_dir: Path, example_files: Sequence[Path], name: str) -> str:
    """Hash of all that decides what comes out: content, catalogue, lexicon, examples, code, the named model."""
    data = [*topic_files(content_dir), *catalogue_files(), *model_files.lexicon_files(), *example_files]
    return model_files.fingerprint([*data, *model_files.code_files(CODE)], salt=name)


def intent_examples(path: Path, intents: Collection[str]) -> list[str]:
    """The examples of some intents in a Rasa training file, without the marks of entities."""
    data = read_yaml(path)
    return [
        _ENTITY.sub(r"\1", line.removeprefix("- ").strip())
        for block in data["nlu"]
        if block.get("intent") in intents
        for line in block.get("examples", "").splitlines()
        if line.startswith("- ")
    ]


def find(models: Path, digest: str, name: str) -> TrainedEncoder | None:
    """What was made from these inputs before, if it was."""
    folder = models / "encoder" / digest
    if not (folder / "calibration.json").is_file():
        return None
    return TrainedEncoder(name or str(folder / "model"), folder / "calibration.json", folder / "scope")


def train(
    models: Path,
    digest: str,
    name: str,
    contents: Sequence[ContentFile],
    examples: Examples,
    progress: Callable[[float], None],
    *,
    epochs: int = EPOCHS,
    catalogue: Catalogue | None = None,
) -> TrainedEncoder:
    """Train (unless a model is named) and calibrate; appears at once and whole, or not at all. ``catalogue``: None for ours."""
    entries = [entry for content in contents for entry in content.entries]
    cutter, catalogue = tokenizer_for(entries), catalogue or load_catalogue()
    # Matters of law are learned from, but are not what a city is asked first of all.
    services = Catalogue(services=catalogue.services)
    lexicon = [*synonym_groups(), *named_things()]
    held = hold_out(entries)
    learner = tokenizer_for(held.entries)
    groups = [phrase_groups(some, catalogue, lexicon) for some in (held.entries, entries)]
    target = models / "encoder" / digest

    def make(folder: Path) -> None:
        folder.mkdir()
        if name:
            encoder = used = load_encoder(name, cutter)
        else:
            with tempfile.TemporaryDirectory(dir=folder) as work:
                train_encoder(groups[0], learner, Path(work), epochs=epochs, progress=_part(progress, 0.0, 0.42))
                encoder = load_encoder(work, learner)
            train_encoder(groups[1], cutter, folder / "model", epochs=epochs, progress=_part(progress, 0.42, 0.84))
            write_words(folder / "model", taught_words(entries))
            used = load_encoder(str(folder / "model"), cutter)
        fit_calibration(held, examples.outside, encoder, learner).save(folder / "calibration.json")
        progress(0.9)
        inside = [*examples.inside, *(text for texts in phrase_groups(entries, services) for text in texts)]
        scope_model = ScopeModel.train(inside, examples.outside, cutter, used, SCOPE_THRESHOLD, examples.generated)
        scope_model.save(folder / "scope")

    model_files.put_in_place(target, make)
    progress(1.0)
    model_files.keep_newest(target.parent, KEEP, target)
    found = find(models, digest, name)
    if found is None:
        raise RuntimeError(f"the trained encoder is missing from {target}")
    return found


def tokenizer_for(entries: Sequence[ContentEntry]) -> Tokenizer:
    """The tokenizer as it will be when these entries are published."""
    cutter = Tokenizer()
    cutter.add_words(taught_words(entries))
    return cutter


def taught_words(entries: Sequence[ContentEntry]) -> list[str]:
    """The names that publishing these entries teaches a tokenizer."""
    return [name for entry in entries for name in [entry.title, *entry.aliases]]


def _part(progress: Callable[[float], None], start: float, end: float) -> Callable[[float], None]:
    """Progress of a step that is a part of the whole."""
    return lambda share: progress(start + share * (end - start))
