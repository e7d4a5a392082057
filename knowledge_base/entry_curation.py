"""Writing entries: every deed is one transaction with its revision, and what citizens see passes the golden set first."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.database import SessionFactory
from knowledge_base import review, revisions
from knowledge_base.content_schema import ContentError, fill, strings
from knowledge_base.entry_form import EntryForm
from knowledge_base.entry_reader import EntryReader
from knowledge_base.golden.gate import GateReport, PublishGate
from knowledge_base.lifecycle import EntryStatus, InvalidEntry, VersionConflict
from knowledge_base.models import Entry
from knowledge_base.phrases import PASSAGE
from knowledge_base.published import City, PublishedEntries
from knowledge_base.rate_use import RateView, rate_views
from knowledge_base.rates import CityBook
from knowledge_base.regions import known_region
from knowledge_base.standards.checks import impossible
from knowledge_base.validity import today

logger = logging.getLogger(__name__)


class EntryCuration(EntryReader):
    """What staff do with entries. ``on_change`` tells other processes which entries changed.

    ``region`` is the city's own code of GB/T 2260, ``clock`` gives the day, ``four_eyes`` makes publishing take another
    person than the one who wrote.
    """

    def __init__(
        self,
        sessions: SessionFactory,
        published: PublishedEntries,
        city: City,
        on_change: Callable[[list[str]], None],
        *,
        region: str = "",
        four_eyes: bool = False,
        clock: Callable[[], date] = today,
        gate: PublishGate | None = None,
    ) -> None:
        super().__init__(sessions, clock)
        self._published = published
        self._city = city
        self.on_change = on_change
        self.region = region
        self.four_eyes = four_eyes
        self._gate = gate

    def rates(self) -> list[RateView]:
        """What the law sets by date, and which entries it touches; what changes soonest first."""
        known = self._city.rates if isinstance(self._city, CityBook) else {}
        return rate_views(self._sessions, known, self._clock())

    def create(self, form: EntryForm, *, actor: str) -> Entry:
        """A new draft; its id is made from its topic."""
        self.check(form)
        with self._sessions() as session, session.begin():
            count = session.scalar(select(func.count()).where(Entry.topic == form.topic)) or 0
            while session.get(Entry, entry_id := f"{form.topic}.s{count:04d}") is not None:
                count += 1
            entry = Entry(id=entry_id, status=EntryStatus.DRAFT, edited=True, updated_by=actor, **form.columns())
            revisions.record(session, entry, actor=actor, deed="create")
        return entry

    def save(
        self,
        entry_id: str,
        form: EntryForm,
        *,
        actor: str,
        expected_version: int,
        publish: bool = False,
        sign_off: str = "",
    ) -> Entry:
        """Keep other content as a draft; a published text stays until the change is published, which ``publish`` does.

        Raises VersionConflict, InvalidEntry, FourEyes, and GoldenSetDrop where golden questions would get worse and there
        is no reason in ``sign_off``.
        """
        self.check(form)

        def change(entry: Entry) -> None:
            review.edit(entry, form)
            entry.content_by = actor
            if publish:
                review.publish(entry, actor, four_eyes=self.four_eyes)

        if publish:
            return self._gated("publish", entry_id, actor, change, expected_version, sign_off)
        return self._do("save", entry_id, actor, change, expected_version=expected_version)

    def submit(self, entry_id: str, *, actor: str, expected_version: int | None = None) -> Entry:
        """Ask another person to look at it."""
        return self._do("submit", entry_id, actor, review.submit, expected_version=expected_version)

    def send_back(self, entry_id: str, reason: str, *, actor: str, expected_version: int | None = None) -> Entry:
        """What was submitted needs work, for this reason."""

        def change(entry: Entry) -> None:
            review.send_back(entry, reason)

        return self._do("return", entry_id, actor, change, comment=reason.strip(), expected_version=expected_version)

    def publish(self, entry_id: str, *, actor: str, expected_version: int | None = None, sign_off: str = "") -> Entry:
        """From now on citizens get this answer; raises FourEyes where another person must do it, and GoldenSetDrop."""

        def change(entry: Entry) -> None:
            review.publish(entry, actor, four_eyes=self.four_eyes)

        return self._gated("publish", entry_id, actor, change, expected_version, sign_off)

    def discard(self, entry_id: str, *, actor: str, expected_version: int | None = None) -> Entry:
        """Give up the change that waits beside a published text."""
        return self._do("discard", entry_id, actor, review.discard, expected_version=expected_version)

    def retire(self, entry_id: str, *, actor: str, expected_version: int | None = None, sign_off: str = "") -> Entry:
        """From now on nobody gets this answer; it can be published again. Raises GoldenSetDrop."""
        return self._gated("retire", entry_id, actor, review.retire, expected_version, sign_off)

    def reopen(self, entry_id: str, *, actor: str, expected_version: int | None = None) -> Entry:
        """Make a retired entry a draft again."""
        return self._do("reopen", entry_id, actor, review.reopen, expected_version=expected_version)

    # The golden set -------------------------------------------------------

    def rehearse(self, entry_id: str, form: EntryForm) -> GateReport:
        """What publishing this text would do to the golden set; nothing is changed."""
        self.check(form)

        def change(entry: Entry) -> None:
            review.edit(entry, form)
            review.settle(entry)
            entry.status = EntryStatus.PUBLISHED

        return self._rehearsed(entry_id, change, None)[0]

    def rehearse_entries(self, entries: Sequence[Entry]) -> GateReport:
        """What would become of the golden set if these entries were as given."""
        return self._gate.rehearse(entries) if self._gate is not None else GateReport()

    def pass_gate(self, session: Session, report: GateReport, object_id: str, *, actor: str, reason: str) -> None:
        """Let a rehearsed change through, in its own transaction; raises GoldenSetDrop without a reason where it harms."""
        if self._gate is not None:
            self._gate.pass_through(session, report, object_id, actor=actor, reason=reason)

    # History --------------------------------------------------------------

    def restore(self, entry_id: str, version: int, *, actor: str, expected_version: int | None = None) -> Entry:
        """Bring the text of an old version back as a draft or waiting change; the history goes on."""
        with self._sessions() as session:
            form = revisions.form_in(revisions.revision(session, entry_id, version).snapshot)
        self.check(form)

        def change(entry: Entry) -> None:
            review.edit(entry, form)

        return self._do(
            "restore", entry_id, actor, change, comment=f"版本 {version}", expected_version=expected_version
        )

    # Inside ---------------------------------------------------------------

    def _gated(
        self,
        deed: str,
        entry_id: str,
        actor: str,
        change: Callable[[Entry], None],
        expected_version: int | None,
        sign_off: str,
    ) -> Entry:
        """A deed that citizens see, once the golden set was asked about it: outside the transaction, for it takes time."""
        gate = self._gate
        if gate is None:
            return self._do(deed, entry_id, actor, change, expected_version=expected_version)
        report, rehearsed = self._rehearsed(entry_id, change, expected_version)

        def pass_through(session: Session, entry: Entry) -> None:
            gate.pass_through(session, report, entry.id, actor=actor, reason=sign_off)

        entry = self._do(deed, entry_id, actor, change, expected_version=rehearsed, also=pass_through)
        gate.follow([entry_id], report)
        return entry

    def _rehearsed(
        self, entry_id: str, change: Callable[[Entry], None], expected_version: int | None
    ) -> tuple[GateReport, int]:
        """What a change would do to the golden set, and the version it was tried on."""
        with self._sessions() as session:
            entry = self._row(session, entry_id)
            version = entry.version
            if expected_version not in (None, version):
                raise VersionConflict
            with session.no_autoflush:  # only looked at; closing the session forgets it
                change(entry)
                report = self.rehearse_entries([entry])
        return report, version

    def _do(
        self,
        deed: str,
        entry_id: str,
        actor: str,
        change: Callable[[Entry], None],
        *,
        comment: str = "",
        expected_version: int | None = None,
        also: Callable[[Session, Entry], None] = lambda session, entry: None,
    ) -> Entry:
        """One deed, its version and its revision, in one transaction; then memory and other processes follow."""
        with self._sessions() as session, session.begin():
            entry = self._row(session, entry_id, lock=True)
            if expected_version not in (None, entry.version):
                raise VersionConflict
            change(entry)
            entry.edited = True
            entry.version += 1
            entry.updated_by = actor
            also(session, entry)
            revisions.record(session, entry, actor=actor, deed=deed, comment=comment)
        self._changed(entry)
        return entry

    def _changed(self, entry: Entry) -> None:
        self._published.refresh([entry.id], [entry])
        self._tell([entry.id])

    def _tell(self, entry_ids: list[str]) -> None:
        try:
            self.on_change(entry_ids)
        except OSError:
            # The change is saved and visible here; other processes pick it up at their next start.
            logger.exception("other processes could not be told of a changed entry")

    def check(self, form: EntryForm) -> None:
        """Raise InvalidEntry, in Chinese, for what a form alone cannot know to be wrong."""
        if form.effective and form.expires and form.expires <= form.effective:
            raise InvalidEntry("失效日期应晚于生效日期")
        if (form.kind == "service_item") != (form.facts is not None):
            raise InvalidEntry("服务事项要填写办事要素；普通问答不填")
        if form.region and not known_region(form.region, self.region):
            raise InvalidEntry(f"没有代码为 {form.region} 的行政区划，请核对六位代码；不填表示各地通用")
        if form.kind != PASSAGE and (wrong := impossible(form.model_dump())):
            raise InvalidEntry(f"“{wrong.found}”：{wrong.why}")
        try:
            for text in strings(form.model_dump()):
                fill(text, self._city)
        except ContentError as error:
            raise InvalidEntry(f"引用了城市设置里没有的值：{error}") from error
