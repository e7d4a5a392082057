"""The part of the desk that has to do with the vocabulary: permission, service, audit log."""

from __future__ import annotations

from bot.settings import get_settings
from channels.console.desk_base import DeskBase
from knowledge_base.vocabulary.models import VocabularyRevision, VocabularyTerm
from knowledge_base.vocabulary.preview import Preview
from knowledge_base.vocabulary.service import VocabularyService
from knowledge_base.vocabulary.terms import TermForm
from nlu.vocabulary import TermGroup


class VocabularyDesk(DeskBase):
    """Synonyms, local names and typos. What searches feel takes the right to publish."""

    @property
    def four_eyes(self) -> bool:
        """Whether putting a term in force takes another person than the one who wrote it."""
        return self._vocabulary.four_eyes

    def terms(self, query: str = "") -> list[VocabularyTerm]:
        """The terms of staff, newest change first."""
        self._require("knowledge.read")
        return self._vocabulary.terms(query)

    def built_in(self, query: str) -> list[TermGroup]:
        """Groups of the built-in lexicon that have these words."""
        self._require("knowledge.read")
        return self._vocabulary.built_in(query)

    def term(self, term_id: int) -> VocabularyTerm:
        """One term; raises TermNotFound."""
        self._require("knowledge.read")
        return self._vocabulary.get(term_id)

    def history(self, term_id: int) -> list[VocabularyRevision]:
        """All revisions of a term, newest first."""
        self._require("knowledge.read")
        return self._vocabulary.history(term_id)

    def preview(self, form: TermForm, term_id: int | None = None) -> Preview:
        """What would become of citizens' newest questions and of the golden set if the term were in force."""
        self._require("knowledge.edit")
        return self._vocabulary.preview(form, self._questions(), term_id)

    def preview_without(self, term_id: int) -> Preview:
        """What would become of them without the term."""
        self._require("knowledge.edit")
        return self._vocabulary.preview_without(term_id, self._questions())

    def save(
        self,
        form: TermForm,
        *,
        term_id: int | None = None,
        expected_version: int | None = None,
        enable: bool = False,
        sign_off: str = "",
    ) -> VocabularyTerm:
        """Keep a term; ``enable``: searches go by it at once. Raises GoldenSetDrop."""
        self._require("knowledge.edit", *(["knowledge.publish"] if enable else []))
        row = self._vocabulary.save(
            form,
            actor=self.principal.signature,
            term_id=term_id,
            expected_version=expected_version,
            enable=enable,
            sign_off=sign_off,
        )
        return self._done("vocabulary.enable" if enable else "vocabulary.save", row)

    def enable(self, term_id: int, *, expected_version: int, sign_off: str = "") -> VocabularyTerm:
        """Searches go by the term from now on. Raises GoldenSetDrop."""
        self._require("knowledge.publish")
        actor = self.principal.signature
        row = self._vocabulary.enable(term_id, actor=actor, expected_version=expected_version, sign_off=sign_off)
        return self._done("vocabulary.enable", row)

    def disable(self, term_id: int, *, expected_version: int, sign_off: str = "") -> VocabularyTerm:
        """Searches go by the term no more. Raises GoldenSetDrop."""
        self._require("knowledge.publish")
        actor = self.principal.signature
        row = self._vocabulary.disable(term_id, actor=actor, expected_version=expected_version, sign_off=sign_off)
        return self._done("vocabulary.disable", row)

    def restore(self, term_id: int, version: int, *, expected_version: int) -> VocabularyTerm:
        """Bring an old text back as a change that waits."""
        self._require("knowledge.edit")
        actor = self.principal.signature
        return self._done(
            "vocabulary.restore",
            self._vocabulary.restore(term_id, version, actor=actor, expected_version=expected_version),
        )

    @property
    def _vocabulary(self) -> VocabularyService:
        return self._services.knowledge.vocabulary

    def _questions(self) -> list[str]:
        return self._services.transcripts.reader.recent_questions(get_settings().vocabulary_questions)

    def _done(self, action: str, row: VocabularyTerm) -> VocabularyTerm:
        self._log(action, str(row.id), f"{'、'.join(row.words)} → {row.official}")
        return row
