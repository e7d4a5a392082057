"""Cutting Chinese text into search terms: jieba words plus character bigrams, the same for questions and documents."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import jieba

from nlu.text import normalise
from nlu.vocabulary import LEXICON_DIR, lexicon_words

TERMS_FILE = LEXICON_DIR / "jieba" / "terms.txt"
SHARED_CUTS = 16
jieba.setLogLevel(logging.WARNING)


@lru_cache(maxsize=4)
def _loaded(lexicon: Path) -> jieba.Tokenizer:
    """The dictionary of jieba and ours, read once a process: that takes most of a second."""
    tokenizer = jieba.Tokenizer()
    with lexicon.open("rb") as file:
        tokenizer.load_userdict(file)
    for word in lexicon_words():
        tokenizer.add_word(word)
    return tokenizer


def _copy(loaded: jieba.Tokenizer) -> jieba.Tokenizer:
    """One that can be taught more without changing the loaded one."""
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total, tokenizer.initialized = dict(loaded.FREQ), loaded.total, True
    return tokenizer


class Tokenizer:
    """jieba with the government lexicon and with the names that the knowledge base brings.

    >>> Tokenizer().words("居住证怎么办")
    ['居住证', '怎么', '办']
    """

    def __init__(self, lexicon: Path = TERMS_FILE, stop_words: Path = LEXICON_DIR / "stop_words.txt") -> None:
        self._jieba = _copy(_loaded(lexicon))
        self._lock = threading.Lock()
        # Lexical and dense search cut the same question one after the other.
        self._terms = lru_cache(maxsize=SHARED_CUTS)(self._cut)
        self.stop_words = frozenset(stop_words.read_text(encoding="utf-8").split())

    def add_words(self, words: Iterable[str]) -> None:
        """Teach names that must stay whole, such as titles and aliases of entries."""
        with self._lock:
            for word in words:
                if 2 <= len(word) <= 12:
                    self._jieba.add_word(word)
            self._terms.cache_clear()

    def words(self, text: str) -> list[str]:
        """Words in order, punctuation and spaces dropped."""
        return [word for word in self._jieba.lcut(normalise(text)) if _has_content(word)]

    def content_words(self, text: str) -> list[str]:
        """Words without function words (怎么, 我, 吗 …); all words where nothing else is left."""
        words = self.words(text)
        return [word for word in words if word not in self.stop_words] or words

    def terms(self, text: str) -> list[str]:
        """Search terms: words as jieba's search mode cuts them, and every character bigram (``#`` marks them)."""
        return self._terms(normalise(text))[0]

    def encoder_terms(self, text: str) -> list[str]:
        """What our sentence encoder reads: search terms and every single character (``@`` marks them)."""
        terms, words = self._terms(normalise(text))
        return terms + [f"@{char}" for word in words for char in word]

    def _cut(self, plain: str) -> tuple[list[str], list[str]]:
        """Search terms and content words of a text in normal form."""
        words = [word for word in self._jieba.lcut(plain) if _has_content(word)]
        content = [word for word in words if word not in self.stop_words]
        parts = [
            word for word in self._jieba.lcut_for_search(plain) if word not in self.stop_words and _has_content(word)
        ]
        joined = "".join(content)
        bigrams = [f"#{joined[i : i + 2]}" for i in range(len(joined) - 1)]
        return parts + bigrams, content or words


def known_pieces(text: str) -> list[str]:
    """The text cut into words that the dictionary knows and the single characters between; joined they are the text."""
    pieces: list[str] = _loaded(TERMS_FILE).lcut(text, HMM=False)
    return pieces


def frequency(word: str) -> int:
    """How often jieba's corpus of 60 million words has the word; 0 where the dictionary does not know it."""
    return int(_loaded(TERMS_FILE).FREQ.get(word) or 0)


def _has_content(word: str) -> bool:
    """Whether there is a letter, digit or character in it."""
    return any(char.isalnum() for char in word)
