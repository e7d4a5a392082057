"""What our own search and routing are compared with: public methods, as anybody would set them up."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

import jieba
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import Pipeline, make_pipeline, make_union
from sklearn.svm import LinearSVC

from nlu.routing.examples import Example

Rows = Sequence[tuple[str, str]]
Ranked = list[tuple[str, float]]
# Robertson and Zaragoza 2009, doi:10.1561/1500000019: the usual values.
K1, B = 1.5, 0.75


def words_and_characters(text: str) -> list[str]:
    """Words of jieba, characters and character bigrams."""
    plain = text.lower()
    return [*jieba.lcut(plain), *plain, *(plain[place : place + 2] for place in range(len(plain) - 1))]


class Bm25:
    """BM25 over words, characters and bigrams."""

    def __init__(self, rows: Rows) -> None:
        self._ids = [name for name, _ in rows]
        documents = [Counter(words_and_characters(text)) for _, text in rows]
        lengths = [document.total() for document in documents]
        mean = sum(lengths) / len(lengths)
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for place, document in enumerate(documents):
            norm = K1 * (1 - B + B * lengths[place] / mean)
            for term, count in document.items():
                self._postings[term].append((place, count * (K1 + 1) / (count + norm)))

    def search(self, query: str, limit: int) -> Ranked:
        """Best first."""
        scores = np.zeros(len(self._ids))
        for term in words_and_characters(query):
            found = self._postings.get(term, [])
            idf = math.log(1 + (len(self._ids) - len(found) + 0.5) / (len(found) + 0.5))
            for place, gain in found:
                scores[place] += idf * gain
        return _best(self._ids, scores, limit)


class CharacterTfIdf:
    """Cosine of TF-IDF vectors over one to three characters."""

    def __init__(self, rows: Rows) -> None:
        self._ids = [name for name, _ in rows]
        self._vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
        self._matrix = self._vectorizer.fit_transform([text for _, text in rows])

    def search(self, query: str, limit: int) -> Ranked:
        """Best first."""
        scores = (self._matrix @ self._vectorizer.transform([query]).T).toarray().ravel()
        return _best(self._ids, scores, limit)


SEARCHES: dict[str, Callable[[Rows], Bm25 | CharacterTfIdf]] = {"BM25": Bm25, "char TF-IDF": CharacterTfIdf}


def linear_svc(examples: Sequence[Example]) -> Pipeline:
    """TF-IDF over words and over characters into a linear support vector machine, learned from whole messages."""
    features = make_union(
        TfidfVectorizer(tokenizer=jieba.lcut, token_pattern=None, sublinear_tf=True, min_df=2),
        TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, min_df=3),
    )
    texts = [f"{example.title} {example.text}".strip() for example in examples]
    return make_pipeline(features, LinearSVC()).fit(texts, [example.label for example in examples])


def _best(ids: Sequence[str], scores: np.ndarray, limit: int) -> Ranked:
    order = np.argsort(-scores, kind="stable")[:limit]
    return [(ids[place], float(scores[place])) for place in order]
