"""A term of the vocabulary as staff write it, checked; and the vocabulary of the terms that are in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from knowledge_base.lifecycle import InvalidEntry, KnowledgeError
from knowledge_base.vocabulary.models import VocabularyRevision, VocabularyTerm
from knowledge_base.vocabulary.words import KINDS, Kind, Term, Vocabulary
from nlu.text import normalise

SHORTEST, LONGEST, MOST_WORDS = 2, 40, 20
LONGEST_NOTE = 300


class TermNotFound(KnowledgeError):
    """No term has this id."""

    def __init__(self) -> None:
        super().__init__("词表里没有这个词了，请刷新后再看")


class TermForm(BaseModel):
    """What staff write about a term."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    words: tuple[str, ...]
    official: str
    note: str = ""

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> TermForm:
        """Check what came from a page, a file or an API; raises InvalidEntry, in Chinese."""
        try:
            form = cls.model_validate(data)
        except ValidationError as error:
            raise InvalidEntry(f"请填写类型（{'、'.join(KINDS.values())}）、词和对应的规范词") from error
        words = tuple(dict.fromkeys(word.strip() for word in form.words if word.strip()))
        form = cls(kind=form.kind, words=words, official=form.official.strip(), note=form.note.strip())
        form.check()
        return form

    def check(self) -> None:
        """Raise InvalidEntry for words that cannot be looked for."""
        if not self.words:
            raise InvalidEntry("请写下至少一个词")
        if len(self.words) > MOST_WORDS:
            raise InvalidEntry(f"一次最多写 {MOST_WORDS} 个词，请分开添加")
        for word in (*self.words, self.official):
            if not SHORTEST <= len(normalise(word)) <= LONGEST:
                raise InvalidEntry(f"“{word[:LONGEST]}”太短或太长，词要有 {SHORTEST}–{LONGEST} 个字")
        if normalise(self.official) in map(normalise, self.words):
            raise InvalidEntry(f"“{self.official}”是规范词，不用再写进左边的词里")
        if len(self.note) > LONGEST_NOTE:
            raise InvalidEntry(f"说明不能超过 {LONGEST_NOTE} 字")

    def term(self) -> Term:
        """As search takes it."""
        return Term(self.kind, self.words, self.official)


def form_of(row: VocabularyTerm) -> TermForm:
    """What staff work at."""
    return TermForm.model_validate({name: getattr(row, name) for name in TermForm.model_fields})


def revision_of(row: VocabularyTerm, deed: str, actor: str) -> VocabularyRevision:
    """What a deed left of a term."""
    snapshot = {**form_of(row).model_dump(mode="json"), "live": row.live is not None}
    return VocabularyRevision(term_id=row.id, version=row.version, deed=deed, author=actor, snapshot=snapshot)


def vocabulary_of(live: Iterable[Mapping[str, Any]]) -> Vocabulary:
    """The vocabulary of what is in force (``VocabularyTerm.live``)."""
    return Vocabulary(Term(one["kind"], tuple(one["words"]), one["official"]) for one in live)


def live_columns(form: TermForm) -> dict[str, Any]:
    """``VocabularyTerm.live`` of a form that comes into force."""
    return {"kind": form.kind, "words": list(form.words), "official": form.official}


def claimed(form: TermForm, others: Iterable[VocabularyTerm]) -> tuple[str, str] | None:
    """A word that another term already has, and the official word there; the same word in two terms would be a riddle."""
    wanted = {normalise(word): word for word in form.words}
    for other in others:
        for word in other.words:
            if (other.kind == "typo") == (form.kind == "typo") and normalise(word) in wanted:
                return wanted[normalise(word)], other.official
    return None
