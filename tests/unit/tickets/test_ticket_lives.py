"""Random lives of a ticket: whatever people do in whatever order, the rules hold."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from ticket_desk import LAMP, Desk

from actions.tickets.catalogue import load_catalogue
from actions.tickets.errors import TicketError
from actions.tickets.legal_clock import BEIJING, LegalClock

CATALOGUE = load_catalogue()
STAFF = [name for name, action in CATALOGUE.actions.items() if not action.for_citizen]
KEYS = st.sampled_from(["k1", "k2", "k3", "k4"])


class TicketLife(RuleBasedStateMachine):
    @initialize(kind=st.sampled_from(sorted(CATALOGUE.kinds)))
    def file(self, kind: str) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.desk = Desk(Path(self.folder.name))
        draft = LAMP.__class__(kind=kind, what="路灯坏了")
        self.filed = self.desk.service.file(draft, conversation_id="c1", idempotency_key="m1")
        self.number = self.filed.ticket.number
        self.seen = self.desk.staff.get(self.number)
        self.reveals = 0

    @rule(action=st.sampled_from(STAFF), text=st.sampled_from(["", "因为这样"]))
    def staff(self, action: str, text: str) -> None:
        allowed = {transition.action for transition in self.desk.staff.allowed(self.number)}
        try:
            self.desk.staff.change(self.number, action, actor="李工", text=text, department="police")
            assert action in allowed
        except TicketError:
            assert action not in allowed or (CATALOGUE.actions[action].text == "required" and not text)

    @rule(deed=st.sampled_from(["urge", "withdraw"]), key=KEYS)
    def citizen(self, deed: str, key: str) -> None:
        try:
            getattr(self.desk.service, deed)(self.number, idempotency_key=key)
        except TicketError as error:
            assert str(error)

    @rule(key=KEYS)
    def note(self, key: str) -> None:
        try:
            self.desk.service.add_note(self.number, "还有", idempotency_key=key)
        except TicketError as error:
            assert str(error)

    @rule()
    def reveal(self) -> None:
        self.desk.staff.reveal_contact(self.number, "李工")
        self.reveals += 1

    @rule(hours=st.integers(1, 60))
    def wait(self, hours: int) -> None:
        self.desk.pass_time(hours=hours)

    @invariant()
    def rules_hold(self) -> None:
        now = self.desk.staff.get(self.number)
        before, self.seen = self.seen, now
        moved = now.history[len(before.history) :]
        assert now.history[: len(before.history)] == before.history, "history is only added to"
        assert now.version - before.version == sum(event.action != "reveal_contact" for event in moved)
        assert len(now.history) == now.version + self.reveals
        assert now.status in CATALOGUE.statuses
        for event in moved:
            if event.action in CATALOGUE.actions:
                assert CATALOGUE.actions[event.action].moves[event.from_status] == event.to_status
        if before.final:
            assert now.status == before.status
            assert now.version == before.version
        if now.due_at is not None:
            assert not now.final
            assert LegalClock().is_working_day(now.due_at.astimezone(BEIJING).date())
        assert self.desk.service.lookup(self.number, self.filed.code, conversation_id="c1").status == now.status

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            waiting = self.desk.raw("select count(*) from ticket_notices where delivered_at is null")
            assert waiting == [(0,)]
            self.desk.close()
            self.folder.cleanup()


TestTicketLife = TicketLife.TestCase
TestTicketLife.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
