"""What a member of staff can do: each method checks the permission, asks the domain service, writes the audit log."""

from __future__ import annotations

from typing import Any

from actions.tickets.scope import scope_of
from actions.tickets.staff import StaffTickets
from actions.tickets.state_machine import Transition
from actions.tickets.views import Contact, TicketDetail, TicketView
from bot.security.errors import PermissionDenied
from channels.console.accounts_desk import AccountsDesk
from channels.console.danger_desk import DangerDesk
from channels.console.drafts import answer_draft, is_asked
from channels.console.golden_desk import GoldenDesk
from channels.console.hit_test_desk import HitTestDesk
from channels.console.import_desk import ImportDesk
from channels.console.knowledge_desk import KnowledgeDesk
from channels.console.summary import Summary, count_tickets
from channels.console.transcript_desk import TranscriptDesk
from channels.console.use_desk import UseDesk
from channels.console.vocabulary_desk import VocabularyDesk
from channels.conversations.unresolved import UnresolvedView
from knowledge_base.lifecycle import EntryStatus, InvalidEntry
from knowledge_base.models import Entry


class ConsoleDesk(KnowledgeDesk):
    """Everything that can be done in the console."""

    @property
    def accounts(self) -> AccountsDesk:
        """Their own account, other people's accounts, the audit log."""
        return AccountsDesk(self.principal, self._services, self._current, self._token)

    @property
    def imports(self) -> ImportDesk:
        """Importing files, policy documents."""
        return ImportDesk(self.principal, self._services, self._current, self._token)

    @property
    def transcripts(self) -> TranscriptDesk:
        """What citizens asked, and what staff make of it."""
        return TranscriptDesk(self.principal, self._services, self._current, self._token)

    @property
    def dangers(self) -> DangerDesk:
        """Citizens in danger, and what came of it."""
        return DangerDesk(self.principal, self._services, self._current, self._token)

    @property
    def use(self) -> UseDesk:
        """How entries are used, and the answers that were given from them."""
        return UseDesk(self.principal, self._services, self._current, self._token)

    @property
    def golden(self) -> GoldenDesk:
        """The golden set."""
        return GoldenDesk(self.principal, self._services, self._current, self._token)

    @property
    def vocabulary(self) -> VocabularyDesk:
        """The words that staff own."""
        return VocabularyDesk(self.principal, self._services, self._current, self._token)

    @property
    def hit_tests(self) -> HitTestDesk:
        """What search finds, and why."""
        return HitTestDesk(self.principal, self._services, self._current, self._token)

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
        """What awaits this person; None where they may not look, and all None while they owe something first."""
        self._require()
        if self.principal.owes:
            return Summary(unresolved=None, tickets=None, drafts=None)
        may, services = self.principal.may, self._services
        return Summary(
            in_danger=services.transcripts.alerts.waiting().open if may("conversations.read") else None,
            unresolved=services.unresolved.counts().get("open", 0) if may("unresolved.read") else None,
            tickets=count_tickets(self._tickets(), services.tickets.catalogue) if may("tickets.read") else None,
            drafts=services.knowledge.list_entries(status=EntryStatus.DRAFT, limit=1).total
            if may("knowledge.edit")
            else None,
            in_review=services.knowledge.list_entries(status=EntryStatus.IN_REVIEW, limit=1).total
            if may("knowledge.publish")
            else None,
            expiring=sum(one.owner in ("", self.principal.username) for one in services.knowledge.expiring())
            if may("knowledge.edit")
            else None,
        )

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
        """The answer exists already: make the question one of the entry's phrasings, and close it once that is live.

        It is live at once where this person may publish and no other change of the entry waits.
        """
        self._require("unresolved.answer", "knowledge.edit")
        item = self.unresolved_item(item_id)
        entry = self._learn(self.entry(entry_id), item.question)
        self._services.unresolved.link(item_id, entry_id)
        self._log("unresolved.link", str(item_id), entry_id)
        if is_asked(entry, item.question):
            self._close_answered(entry_id)
        return entry

    def dismiss(self, item_id: int) -> int:
        """Nothing is to be done about this question; returns how many equal ones were closed."""
        self._require("unresolved.answer")
        closed = self._services.unresolved.dismiss(item_id, actor=self.principal.username)
        self._log("unresolved.dismiss", str(item_id))
        return closed

    # Tickets --------------------------------------------------------------

    def _tickets(self) -> StaffTickets:
        """The tickets that this person sees, and no others."""
        tickets = self._services.tickets
        return tickets.for_staff(scope_of(self.principal, tickets.catalogue))

    @property
    def sees_no_ticket(self) -> bool:
        """Whether this person may look at tickets and has none to look at: their account names no department."""
        return self._tickets().scope.empty

    def tickets(
        self, *, status: str | None = None, query: str = "", limit: int = 50, offset: int = 0
    ) -> list[TicketView]:
        """A page of tickets by deadline; ``status`` is a status or ``overdue``."""
        self._require("tickets.read")
        self._searched("tickets", query, offset)
        return self._tickets().list(status=status, query=query, limit=limit, offset=offset)

    def ticket(self, number: str) -> TicketDetail:
        """One ticket in full but for its contact; looking is recorded. Raises TicketNotFound."""
        self._require("tickets.read")
        ticket = self._tickets().get(number)
        self._log("tickets.view", number)
        return ticket

    def ticket_actions(self, number: str) -> list[Transition]:
        """What this person may do with the ticket now."""
        self._require("tickets.read")
        allowed = self._tickets().allowed(number)
        roles = set(self.principal.roles) if self.principal.may("tickets.change") else set()
        return [step for step in allowed if roles & set(step.roles)]

    def change_ticket(
        self, number: str, action: str, *, text: str = "", department: str = "", expected_version: int | None = None
    ) -> TicketView:
        """Do one of ``ticket_actions``; raises TicketError with words for the page."""
        self._require("tickets.read", "tickets.change")
        if all(step.action != action for step in self.ticket_actions(number)):
            label = self._services.tickets.catalogue.action_label(action)
            words = f"您现在不能对这件工单做“{label}”，请刷新后再看"
            self._refuse("tickets.change", number, refused=PermissionDenied(words))
        view = self._tickets().change(
            number,
            action,
            actor=self.principal.signature,
            text=text,
            department=department,
            expected_version=expected_version,
        )
        self._log(f"tickets.{action}", number, f"{view.status_label} 版本 {view.version}")
        return view

    def story(self, number: str) -> str:
        """The story with the personal data in it; who looked is kept with the ticket and in the audit log."""
        self._require("tickets.read", "tickets.contact")
        self._tickets().get(number)
        self._log("tickets.story", number)
        return self._tickets().reveal_story(number, self.principal.signature)

    def contact(self, number: str) -> Contact:
        """The citizen's contact in clear; who looked is kept with the ticket and in the audit log."""
        self._require("tickets.read", "tickets.contact")
        self._tickets().get(number)
        self._log("tickets.contact", number)
        return self._tickets().reveal_contact(number, self.principal.signature)
