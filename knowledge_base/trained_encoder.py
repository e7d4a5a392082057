"""The encoder in use and its calibration, made when their inputs changed and found again when they did not."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from knowledge_base import calibration, calibration_data, embedding, encoder_training, phrases
from knowledge_base.calibration import Calibration
from knowledge_base.calibration_data import HeldOut, fit_calibration, hold_out
from knowledge_base.content_schema import ContentEntry, ContentFile, topic_files
from knowledge_base.embedding import load_encoder
from knowledge_base.encoder_training import EPOCHS, Pretrained, phrase_groups, train_encoder
from knowledge_base.service_catalogue import Catalogue, catalogue_files, load_catalogue
from nlu import model_files, scope, text, text_classifier, tokenizer
from nlu.encoder import adapted, pretrained, static
from nlu.encoder.adapted import features_of
from nlu.encoder.choice import EncoderChoice
from nlu.encoder.ports import Encoder, Vectors
from nlu.encoder.pretrained import Remembering, load_pretrained
from nlu.encoder.static import write_words
from nlu.encoder.trained import load_trained
from nlu.scope import GENERATED, THRESHOLD, ScopeModel
from nlu.tokenizer import Tokenizer
from nlu.vocabulary import named_things, read_yaml, synonym_groups

CODE = (
    adapted,
    calibration,
    calibration_data,
    embedding,
    encoder_training,
    phrases,
    pretrained,
    scope,
    static,
    text,
    text_classifier,
    tokenizer,
)
# Not imported for its place: it needs torch.
TORCH_MODULE = Path(encoder_training.__file__).with_name("adapted_embedding.py")
KEEP = 2
_ENTITY = re.compile(r"\[([^\[\]]*)\](?:\([^()]*\)|\{[^{}]*\})")


@dataclass(frozen=True)
class TrainedEncoder:
    """Where the model is (a folder, or a model's name) and where its calibration is."""

    model: str
    calibration: Path
    scope: Path

    def load(self, cutter: Tokenizer) -> tuple[Encoder, Calibration]:
        """Both, ready for use."""
        return load_encoder(self.model, cutter), Calibration.load(self.calibration)

    def load_scope(self, cutter: Tokenizer, encoder: Encoder, threshold: float) -> ScopeModel:
        """What tells government business from the rest of the world; ``threshold``: from there on it is business."""
        model = ScopeModel.load(self.scope, cutter, features_of(encoder))
        model.threshold = threshold
        return model


@dataclass(frozen=True)
class Examples:
    """Requests as people write them: the city's business, and what is none of it; ``generated``: joined by so many more."""

    inside: Sequence[str]
    outside: Sequence[str]
    generated: int = GENERATED


def fingerprint(content_dir: Path, example_files: Sequence[Path], choice: EncoderChoice) -> str:
    """Hash of all that decides what comes out: content, catalogue, lexicon, examples, code, the encoders."""
    data = [*topic_files(content_dir), *catalogue_files(), *model_files.lexicon_files(), *example_files]
    return model_files.fingerprint([*data, *model_files.code_files(CODE), TORCH_MODULE], salt=str(choice))


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


def find(models: Path, digest: str, choice: EncoderChoice) -> TrainedEncoder | None:
    """What was made from these inputs before, if it was."""
    folder = models / "encoder" / digest
    if not (folder / "calibration.json").is_file():
        return None
    return TrainedEncoder(choice.model or str(folder / "model"), folder / "calibration.json", folder / "scope")


def train(
    models: Path,
    digest: str,
    choice: EncoderChoice,
    contents: Sequence[ContentFile],
    examples: Examples,
    progress: Callable[[float], None],
    *,
    epochs: int = EPOCHS,
    catalogue: Catalogue | None = None,
) -> TrainedEncoder:
    """Train (unless nothing of ours is wanted) and calibrate; appears at once and whole, or not at all.

    ``catalogue``: None for ours.
    """
    entries = [entry for content in contents for entry in content.entries]
    catalogue = catalogue or load_catalogue()
    lexicon = [*synonym_groups(), *named_things()]
    # Matters of law are learned from, but are not what a city is asked first of all.
    services = phrase_groups(entries, Catalogue(services=catalogue.services))
    inside = [*examples.inside, *(text for texts in services for text in texts)]
    held = hold_out(entries)
    lessons = [
        _Lesson(some, phrase_groups(some, catalogue, lexicon), choice, epochs) for some in (held.entries, entries)
    ]
    target = models / "encoder" / digest

    def make(folder: Path) -> None:
        folder.mkdir()
        given = _given(choice)
        if given:
            given.encode([text for texts in lessons[1].groups for text in texts])
        known = given.known if given else {}
        # On two processors both trainings take as long as one.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
            calibrated = other.submit(
                _calibrate, held, lessons[0], known, list(examples.outside), folder / "calibration.json"
            )
            cutter = tokenizer_for(entries)
            used = _learned(lessons[1], cutter, given, folder / "model", _part(progress, 0.1, 0.75))
            scope_model = ScopeModel.train(
                inside, examples.outside, cutter, features_of(used), THRESHOLD, examples.generated
            )
            scope_model.save(folder / "scope")
            progress(0.9)
            calibrated.result()

    model_files.put_in_place(target, make)
    progress(1.0)
    model_files.keep_newest(target.parent, KEEP, target)
    found = find(models, digest, choice)
    if found is None:
        raise RuntimeError(f"the trained encoder is missing from {target}")
    return found


@dataclass(frozen=True)
class _Lesson:
    """What one encoder learns from."""

    entries: Sequence[ContentEntry]
    groups: Sequence[Sequence[str]]
    choice: EncoderChoice
    epochs: int


def _given(choice: EncoderChoice, known: Mapping[str, Vectors] | None = None) -> Remembering | None:
    """The pretrained encoders, if any are wanted beside ours; ``known``: vectors that need not be made again."""
    if not (choice.own and choice.pretrained):
        return None
    return Remembering(load_pretrained(choice.pretrained), known)


def _learned(
    lesson: _Lesson, cutter: Tokenizer, given: Remembering | None, folder: Path, progress: Callable[[float], None]
) -> Encoder:
    """Train in ``folder``, or open what needs no training."""
    choice = lesson.choice
    if not choice.own:
        return load_encoder(choice.model, cutter)
    pretrained = Pretrained(choice.pretrained, given) if given else None
    train_encoder(lesson.groups, cutter, folder, epochs=lesson.epochs, progress=progress, pretrained=pretrained)
    write_words(folder, taught_words(lesson.entries))
    return load_trained(folder, cutter, given)


def _calibrate(
    held: HeldOut, lesson: _Lesson, known: Mapping[str, Vectors], outside: Sequence[str], target: Path
) -> None:
    """Fit the probabilities with an encoder that has not seen what is asked; runs in a process of its own."""
    cutter = tokenizer_for(held.entries)
    with tempfile.TemporaryDirectory() as work:
        encoder = _learned(lesson, cutter, _given(lesson.choice, known), Path(work), lambda share: None)
        fit_calibration(held, outside, encoder, cutter).save(target)


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
