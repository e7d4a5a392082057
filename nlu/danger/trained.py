"""The danger judge in use: made from the corpus when it changed, in seconds, and found again when it did not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from nlu import model_files, text, text_classifier, tokenizer, vocabulary
from nlu.danger import corpus, frames, judge
from nlu.danger.corpus import Row, is_danger
from nlu.danger.frames import FRAMES_FILE
from nlu.danger.judge import NO_DANGER, DangerJudge
from nlu.tokenizer import Tokenizer

CODE = (corpus, frames, judge, text, text_classifier, tokenizer, vocabulary)
KEEP = 2


def fingerprint(calm_files: Sequence[Path]) -> str:
    """Hash of all that decides what comes out. ``calm_files``: where the calm sentences beside the corpus are from."""
    corpora = [*corpus.files(), *calm_files]
    return model_files.fingerprint([FRAMES_FILE, *corpora, *model_files.lexicon_files(), *model_files.code_files(CODE)])


def find(models: Path, calm_files: Sequence[Path]) -> Path | None:
    """The judge of the present corpus, if it is trained."""
    folder = models / "danger" / fingerprint(calm_files)
    return folder if folder.is_dir() else None


def learned_from(rows: Sequence[Row], calm: Sequence[str] = ()) -> DangerJudge:
    """A judge that has read these rows and calm sentences, and nothing else."""
    levelled = [(row.text, row.level) for row in rows] + [(one, NO_DANGER) for one in calm]
    kinds = [(row.text, row.kind) for row in rows if is_danger(row)]
    return DangerJudge.train(levelled, kinds, Tokenizer())


def train(
    models: Path,
    calm_files: Sequence[Path],
    calm: Sequence[str],
    progress: Callable[[float], None] = lambda share: None,
) -> Path:
    """Train on all pens but the held-out ones; appears at once and whole, or not at all."""
    target = models / "danger" / fingerprint(calm_files)
    made = learned_from(corpus.read(corpus.files()), calm)
    progress(0.9)
    model_files.put_in_place(target, made.save)
    model_files.keep_newest(target.parent, KEEP, target)
    progress(1.0)
    return target


def load(models: Path, calm_files: Sequence[Path]) -> DangerJudge | None:
    """The judge of the present corpus, or None while it is not trained."""
    folder = find(models, calm_files)
    # A tokenizer of its own: the names that the knowledge base teaches would cut texts otherwise than in training.
    return DangerJudge.load(folder, Tokenizer()) if folder else None
