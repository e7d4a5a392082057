"""The recogniser in use: made from the corpus when it changed, and found again when it did not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from nlu import folding, model_files, text, tokenizer
from nlu.folding import folded
from nlu.privacy import find_personal_data
from nlu.recogniser import augment, characters, corpus, features, recogniser
from nlu.recogniser.recogniser import Recogniser

CODE = (augment, characters, corpus, features, folding, recogniser, text, tokenizer)
RULES = Path(__file__).parents[1] / "entities"
KEEP = 2
# So many texts without names are learned from. With 2,500, names are hidden less often of pens it never saw; with these,
# something is hidden in 24 of a thousand calm questions (15 with 2,500).
WITHOUT = 1200


def fingerprint(calm_files: Sequence[Path]) -> str:
    """Hash of all that decides what comes out. ``calm_files``: where the texts without names beside the corpus are from."""
    rules = sorted(RULES.glob("*.py"))
    data = [*corpus.files(), *calm_files, *model_files.lexicon_files()]
    return model_files.fingerprint([*data, *rules, *model_files.code_files(CODE)])


def find(models: Path, calm_files: Sequence[Path]) -> Path | None:
    """The recogniser of the present corpus, if it is trained."""
    folder = models / "recogniser" / fingerprint(calm_files)
    return folder if folder.is_dir() else None


def without_names(texts: Sequence[str]) -> list[str]:
    """Some of the texts, evenly chosen, in which the rules find no name and no house."""
    step = max(1.0, len(texts) / WITHOUT)
    plain = [folded(texts[int(place * step)]) for place in range(min(WITHOUT, len(texts)))]
    return [one for one in plain if not any(span.kind in corpus.KINDS for span in find_personal_data(one))]


def train(
    models: Path,
    calm_files: Sequence[Path],
    calm: Sequence[str],
    progress: Callable[[float], None] = lambda share: None,
) -> Path:
    """Train on all pens but the held-out ones and on calm texts; appears at once and whole, or not at all."""
    target = models / "recogniser" / fingerprint(calm_files)
    made = Recogniser.train(corpus.read(corpus.files()), without_names(calm), find_personal_data, progress)
    model_files.put_in_place(target, made.save)
    model_files.keep_newest(target.parent, KEEP, target)
    progress(1.0)
    return target


def load(models: Path, calm_files: Sequence[Path]) -> Recogniser | None:
    """The recogniser of the present corpus, or None while it is not trained."""
    folder = find(models, calm_files)
    return Recogniser.load(folder) if folder else None
