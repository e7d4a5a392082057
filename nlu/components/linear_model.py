"""Multinomial logistic regression over the sentence features of Rasa messages; one message without building matrices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message

from nlu.components import softmax_regression

Floats = npt.NDArray[np.float32]
Rows = Any  # numbers of rows of the weights, or a slice of them


@dataclass(frozen=True)
class TrainingOptions:
    """How the weights are learned.

    ``strength``: C of scikit-learn, large for little regularisation. ``dense_scale``: what dense features are multiplied
    by in training, for they are small beside counts; the weights make up for it afterwards.
    """

    strength: float = 1.0
    dense_scale: float = 1.0
    max_iterations: int = 300
    tolerance: float = 1e-4


class LinearModel:
    """Weights of shape (features, labels), float32, and which of their rows belong to which featurizer.

    ``sizes``: how many features each featurizer gives, by its name, in the order of their rows.
    """

    def __init__(
        self, labels: Sequence[str], sizes: Mapping[str, int], weights: npt.ArrayLike, bias: npt.ArrayLike
    ) -> None:
        self.labels = list(labels)
        self._sizes = dict(sizes)
        self._starts = _starts(sizes)
        self._weights: Floats = np.ascontiguousarray(weights, dtype=np.float32)
        self._bias: Floats = np.asarray(bias, dtype=np.float32)

    def probabilities(self, message: Message) -> Floats:
        """Array of shape (labels,), adding up to one. Raises ValueError if features do not fit those of training."""
        scores = self._bias.copy()
        for rows, values in _present(message, self._sizes, self._starts):
            scores += values @ self._weights[rows]
        powers = np.exp(scores - scores.max())
        return np.asarray(powers / powers.sum())

    def save(self, path: Path) -> None:
        """Arrays only, no pickle."""
        np.savez(
            path,
            labels=np.array(self.labels),
            names=np.array(list(self._sizes)),
            sizes=np.array(list(self._sizes.values())),
            weights=self._weights,
            bias=self._bias,
        )

    @classmethod
    def load(cls, path: Path) -> LinearModel:
        """What ``save`` wrote."""
        with np.load(path, allow_pickle=False) as arrays:
            sizes = dict(zip(arrays["names"].tolist(), arrays["sizes"].tolist(), strict=True))
            return cls(arrays["labels"].tolist(), sizes, arrays["weights"], arrays["bias"])


def fit(messages: Sequence[Message], labels: Sequence[str], options: TrainingOptions) -> LinearModel:
    """Learn to tell the labels apart; needs two different ones at least. Equal examples give equal weights."""
    features = [item for message in messages for item in _sentence_features(message)]
    sizes = {item.origin: item.features.shape[1] for item in features}
    dense = {item.origin for item in features if item.is_dense()}
    # Dense numbers have a matrix of their own: in one sparse matrix they would take most of the time.
    blocks = [Block(messages, sizes, [name for name in sizes if (name in dense) is kind]) for kind in (False, True)]
    tables = [blocks[0].sparse(), blocks[1].dense(options.dense_scale)]
    names, targets = np.unique(np.asarray(labels), return_inverse=True)
    weights, bias = softmax_regression.fit(tables, targets, options.strength, options.max_iterations, options.tolerance)
    starts = _starts(sizes)
    rows = np.concatenate([block.rows(starts) for block in blocks])
    placed = np.zeros_like(weights)
    placed[rows] = np.vstack([weights[: tables[0].shape[1]], weights[tables[0].shape[1] :] * options.dense_scale])
    return LinearModel(names.tolist(), sizes, placed, bias)


class Block:
    """The features of some featurizers, of all messages, as one matrix; those that a message lacks are zero."""

    def __init__(self, messages: Sequence[Message], sizes: Mapping[str, int], origins: Sequence[str]) -> None:
        self._sizes = {origin: sizes[origin] for origin in origins}
        self._starts = _starts(self._sizes)
        self._width = sum(self._sizes.values())
        self._cells = [list(_present(message, self._sizes, self._starts)) for message in messages]

    def rows(self, starts: Mapping[str, int]) -> npt.NDArray[np.int64]:
        """Which rows of the model's weights the columns are."""
        parts = [np.arange(starts[origin], starts[origin] + size) for origin, size in self._sizes.items()]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)

    def sparse(self) -> Any:
        """A matrix in compressed rows."""
        from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

        columns = [rows for row in self._cells for rows, _ in row] or [np.zeros(0, dtype=np.int64)]
        values = [amounts for row in self._cells for _, amounts in row] or [np.zeros(0, dtype=np.float32)]
        ends = [0, *accumulate(sum(len(amounts) for _, amounts in row) for row in self._cells)]
        shape = (len(self._cells), self._width)
        return csr_matrix((np.concatenate(values).astype(np.float64), np.concatenate(columns), ends), shape=shape)

    def dense(self, scale: float) -> npt.NDArray[np.float64]:
        """A plain matrix, multiplied by ``scale``."""
        table = np.zeros((len(self._cells), self._width))
        for place, row in enumerate(self._cells):
            for rows, amounts in row:
                table[place, rows] = amounts
        return table * scale


def _starts(sizes: Mapping[str, int]) -> dict[str, int]:
    """The first row of each featurizer."""
    return dict(zip(sizes, accumulate(sizes.values(), initial=0), strict=False))


def _sentence_features(message: Message) -> Iterator[Features]:
    for item in message.features:
        if item.attribute == TEXT and item.type == FEATURE_TYPE_SENTENCE:
            yield item


def _present(message: Message, sizes: Mapping[str, int], starts: Mapping[str, int]) -> Iterator[tuple[Rows, Floats]]:
    """Rows and values of what is there in a message; featurizers that training did not know are passed over."""
    for item in _sentence_features(message):
        start, matrix = starts.get(item.origin), item.features
        if start is None:
            continue
        if matrix.shape[1] != sizes[item.origin]:
            raise ValueError(f"{item.origin} gives {matrix.shape[1]} features, in training {sizes[item.origin]}")
        if item.is_dense():
            yield slice(start, start + matrix.shape[1]), matrix[0].astype(np.float32, copy=False)
        else:
            row = matrix if matrix.format == "coo" else matrix.tocoo()
            yield row.col + start, row.data.astype(np.float32)
