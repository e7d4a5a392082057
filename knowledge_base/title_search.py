"""Search over bare titles: any list of services, statutes or questions, without answers or curation.

Three opinions, each standardised over all titles: BM25 over words and character bigrams, TF-IDF over characters, and the
cosine of the sentence vectors. ``wenzheng eval retrieval`` measures it on any list of titles, such as a city's own catalogue.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from nlu.city_name import own_or_nothing
from nlu.encoder.ports import Encoder
from nlu.entities.division import find_divisions
from nlu.text import content_only, normalise
from nlu.tokenizer import Tokenizer

Scores = npt.NDArray[np.float64]
# Titles are short: a word that stands twice says little more, and length tells little.
SATURATION, LENGTH_PENALTY = 0.6, 0.4
# How much each opinion counts: docs/language.md has the table.
WEIGHTS = {"bm25": 0.25, "characters": 0.5, "vectors": 3.0}
LONGEST_GRAM = 3
# A city's own name tells its services not apart; 香港, 澳门 and 台湾 do (通行证).
TELLING_DIVISIONS = ("71", "81", "82")


class TitleSearch:
    """``search`` gives ids with a score that only ranks within one query."""

    def __init__(self, rows: Sequence[tuple[str, str]], encoder: Encoder, tokenizer: Tokenizer) -> None:
        self._ids = [name for name, _ in rows]
        self._encoder = encoder
        self._tokenizer = tokenizer
        titles = [without_divisions(title) for _, title in rows]
        self._words = _Inverted([tokenizer.terms(title) for title in titles])
        self._characters = _Inverted([_grams(title) for title in titles])
        self._vectors = encoder.encode(titles)

    def search(self, query: str, limit: int) -> list[tuple[str, float]]:
        """The best ``limit`` ids, best first."""
        scores = self.scores(query)
        order = np.argsort(-scores, kind="stable")[:limit]
        return [(self._ids[place], float(scores[place])) for place in order]

    def scores(self, query: str) -> Scores:
        """One score a title, in the order of the rows."""
        plain = without_divisions(query)
        opinions = {
            "bm25": self._words.bm25(self._tokenizer.terms(plain)),
            "characters": self._characters.cosine(_grams(plain)),
            "vectors": (self._vectors @ self._encoder.encode([plain])[0]).astype(np.float64),
        }
        total = np.zeros(len(self._ids))
        for name, opinion in opinions.items():
            total += WEIGHTS[name] * (opinion - opinion.mean()) / (opinion.std() + 1e-6)
        return total


def without_divisions(text: str) -> str:
    """The text with names of provinces, cities and counties read as the city's own; itself where nothing else is in it."""
    kept, at = [], 0
    for span in find_divisions(text):
        if not span.value.startswith(TELLING_DIVISIONS):
            kept += [text[at : span.start], own_or_nothing(text, span.start, span.end)]
            at = span.end
    plain = "".join([*kept, text[at:]])
    return plain if content_only(plain) else text


class _Inverted:
    """Terms to the documents that have them, with the weights for BM25 (Robertson and Zaragoza 2009) and TF-IDF cosine."""

    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        counts = [Counter(terms) for terms in documents]
        self._count = len(documents)
        frequency = Counter(term for document in counts for term in document)
        self._bm25_idf = {t: math.log(1 + (self._count - n + 0.5) / (n + 0.5)) for t, n in frequency.items()}
        self._idf = {t: math.log((1 + self._count) / (1 + n)) + 1 for t, n in frequency.items()}
        mean = sum(map(len, documents)) / max(1, self._count) or 1.0
        self._postings: dict[str, list[tuple[int, float, float]]] = defaultdict(list)
        for place, document in enumerate(counts):
            weights = {term: (1 + math.log(count)) * self._idf[term] for term, count in document.items()}
            norm = math.sqrt(sum(value * value for value in weights.values())) or 1.0
            length = SATURATION * (1 - LENGTH_PENALTY + LENGTH_PENALTY * sum(document.values()) / mean)
            for term, count in document.items():
                gain = self._bm25_idf[term] * count * (SATURATION + 1) / (count + length)
                self._postings[term].append((place, gain, weights[term] / norm))

    def bm25(self, terms: Sequence[str]) -> Scores:
        """BM25 of every document."""
        scores = np.zeros(self._count)
        for term in terms:
            for place, gain, _ in self._postings.get(term, ()):
                scores[place] += gain
        return scores

    def cosine(self, terms: Sequence[str]) -> Scores:
        """TF-IDF cosine of every document, up to the length of the query, which is the same for all."""
        scores = np.zeros(self._count)
        for term, count in Counter(terms).items():
            weight = (1 + math.log(count)) * self._idf.get(term, 0.0)
            for place, _, share in self._postings.get(term, ()):
                scores[place] += weight * share
        return scores


def _grams(text: str) -> list[str]:
    """Characters, pairs and triples."""
    plain = content_only(normalise(text))
    return [plain[i : i + n] for n in range(1, LONGEST_GRAM + 1) for i in range(len(plain) - n + 1)]
