"""Our own spaCy pipeline: words as the whole assistant cuts them, and the terms of the government lexicon as entities.

Built without weights from elsewhere: ``python -m nlu.spacy_pipeline FOLDER`` in Rasa's environment, the only one with
spaCy; this module can be imported without it. Rasa's ``SpacyNLP`` loads the folder, after our components were imported.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlu import alignment, model_files, text, tokenizer, vocabulary
from nlu.text import normalise
from nlu.tokenizer import Tokenizer
from nlu.vocabulary import TermGroup, named_things

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

TOKENIZER = "wenzheng.Tokenizer.v1"
CODE = (alignment, text, tokenizer, vocabulary)
REMEMBERED_CUTS = 16


class SpacyTokenizer:
    """Cuts a text where :class:`nlu.tokenizer.Tokenizer` cuts its normal form; every character of the text is kept.

    A token's text is what was typed; where the word in normal form differs, it is its ``norm_`` and ``lemma_``, so that
    ＣＰＵ is cpu to whoever counts lemmas or matches norms. Each character that belongs to no word is a token of its own.
    """

    def __init__(self, vocabulary: Any) -> None:
        self.vocab = vocabulary
        self._tokenizer = _shared_cutter()
        # Features and entities of one message read the same text one after the other.
        self._cut = lru_cache(maxsize=REMEMBERED_CUTS)(self._cut_anew)

    def __call__(self, text: str) -> Doc:
        """The document of a text; ``doc.text == text``."""
        from spacy.tokens import Doc

        words: list[str] = []
        spaces: list[bool] = []
        norms: list[str] = []
        for piece, norm in self._cut(text):
            if piece == " " and words and not spaces[-1]:
                spaces[-1] = True  # spaCy keeps one space with the word before it
            else:
                words.append(piece)
                spaces.append(False)
                norms.append(norm)
        doc = Doc(self.vocab, words=words, spaces=spaces)
        for token, word, norm in zip(doc, words, norms, strict=True):
            if norm != word:  # else both are read from the text
                token.lemma_ = token.norm_ = norm
        return doc

    def _cut_anew(self, text: str) -> tuple[tuple[str, str], ...]:
        """Pieces that make up the text, each with its normal form."""
        normal = normalise(text)
        places = alignment.places_in(text, normal)
        pieces: list[tuple[str, str]] = []
        done, place = 0, 0
        for word in self._tokenizer.words(normal):
            place = normal.index(word, place)
            start, end = places[place], places[place + len(word)]
            place += len(word)
            start = max(start, done)
            if end > start:
                pieces += _characters(text[done:start])
                pieces.append((text[start:end], word))
                done = end
        return tuple(pieces + _characters(text[done:]))

    def to_disk(self, path: Any, **_: Any) -> None:
        """Nothing is learned; the words are in the lexicon."""

    def from_disk(self, path: Any, **_: Any) -> SpacyTokenizer:
        """Nothing to read."""
        return self

    def to_bytes(self, **_: Any) -> bytes:
        """Nothing is learned."""
        return b""

    def from_bytes(self, data: bytes, **_: Any) -> SpacyTokenizer:
        """Nothing to read."""
        return self


def _characters(text: str) -> list[tuple[str, str]]:
    """Each character with its normal form, or itself where that is nothing."""
    return [(char, normalise(char) or char) for char in text]


@lru_cache(maxsize=1)
def _shared_cutter() -> Tokenizer:
    """The dictionary is large; every pipeline of a process reads the same."""
    return Tokenizer()


def register() -> None:
    """Tell spaCy, where it is installed, of our tokenizer; doing it again changes nothing."""
    if find_spec("spacy") is None:
        return
    import spacy

    def create() -> Any:
        return lambda nlp: SpacyTokenizer(nlp.vocab)

    spacy.registry.tokenizers.register(TOKENIZER, func=create)


def patterns(groups: Iterable[TermGroup]) -> list[dict[str, str]]:
    """EntityRuler patterns: label = kind, id = standard name. A word that stands in two groups belongs to the first."""
    found: dict[str, dict[str, str]] = {}
    for group in groups:
        for word in group.words:
            found.setdefault(word, {"label": group.label, "pattern": word, "id": group.words[0]})
    return list(found.values())


def fingerprint() -> str:
    """Hash of all that decides how the pipeline cuts and what it finds: lexicon and code."""
    return model_files.fingerprint([*model_files.lexicon_files(), Path(__file__), *model_files.code_files(CODE)])


def build(target: Path) -> None:
    """Build the pipeline and save it in the folder ``target``; appears at once and whole, or not at all."""
    import spacy

    register()
    nlp: Language = spacy.blank("zh", config={"nlp": {"tokenizer": {"@tokenizers": TOKENIZER}}})
    ruler: Any = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "NORM"})
    ruler.add_patterns(patterns(named_things()))
    model_files.put_in_place(target, nlp.to_disk)


if __name__ == "__main__":
    build(Path(sys.argv[1]))
