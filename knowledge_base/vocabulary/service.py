"""What can be done with the vocabulary: list it, change it behind the gate, see beforehand what a change does, undo it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.database import SessionFactory
from knowledge_base.golden.gate import GateReport, PublishGate
from knowledge_base.lifecycle import FourEyes, InvalidEntry, KnowledgeError, RevisionNotFound, VersionConflict
from knowledge_base.review import same_person
from knowledge_base.search import Searcher
from knowledge_base.validity import today
from knowledge_base.vocabulary.models import VocabularyRevision, VocabularyTerm
from knowledge_base.vocabulary.preview import Preview, Reach, compare
from knowledge_base.vocabulary.terms import (
    TermForm,
    TermNotFound,
    claimed,
    form_of,
    live_columns,
    revision_of,
    vocabulary_of,
)
from knowledge_base.vocabulary.words import CHANGED, Expanded, LiveVocabulary, Vocabulary
from nlu.text import normalise
from nlu.vocabulary import TermGroup, named_things, synonym_groups

logger = logging.getLogger(__name__)


class EnabledByAnother(FourEyes):
    """Who wrote a term may not be the one who puts it in force."""

    def __init__(self) -> None:
        KnowledgeError.__init__(self, "这个词是您自己写的，按规定要由另一位同事启用。请先保存，不启用")


class VocabularyService:
    """``searcher_with`` makes a searcher that goes by another vocabulary; ``on_change`` tells other processes."""

    def __init__(
        self,
        sessions: SessionFactory,
        live: LiveVocabulary,
        searcher_with: Callable[[Vocabulary], Searcher],
        gate: PublishGate,
        *,
        region: str = "",
        four_eyes: bool = False,
        clock: Callable[[], date] = today,
        on_change: Callable[[list[str]], None] = lambda ids: None,
    ) -> None:
        self._sessions = sessions
        self._live = live
        self._searcher_with = searcher_with
        self._gate = gate
        self._region = region
        self.four_eyes = four_eyes
        self._clock = clock
        self.on_change = on_change

    # Reading --------------------------------------------------------------

    def load(self) -> None:
        """Make this process go by what is in force in the database."""
        self._live.current = self._vocabulary()

    def terms(self, query: str = "") -> list[VocabularyTerm]:
        """The terms that have ``query`` in their words, newest change first."""
        chosen = select(VocabularyTerm).order_by(VocabularyTerm.updated_at.desc(), VocabularyTerm.id.desc())
        with self._sessions() as session:
            rows = list(session.scalars(chosen))
        return [row for row in rows if any(query in word for word in (*row.words, row.official, row.note))]

    def knows(self, question: str) -> bool:
        """Whether staff have given a meaning to a word of the question."""
        text = normalise(question)
        return self._live.expand(text) != Expanded(text)

    @staticmethod
    def built_in(query: str) -> list[TermGroup]:
        """Groups of the built-in lexicon that have ``query`` in one of their words; nothing for an empty query."""
        text = normalise(query.strip())
        groups = [*synonym_groups(), *named_things()] if text else []
        return [group for group in groups if any(text in normalise(word) for word in group.words)]

    def get(self, term_id: int) -> VocabularyTerm:
        """One term; raises TermNotFound."""
        with self._sessions() as session:
            return _row(session, term_id)

    def history(self, term_id: int) -> list[VocabularyRevision]:
        """All revisions of a term, newest first."""
        chosen = select(VocabularyRevision).where(VocabularyRevision.term_id == term_id)
        with self._sessions() as session:
            return list(session.scalars(chosen.order_by(VocabularyRevision.version.desc())))

    # What a change would do -----------------------------------------------

    def preview(self, form: TermForm, questions: Iterable[str], term_id: int | None = None) -> Preview:
        """What would become of ``questions`` and the golden set if the term were in force; nothing is changed."""
        self._check(form, term_id)
        return self._preview(self._with(term_id, form), questions)

    def preview_without(self, term_id: int, questions: Iterable[str]) -> Preview:
        """What would become of them without the term."""
        return self._preview(self._with(term_id, None), questions)

    # Changing -------------------------------------------------------------

    def save(
        self,
        form: TermForm,
        *,
        actor: str,
        term_id: int | None = None,
        expected_version: int | None = None,
        enable: bool = False,
        sign_off: str = "",
    ) -> VocabularyTerm:
        """Keep a new term or a change; ``enable`` puts it in force at once, otherwise what is in force stays.

        Raises InvalidEntry, VersionConflict, FourEyes, and GoldenSetDrop without a reason where it does harm.
        """
        self._check(form, term_id)
        if enable and self.four_eyes:
            raise EnabledByAnother

        def change(row: VocabularyTerm) -> None:
            for name, value in form.model_dump().items():
                setattr(row, name, list(value) if name == "words" else value)
            row.content_by = "" if enable else actor
            if enable:
                row.live = live_columns(form)

        gated = (lambda row: form) if enable else None
        return self._do("save", change, gated, actor, term_id, expected_version, sign_off)

    def enable(self, term_id: int, *, actor: str, expected_version: int, sign_off: str = "") -> VocabularyTerm:
        """What staff wrote comes into force. Raises as ``save``."""

        def change(row: VocabularyTerm) -> None:
            if self.four_eyes and row.content_by and same_person(row.content_by, actor):
                raise EnabledByAnother
            row.live, row.content_by = live_columns(form_of(row)), ""

        return self._do("enable", change, form_of, actor, term_id, expected_version, sign_off)

    def disable(self, term_id: int, *, actor: str, expected_version: int, sign_off: str = "") -> VocabularyTerm:
        """The term counts no more; it stays in the list."""

        def change(row: VocabularyTerm) -> None:
            row.live = None

        return self._do("disable", change, lambda row: None, actor, term_id, expected_version, sign_off)

    def restore(self, term_id: int, version: int, *, actor: str, expected_version: int) -> VocabularyTerm:
        """Bring an old text back as a change that waits to be enabled."""
        found = next((one for one in self.history(term_id) if one.version == version), None)
        if found is None:
            raise RevisionNotFound(version)
        form = TermForm.parse({name: found.snapshot[name] for name in TermForm.model_fields})
        return self.save(form, actor=actor, term_id=term_id, expected_version=expected_version)

    # Inside ---------------------------------------------------------------

    def _do(
        self,
        deed: str,
        change: Callable[[VocabularyTerm], None],
        gated: Callable[[VocabularyTerm], TermForm | None] | None,
        actor: str,
        term_id: int | None,
        expected_version: int | None,
        sign_off: str,
    ) -> VocabularyTerm:
        """One deed and its revision in one transaction. ``gated``: what will be in force, for deeds that searches feel.

        The golden set is asked before the transaction, for the version that is then changed.
        """
        report, tried = GateReport(), expected_version
        before = self._live.current
        if gated is not None:
            row = self.get(term_id) if term_id is not None else VocabularyTerm()
            tried = row.version if term_id is not None and tried is None else tried
            report = self._rehearsed(self._with(term_id, gated(row)))
        with self._sessions() as session, session.begin():
            row = _row(session, term_id, lock=True) if term_id is not None else VocabularyTerm(version=0, note="")
            if term_id is not None and tried not in (None, row.version):
                raise VersionConflict
            change(row)
            row.version += 1
            row.updated_by = actor
            session.add(row)
            session.flush()
            if gated is not None:
                self._gate.pass_through(session, report, f"vocabulary:{row.id}", actor=actor, reason=sign_off)
            session.add(revision_of(row, "create" if term_id is None else deed, actor))
        if gated is not None:
            self._followed(report if self._live.current is before else None)
        return row

    def _followed(self, report: GateReport | None) -> None:
        """Searches here and elsewhere go by the change."""
        self.load()
        self._gate.follow([], report)
        try:
            self.on_change([CHANGED])
        except OSError:
            # Saved and in force here; other processes read it at their next start.
            logger.exception("other processes could not be told of the changed vocabulary")

    def _check(self, form: TermForm, term_id: int | None) -> None:
        form.check()
        taken = claimed(form, (row for row in self.terms() if row.id != term_id))
        if taken is not None:
            word, official = taken
            raise InvalidEntry(f"“{word}”已经在词表里，对应“{official}”，请在那里修改")

    def _preview(self, after: Vocabulary, questions: Iterable[str]) -> Preview:
        golden = [one.question for one, _ in self._gate.verdicts()]
        return compare(
            [*golden, *questions],
            self._searcher_with(self._live.current),
            self._searcher_with(after),
            Reach(self._live.current, after),
            on=self._clock(),
            region=self._region,
            report=self._rehearsed(after),
        )

    def _rehearsed(self, after: Vocabulary) -> GateReport:
        return self._gate.rehearse_search(self._searcher_with(after), Reach(self._live.current, after))

    def _with(self, term_id: int | None, form: TermForm | None) -> Vocabulary:
        """The vocabulary as it would be with ``form`` in the place of a term, or without the term."""
        return self._vocabulary(without=term_id, extra=[live_columns(form)] if form is not None else [])

    def _vocabulary(self, without: int | None = None, extra: Sequence[dict[str, Any]] = ()) -> Vocabulary:
        chosen = select(VocabularyTerm.id, VocabularyTerm.live).order_by(VocabularyTerm.id)
        with self._sessions() as session:
            rows = session.execute(chosen).all()
        return vocabulary_of([*(live for id_, live in rows if live and id_ != without), *extra])


def _row(session: Session, term_id: int, *, lock: bool = False) -> VocabularyTerm:
    row = session.get(VocabularyTerm, term_id, with_for_update=lock)
    if row is None:
        raise TermNotFound
    return row
