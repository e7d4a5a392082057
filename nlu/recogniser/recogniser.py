"""The recogniser: a linear-chain conditional random field (Lafferty, McCallum and Pereira 2001; CRFsuite) over characters."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pycrfsuite

from nlu.entities.span import Span
from nlu.recogniser.augment import Augmenter
from nlu.recogniser.corpus import OUTSIDE, Sentence, spans
from nlu.recogniser.features import features

MODEL_FILE = "model.crfsuite"
ITERATIONS = 70
PARAMETERS = {"c1": 0.05, "c2": 0.05, "feature.minfreq": 2, "feature.possible_transitions": True}
# Each sentence with a name or a house is learned so often with other ones.
TIMES = 4
# A span whose least sure character is less probable than this is none.
LEAST = 0.4
MASKS = "＊*"
Ruled = Callable[[str], Sequence[Span]]


class Recogniser:
    """Finds names and houses. Any number of threads may ask at once: each has a reader of its own."""

    def __init__(self, model: bytes, least: float = LEAST) -> None:
        self._model = model
        self._least = least
        self._local = threading.local()

    def find(self, text: str, ruled: Sequence[Span] = ()) -> list[Span]:
        """Spans of the kinds ``name`` and ``address``. ``ruled``: what the rules found, which is taken into account."""
        if not text:
            return []
        tagger = self._tagger()
        tagger.set(features(text, ruled))
        return [
            Span(start, end, text[start:end], text[start:end], kind)
            for start, end, kind in spans(tagger.tag())
            if not any(char in MASKS for char in text[start:end]) and self._sure(tagger, start, end, kind)
        ]

    def _sure(self, tagger: pycrfsuite.Tagger, start: int, end: int, kind: str) -> bool:
        tags = [f"B-{kind}", *[f"I-{kind}"] * (end - start - 1)]
        return all(tagger.marginal(tag, place) >= self._least for place, tag in enumerate(tags, start))

    def _tagger(self) -> pycrfsuite.Tagger:
        tagger = getattr(self._local, "tagger", None)
        if tagger is None:
            tagger = pycrfsuite.Tagger()
            tagger.open_inmemory(self._model)
            self._local.tagger = tagger
        return tagger

    @classmethod
    def train(
        cls,
        sentences: Sequence[Sentence],
        without: Sequence[str],
        ruled: Ruled,
        progress: Callable[[float], None] = lambda share: None,
    ) -> Recogniser:
        """Learn from sentences, the same with other names, and texts ``without`` any; ``ruled``: the rules."""
        lessons = [*sentences, *Augmenter(sentences).others(sentences, TIMES)]
        lessons += [Sentence("", text, (OUTSIDE,) * len(text)) for text in without]
        trainer = pycrfsuite.Trainer(verbose=False)
        for done, one in enumerate(lessons):
            trainer.append(features(one.text, ruled(one.text)), one.tags)
            progress(0.4 * done / len(lessons))
        trainer.set_params(PARAMETERS | {"max_iterations": ITERATIONS})
        with tempfile.TemporaryDirectory() as place:
            file = Path(place) / MODEL_FILE
            trainer.train(str(file))
            return cls(file.read_bytes())

    def save(self, folder: Path) -> None:
        """Write to a new folder."""
        folder.mkdir(parents=True)
        (folder / MODEL_FILE).write_bytes(self._model)

    @classmethod
    def load(cls, folder: Path) -> Recogniser:
        """Read what ``save`` wrote; raises FileNotFoundError."""
        return cls((folder / MODEL_FILE).read_bytes())
