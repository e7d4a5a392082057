"""What a member of staff can do: each method checks the permission, asks the domain service, writes the audit log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from actions.tickets.state_machine import Transition
from actions.tickets.views import Contact, TicketDetail, TicketView
from bot.security.errors import PermissionDenied, SignedOut
from bot.security.roles import Principal, require
from channels.console.answer_preview import AnswerPreview, preview_of
from channels.console.drafts import answer_draft, with_phrasing
from channels.console.services import ConsoleServices
from channels.console.summary import Summary, count_tickets
from channels.conversations.unresolved import UnresolvedView
from knowledge_base.lifecycle import EntryStatus, InvalidEntry
from knowledge_base.models import Entry
from knowledge_base.results import SearchResult
from knowledge_base.service import EntryForm, EntryPage


class ConsoleDesk:
    """The desk of one person. ``current`` looks up who they are now, so that an open page ends with its session."""

    def __init__(
        self,
        principal: Principal,
        services: ConsoleServices,
        current: Callable[[], Principal | None] | None = None,
    ) -> None:
        self.principal = principal
        self._services = services
        self._current = current

    def _require(self, *permissions: str) -> None:
        """Raise SignedOut or PermissionDenied unless this person may do all of this, now."""
        if self._current is not None:
            now = self._current()
            if now is None or now.username != self.principal.username:
                raise SignedOut
            self.principal = now
        for permission in permissions:
            require(self.principal, permission)

    def _log(self, action: str, object_: str = "", detail: str = "") -> None:
        self._services.accounts.audit.record(self.principal.username, action, object_, detail)

    @property
    def topics(self) -> dict[str, str]:
        """Topics in display order: id → name."""
        return self._services.topics

    @property
    def departments(self) -> dict[str, str]:
        """Departments that tickets can go to: id → name."""
        return {key: department.name for key, department in self._services.tickets.catalogue.departments.items()}

    @property
    def ticket_statuses(self) -> dict[str, str]:
        """Statuses of tickets: id → label."""
        return {key: status.label for key, status in self._services.tickets.catalogue.statuses.items()}

    # Home -----------------------------------------------------------------

    def summary(self) -> Summary:
        """What awaits this person; None where they may not look."""
        self._require()
        may, services = self.principal.may, self._services
        return Summary(
            unresolved=services.unresolved.counts().get("open", 0) if may("unresolved.read") else None,
            tickets=count_tickets(services.tickets, self._own_department()) if may("tickets.read") else None,
            drafts=services.knowledge.list_entries(status=EntryStatus.DRAFT, limit=1).total
            if may("knowledge.edit")
            else None,
        )

    # Knowledge ------------------------------------------------------------

    def entries(
        self, *, query: str = "", status: str = "", topic: str = "", limit: int = 50, offset: int = 0
    ) -> EntryPage:
        """A page of the knowledge base."""
        self._require("knowledge.read")
        return self._services.knowledge.list_entries(
            query=query, status=status, topic=topic, limit=limit, offset=offset
        )

    def entry(self, entry_id: str) -> Entry:
        """One entry in whatever status; raises EntryNotFound."""
        self._require("knowledge.read")
        return self._services.knowledge.get(entry_id)

    def try_question(self, question: str) -> SearchResult:
        """What the chat would find for a question right now."""
        self._require("knowledge.read")
        return self._services.knowledge.search(question, limit=5)

    def preview(self, form: EntryForm) -> AnswerPreview:
        """The answer as a citizen would read it; raises InvalidEntry for a value that the city does not have."""
        self._require("knowledge.read")
        return preview_of(form, self._services.city)

    def create_entry(self, form: EntryForm, *, unresolved_id: int | None = None) -> Entry:
        """A new draft; if it is to answer an unresolved question, that question will close when it is published."""
        self._require("knowledge.edit", *(["unresolved.answer"] if unresolved_id is not None else []))
        entry = self._services.knowledge.create(form, actor=self.principal.signature)
        self._log("knowledge.create", entry.id)
        if unresolved_id is not None:
            self._services.unresolved.link(unresolved_id, entry.id)
            self._log("unresolved.link", str(unresolved_id), entry.id)
        return entry

    def save_entry(self, entry_id: str, form: EntryForm, *, expected_version: int) -> Entry:
        """Save changes; what is published changes for citizens at once, which takes the right to publish."""
        self._require("knowledge.edit")
        before = self._services.knowledge.get(entry_id)
        if before.status == EntryStatus.PUBLISHED:
            self._require("knowledge.publish")
        entry = self._services.knowledge.save(
            entry_id, form, actor=self.principal.signature, expected_version=expected_version
        )
        self._log("knowledge.save", entry_id, f"版本 {entry.version}")
        return entry

    def publish(self, entry_id: str) -> Entry:
        """Put an entry in force and close the unresolved questions that waited for it."""
        self._require("knowledge.publish")
        entry = self._services.knowledge.publish(entry_id, actor=self.principal.signature)
        self._log("knowledge.publish", entry_id, f"版本 {entry.version}")
        self._close_answered(entry_id)
        return entry

    def retire(self, entry_id: str) -> Entry:
        """Take an entry out of force."""
        self._require("knowledge.publish")
        entry = self._services.knowledge.retire(entry_id, actor=self.principal.signature)
        self._log("knowledge.retire", entry_id, f"版本 {entry.version}")
        return entry

    def _close_answered(self, entry_id: str) -> int:
        closed = self._services.unresolved.published(entry_id, actor=self.principal.username)
        if closed:
            self._log("unresolved.answered", entry_id, f"{closed} 个问题")
        return closed

    # Unresolved questions -------------------------------------------------

    def unresolved(self, *, status: str = "open", limit: int = 50, offset: int = 0) -> list[UnresolvedView]:
        """A page of the questions the assistant failed at, newest first."""
        self._require("unresolved.read")
        return self._services.unresolved.items(status=status, limit=limit, offset=offset)

    def unresolved_counts(self) -> dict[str, int]:
        """How many questions stand in each status."""
        self._require("unresolved.read")
        return self._services.unresolved.counts()

    def unresolved_item(self, item_id: int) -> UnresolvedView:
        """One question with its grounds; raises InvalidEntry if there is none."""
        self._require("unresolved.read")
        item = self._services.unresolved.get(item_id)
        if item is None:
            raise InvalidEntry("没有找到这个问题，可能已经被删除")
        return item

    def answer_draft(self, item_id: int) -> dict[str, Any]:
        """The fields of a new entry for this question: question, phrasing, and the topic of the best hit."""
        self._require("unresolved.answer", "knowledge.edit")
        item = self.unresolved_item(item_id)
        return answer_draft(item.question, self.try_question(item.question).hits, self._services.knowledge, self.topics)

    def add_phrasing(self, item_id: int, entry_id: str) -> Entry:
        """The answer exists already: make the question one of the entry's phrasings, and close it if that is live."""
        self._require("unresolved.answer", "knowledge.edit")
        item = self.unresolved_item(item_id)
        entry = self.entry(entry_id)
        form = with_phrasing(entry, item.question)
        if form is not None:
            entry = self.save_entry(entry_id, form, expected_version=entry.version)
        self._services.unresolved.link(item_id, entry_id)
        self._log("unresolved.link", str(item_id), entry_id)
        if entry.status == EntryStatus.PUBLISHED:
            self._close_answered(entry_id)
        return entry

    def dismiss(self, item_id: int) -> int:
        """Nothing is to be done about this question; returns how many equal ones were closed."""
        self._require("unresolved.answer")
        closed = self._services.unresolved.dismiss(item_id, actor=self.principal.username)
        self._log("unresolved.dismiss", str(item_id))
        return closed

    # Tickets --------------------------------------------------------------

    def _own_department(self) -> str | None:
        """The only department whose tickets this person sees; None for all of them."""
        return None if self.principal.may("tickets.all") else self.principal.department or None

    def _own_ticket(self, number: str) -> TicketDetail:
        ticket = self._services.tickets.get(number)
        if self._own_department() not in (None, ticket.department):
            raise PermissionDenied("这件工单由其他部门承办，您的账号看不到")
        return ticket

    def tickets(
        self, *, status: str | None = None, query: str = "", limit: int = 50, offset: int = 0
    ) -> list[TicketView]:
        """A page of tickets by deadline; ``status`` is a status or ``overdue``."""
        self._require("tickets.read")
        return self._services.tickets.list(
            status=status, department=self._own_department(), query=query, limit=limit, offset=offset
        )

    def ticket(self, number: str) -> TicketDetail:
        """One ticket in full but for its contact; looking is recorded. Raises TicketNotFound."""
        self._require("tickets.read")
        ticket = self._own_ticket(number)
        self._log("tickets.view", number)
        return ticket

    def ticket_actions(self, number: str) -> list[Transition]:
        """What this person may do with the ticket now."""
        self._require("tickets.read")
        self._own_ticket(number)
        if not self.principal.may("tickets.change"):
            return []
        roles = set(self.principal.roles)
        return [step for step in self._services.tickets.allowed(number) if roles & set(step.roles)]

    def change_ticket(
        self, number: str, action: str, *, text: str = "", department: str = "", expected_version: int | None = None
    ) -> TicketView:
        """Do one of ``ticket_actions``; raises TicketError with words for the page."""
        self._require("tickets.change")
        if all(step.action != action for step in self.ticket_actions(number)):
            label = self._services.tickets.catalogue.action_label(action)
            raise PermissionDenied(f"您现在不能对这件工单做“{label}”，请刷新后再看")
        view = self._services.tickets.change(
            number,
            action,
            actor=self.principal.signature,
            text=text,
            department=department,
            expected_version=expected_version,
        )
        self._log(f"tickets.{action}", number, f"{view.status_label} 版本 {view.version}")
        return view

    def contact(self, number: str) -> Contact:
        """The citizen's contact in clear; who looked is kept with the ticket and in the audit log."""
        self._require("tickets.contact")
        self._own_ticket(number)
        self._log("tickets.contact", number)
        return self._services.tickets.reveal_contact(number, self.principal.signature)
