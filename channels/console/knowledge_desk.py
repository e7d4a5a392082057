"""What a member of staff can do with the knowledge base: permission, service, audit log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from channels.console.answer_preview import AnswerPreview, preview_of
from channels.console.desk_base import DeskBase
from channels.console.drafts import with_phrasing
from knowledge_base import review
from knowledge_base.entry_form import EntryForm
from knowledge_base.entry_reader import EntryPage
from knowledge_base.lifecycle import EntryStatus, InvalidEntry
from knowledge_base.models import Entry, EntryRevision
from knowledge_base.near_duplicates import Duplicate
from knowledge_base.rate_use import RateView
from knowledge_base.results import SearchResult
from knowledge_base.revisions import FieldDiff
from knowledge_base.standards.checks import Finding, check_entry


class KnowledgeDesk(DeskBase):
    """Entries: read, write, review, publish; each deed is signed and logged."""

    @property
    def four_eyes(self) -> bool:
        """Whether publishing takes another person than the one who wrote."""
        return self._services.knowledge.four_eyes

    def wrote(self, entry: Entry) -> bool:
        """Whether this person wrote what is not published yet."""
        return review.wrote(entry, self.principal.signature)

    def entries(
        self,
        *,
        query: str = "",
        status: str = "",
        topic: str = "",
        limit: int = 50,
        offset: int = 0,
        after: str | None = None,
    ) -> EntryPage:
        """A page of the knowledge base, newest change first; with ``after`` by id, behind that one."""
        self._require("knowledge.read")
        return self._services.knowledge.list_entries(
            query=query, status=status, topic=topic, limit=limit, offset=offset, after=after
        )

    def expiring(self) -> list[Entry]:
        """What citizens get now and will not get any more in 30 days, the next first."""
        self._require("knowledge.read")
        return self._services.knowledge.expiring()

    def rates(self) -> list[RateView]:
        """What the law sets by date, and which entries it touches; what changes soonest first."""
        self._require("knowledge.read")
        return self._services.knowledge.rates()

    def entry(self, entry_id: str) -> Entry:
        """One entry in whatever status; raises EntryNotFound."""
        self._require("knowledge.read")
        return self._services.knowledge.get(entry_id)

    def history(self, entry_id: str) -> list[EntryRevision]:
        """All revisions of an entry, newest first; raises EntryNotFound."""
        self._require("knowledge.read")
        return self._services.knowledge.history(entry_id)

    def diff(self, entry_id: str, old: int, new: int) -> list[FieldDiff]:
        """What differs between two versions; raises RevisionNotFound."""
        self._require("knowledge.read")
        return self._services.knowledge.diff(entry_id, old, new)

    def try_question(self, question: str) -> SearchResult:
        """What the chat would find for a question right now."""
        self._require("knowledge.read")
        return self._services.knowledge.search(question, limit=5)

    def preview(self, form: EntryForm) -> AnswerPreview:
        """The answer as a citizen would read it; raises InvalidEntry for a value that the city does not have."""
        self._require("knowledge.read")
        return preview_of(form, self._services.city)

    def standards(self, values: Mapping[str, Any]) -> list[Finding]:
        """What in the fields of an entry does not keep to the data standards."""
        self._require("knowledge.edit")
        return check_entry(values, self._services.knowledge.region)

    def duplicates(self, texts: Iterable[str], but: str = "") -> list[Duplicate]:
        """What other entries than ``but`` say the same, or nearly."""
        self._require("knowledge.edit")
        return self._services.knowledge.duplicates.find(texts, but=but)

    def create_entry(self, form: EntryForm, *, unresolved_id: int | None = None) -> Entry:
        """A new draft; if it is to answer an unresolved question, that question will close when it is published."""
        self._require("knowledge.edit", *(["unresolved.answer"] if unresolved_id is not None else []))
        self._check_topic(form)
        entry = self._services.knowledge.create(form, actor=self.principal.signature)
        self._log("knowledge.create", entry.id)
        if unresolved_id is not None:
            self._services.unresolved.link(unresolved_id, entry.id)
            self._log("unresolved.link", str(unresolved_id), entry.id)
        return entry

    def save_entry(
        self, entry_id: str, form: EntryForm, *, expected_version: int, publish: bool = False, sign_off: str = ""
    ) -> Entry:
        """Keep a change as a draft; ``publish``: citizens get it at once, which takes the right to. Raises GoldenSetDrop."""
        self._require("knowledge.edit", *(["knowledge.publish"] if publish else []))
        self._check_topic(form)
        entry = self._services.knowledge.save(
            entry_id,
            form,
            actor=self.principal.signature,
            expected_version=expected_version,
            publish=publish,
            sign_off=sign_off,
        )
        return self._done("knowledge.publish" if publish else "knowledge.save", entry)

    def submit(self, entry_id: str, *, expected_version: int | None = None) -> Entry:
        """Ask for a review."""
        self._require("knowledge.edit")
        knowledge, actor = self._services.knowledge, self.principal.signature
        return self._done(
            "knowledge.submit", knowledge.submit(entry_id, actor=actor, expected_version=expected_version)
        )

    def send_back(self, entry_id: str, reason: str, *, expected_version: int | None = None) -> Entry:
        """What was submitted needs work, for this reason."""
        self._require("knowledge.publish")
        knowledge, actor = self._services.knowledge, self.principal.signature
        entry = knowledge.send_back(entry_id, reason, actor=actor, expected_version=expected_version)
        return self._done("knowledge.return", entry)

    def publish(self, entry_id: str, *, expected_version: int | None = None, sign_off: str = "") -> Entry:
        """Put an entry in force and close the unresolved questions that waited for it."""
        self._require("knowledge.publish")
        knowledge, actor = self._services.knowledge, self.principal.signature
        entry = knowledge.publish(entry_id, actor=actor, expected_version=expected_version, sign_off=sign_off)
        return self._done("knowledge.publish", entry)

    def discard(self, entry_id: str, *, expected_version: int | None = None) -> Entry:
        """Give up the change that waits; what is published stays."""
        self._require("knowledge.edit")
        knowledge, actor = self._services.knowledge, self.principal.signature
        entry = knowledge.discard(entry_id, actor=actor, expected_version=expected_version)
        return self._done("knowledge.discard", entry)

    def retire(self, entry_id: str, *, expected_version: int | None = None, sign_off: str = "") -> Entry:
        """Take an entry out of force."""
        self._require("knowledge.publish")
        knowledge, actor = self._services.knowledge, self.principal.signature
        return self._done(
            "knowledge.retire",
            knowledge.retire(entry_id, actor=actor, expected_version=expected_version, sign_off=sign_off),
        )

    def reopen(self, entry_id: str, *, expected_version: int | None = None) -> Entry:
        """Make a retired entry a draft again."""
        self._require("knowledge.edit")
        knowledge, actor = self._services.knowledge, self.principal.signature
        return self._done(
            "knowledge.reopen", knowledge.reopen(entry_id, actor=actor, expected_version=expected_version)
        )

    def restore(self, entry_id: str, version: int, *, expected_version: int | None = None) -> Entry:
        """Bring an old text back as a draft, or as a change that waits."""
        self._require("knowledge.edit")
        knowledge, actor = self._services.knowledge, self.principal.signature
        entry = knowledge.restore(entry_id, version, actor=actor, expected_version=expected_version)
        return self._done("knowledge.restore", entry)

    def _learn(self, entry: Entry, question: str, sign_off: str = "") -> Entry:
        """The entry with a citizen's question among its phrasings; unchanged where it is one already."""
        form = with_phrasing(entry, question)
        return entry if form is None else self._keep(entry, form, sign_off)

    def _keep(self, entry: Entry, form: EntryForm, sign_off: str = "") -> Entry:
        """Other phrasings: live at once where this person may publish and no other change of the entry waits."""
        live = entry.status == EntryStatus.PUBLISHED and entry.draft is None
        at_once = live and self.principal.may("knowledge.publish") and not self.four_eyes
        return self.save_entry(entry.id, form, expected_version=entry.version, publish=at_once, sign_off=sign_off)

    def _check_topic(self, form: EntryForm) -> None:
        if form.topic not in self._services.topics:
            raise InvalidEntry(f"没有“{form.topic}”这个主题，请从现有的主题里选")

    def _done(self, action: str, entry: Entry) -> Entry:
        """Log a deed; after publication the questions that waited for it close."""
        self._log(action, entry.id, f"版本 {entry.version}")
        if action == "knowledge.publish":
            self._close_answered(entry.id)
        return entry

    def _close_answered(self, entry_id: str) -> int:
        closed = self._services.unresolved.published(entry_id, actor=self.principal.username)
        if closed:
            self._log("unresolved.answered", entry_id, f"{closed} 个问题")
        return closed
