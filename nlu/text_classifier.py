"""A linear classifier of texts over words, character n-grams and, if wanted, a sentence vector.

Multinomial logistic regression on TF-IDF (Sebastiani 2002, doi:10.1145/505282.505283): fast, small, trained in seconds,
and it can say which words decided. scikit-learn trains it; numpy alone applies it.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from nlu.text import content_only
from nlu.tokenizer import Tokenizer

Array = npt.NDArray[np.float32]
WORD, CHARACTERS, MARK = "w", "c", "m"
MAX_ITERATIONS = 300
DECIDING_WORDS = 5
FOLDS, SEED = 3, 0


class SentenceVectors(Protocol):
    """An encoder: see :class:`nlu.encoder.static.StaticEncoder`."""

    def encode(self, texts: Sequence[str]) -> Array:
        """Unit vectors, shape (len(texts), dimension)."""


@dataclass(frozen=True)
class Options:
    """How features are made and how strongly the weights are held back (``strength``: scikit-learn's C)."""

    shortest: int = 2
    longest: int = 4
    least_count: int = 2
    strength: float = 10.0
    # A linear support vector machine and not logistic regression; how much the sentence vector counts beside the words.
    margins: bool = False
    vector_scale: float = 1.0
    # Function words (我, 不, 吗 …) count too: they tell who, whether and if it is asked.
    function_words: bool = False
    # Labels weigh the same however many examples they have; else each example does, and probabilities follow how often
    # a label occurs.
    balanced: bool = True


@dataclass(frozen=True)
class Classified:
    """The best label, its probability, all labels best first, and the words that spoke most for the best."""

    label: str
    probability: float
    ranking: tuple[tuple[str, float], ...]
    words: tuple[str, ...]


class TextClassifier:
    """Trained by :meth:`fit`, kept by :meth:`save`; ``encoder`` must be the same one in both lives, or None in both.

    ``marks``: what else is to be noted of a text, beside its words and n-grams; the same in both lives as well.
    """

    def __init__(
        self,
        tokenizer: Tokenizer,
        encoder: SentenceVectors | None = None,
        options: Options | None = None,
        marks: Callable[[str], Sequence[str]] | None = None,
    ) -> None:
        self._tokenizer = tokenizer
        self._encoder = encoder
        self._marks = marks
        self._options = options or Options()
        self.labels: list[str] = []
        self._rows: dict[str, int] = {}
        self._terms: list[str] = []
        self._idf: Array = np.zeros(0, dtype=np.float32)
        self._weights: Array = np.zeros((0, 0), dtype=np.float32)
        self._bias: Array = np.zeros(0, dtype=np.float32)

    def fit(
        self, texts: Sequence[str], labels: Sequence[str], around: Sequence[Sequence[str]] | None = None
    ) -> TextClassifier:
        """Learn from ``texts`` and their ``labels``. ``around``: what was noted of the situation of each text."""
        from scipy.sparse import csr_matrix, hstack  # type: ignore[import-untyped]

        situations = around if around is not None else [()] * len(texts)
        counted = [self._counts(text, marks) for text, marks in zip(texts, situations, strict=True)]
        found = Counter(term for counts in counted for block in counts for term in block)
        kept = [term for term, count in found.items() if count >= self._options.least_count]
        self._know(kept)
        self._idf = np.array([math.log((1 + len(texts)) / (1 + found[term])) + 1 for term in kept], dtype=np.float32)
        data, columns, starts = [], [], [0]
        for counts in counted:
            rows, values = self._sparse(counts)
            columns.extend(rows)
            data.extend(values)
            starts.append(len(columns))
        matrix = csr_matrix((data, columns, starts), shape=(len(texts), len(kept)), dtype=np.float32)
        if self._encoder is not None:
            vectors = self._encoder.encode(texts) * np.float32(self._options.vector_scale)
            matrix = hstack([matrix, csr_matrix(vectors)]).tocsr()
        model = _fitted(matrix, list(labels), self._options)
        self.labels = [str(label) for label in model.classes_]
        weights, bias = model.coef_, model.intercept_
        if len(self.labels) == 2:
            weights, bias = np.vstack([-weights, weights]) / 2, np.concatenate([-bias, bias]) / 2
        if self._options.margins:
            sharpness = _sharpness(matrix, list(labels), self._options)
            weights, bias = weights * sharpness, bias * sharpness
        self._weights, self._bias = np.ascontiguousarray(weights.T, dtype=np.float32), bias.astype(np.float32)
        return self

    def classify(self, text: str, around: Sequence[str] = ()) -> Classified:
        """The text's label; a text without a known feature gets what the bias says. ``around``: as in :meth:`fit`."""
        counts = self._counts(text, around)
        rows, values = self._sparse(counts)
        scores = self._bias + np.asarray(values, dtype=np.float32) @ self._weights[rows] if rows else self._bias.copy()
        if self._encoder is not None:
            vector = self._encoder.encode([text])[0] * np.float32(self._options.vector_scale)
            scores = scores + vector @ self._weights[len(self._rows) :]
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        order = np.argsort(-shares, kind="stable")
        ranking = tuple((self.labels[place], round(float(shares[place]), 4)) for place in order)
        best = int(order[0])
        return Classified(*ranking[0], ranking, self._deciding(rows, values, best))

    def probability(self, text: str, label: str) -> float:
        """How likely ``label`` is for the text, 0–1."""
        return dict(self.classify(text).ranking)[label]

    def save(self, folder: Path) -> None:
        """Write to ``folder``, which is made."""
        folder.mkdir(parents=True, exist_ok=True)
        np.savez(folder / "weights.npz", idf=self._idf, weights=self._weights, bias=self._bias)
        about = {"labels": self.labels, "terms": self._terms, "options": vars(self._options)}
        (folder / "classifier.json").write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(
        cls,
        folder: Path,
        tokenizer: Tokenizer,
        encoder: SentenceVectors | None = None,
        marks: Callable[[str], Sequence[str]] | None = None,
    ) -> TextClassifier:
        """Read what ``save`` wrote; raises FileNotFoundError."""
        about = json.loads((folder / "classifier.json").read_text(encoding="utf-8"))
        made = cls(tokenizer, encoder, Options(**about["options"]), marks)
        made.labels = about["labels"]
        made._know(about["terms"])
        with np.load(folder / "weights.npz") as arrays:
            made._idf, made._weights, made._bias = arrays["idf"], arrays["weights"], arrays["bias"]
        return made

    def _know(self, terms: list[str]) -> None:
        self._terms, self._rows = terms, {term: row for row, term in enumerate(terms)}

    def _counts(self, text: str, around: Sequence[str]) -> tuple[Counter[str], ...]:
        """How often each word, each character n-gram and each mark stands in the text."""
        cut = self._tokenizer.words if self._options.function_words else self._tokenizer.content_words
        words = cut(text)
        joined = content_only("".join(words))
        marks = (*around, *(self._marks(text) if self._marks else ()))
        return (
            Counter(WORD + word for word in words),
            Counter(CHARACTERS + gram for gram in self._grams(joined)),
            Counter(MARK + mark for mark in marks),
        )

    def _grams(self, joined: str) -> Iterator[str]:
        for length in range(self._options.shortest, self._options.longest + 1):
            for start in range(len(joined) - length + 1):
                yield joined[start : start + length]

    def _sparse(self, counts: Sequence[Counter[str]]) -> tuple[list[int], list[float]]:
        """Known terms as rows of the weights, with TF-IDF values; words, n-grams and marks each of length one."""
        rows: list[int] = []
        values: list[float] = []
        for block in counts:
            known = [(self._rows[term], 1 + math.log(count)) for term, count in block.items() if term in self._rows]
            weighed = [value * float(self._idf[row]) for row, value in known]
            length = math.sqrt(sum(value * value for value in weighed)) or 1.0
            rows.extend(row for row, _ in known)
            values.extend(value / length for value in weighed)
        return rows, values

    def _deciding(self, rows: Sequence[int], values: Sequence[float], label: int) -> tuple[str, ...]:
        """The words (no n-grams) that spoke most for the label against the mean of all, strongest first."""
        if not rows:
            return ()
        names = self._terms
        part = self._weights[rows]
        gain = part[:, label] - part.mean(axis=1)
        spoken = [(float(value * one), names[row]) for row, value, one in zip(rows, values, gain)]  # noqa: B905 - equal lengths
        best = sorted((item for item in spoken if item[0] > 0 and item[1].startswith(WORD)), reverse=True)
        return tuple(name.removeprefix(WORD) for _, name in best[:DECIDING_WORDS])


def _fitted(matrix: Any, labels: Sequence[str], options: Options) -> Any:
    """The model that ``options`` ask for."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import LinearSVC

    weights = "balanced" if options.balanced else None
    if options.margins:
        model = LinearSVC(C=options.strength, class_weight=weights, random_state=SEED)
    else:
        model = LogisticRegression(C=options.strength, class_weight=weights, max_iter=MAX_ITERATIONS)
    return model.fit(matrix, labels)


def _sharpness(matrix: Any, labels: Sequence[str], options: Options) -> float:
    """What margins are multiplied by so that their softmax is right as often as it says (Guo et al. 2017, temperature
    scaling, https://arxiv.org/abs/1706.04599); found on examples that the margins have not seen.
    """
    from scipy.optimize import minimize_scalar  # type: ignore[import-untyped]
    from sklearn.model_selection import StratifiedKFold

    rarest = min(Counter(labels).values())
    if rarest < 2:
        return 1.0
    names = sorted(set(labels))
    rows: list[npt.NDArray[np.float64]] = []
    right: list[int] = []
    for learned, asked in StratifiedKFold(min(FOLDS, rarest), shuffle=True, random_state=SEED).split(matrix, labels):
        model = _fitted(matrix[learned], [labels[place] for place in learned], options)
        margins = model.decision_function(matrix[asked])
        rows.append(margins if margins.ndim == 2 else np.stack([-margins, margins], axis=1) / 2)
        right += [names.index(labels[place]) for place in asked]
    scores = np.concatenate(rows)

    def loss(sharpness: float) -> float:
        scaled = sharpness * scores
        return float((np.logaddexp.reduce(scaled, axis=1) - scaled[np.arange(len(right)), right]).mean())

    return float(minimize_scalar(loss, bounds=(0.1, 50.0), method="bounded").x)
