"""Scripts planted in every text that an installation stores, to see that none of them ever runs.

Each payload calls ``wzRan`` in its own way of getting out of a text: as an attribute, a property that is evaluated, a
template, a script, an address. A test gives the browser that function and looks whether it was called.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.tickets.models import Ticket, TicketEvent, TicketNotice
from bot.container import Storage
from bot.database import Base, utcnow
from bot.security.models import Account, ApiToken, ExternalIdentity, StaffSession
from channels.conversations.models import (
    Conversation,
    DangerAlert,
    Message,
    TrainingPhrase,
    Turn,
    TurnDeed,
    UnresolvedQuestion,
)
from knowledge_base.aspects import aspects
from knowledge_base.golden.models import GateSignOff, GoldenQuestion
from knowledge_base.hit_testing.models import HitTest
from knowledge_base.models import Entry, EntryRevision, KnowledgeImport, PolicyDocument
from knowledge_base.vocabulary.models import VocabularyRevision, VocabularyTerm

MARK = "wzRan("
PAYLOADS = [
    '"><img src=x onerror=wzRan(1)>',
    "' :label='wzRan(2)",
    '" :label="wzRan(3)" x="',
    "{{wzRan(4)}}",
    "</script><script>wzRan(5)</script>",
    "javascript:wzRan(6)",
    "<svg/onload=wzRan(7)>",
    "`${wzRan(8)}`",
    '" :onclick="wzRan(9)',
    "<a href=javascript:wzRan(10)>x</a>",
]
SHORT = '" :label="wzRan(3)" x="'
HTML = '"><img src=x onerror=wzRan(1)>'
LONG = " ".join(PAYLOADS)
# Columns that hold no words of people: codes of ours, digests, ciphertexts, names of days.
CODES = {
    "accounts.username",
    "accounts.password_hash",
    "accounts.roles",
    "accounts.totp_secret",
    "api_tokens.token_hash",
    "audit_log.action",
    "conversations.id",
    "conversations.origin",
    "secret_checks.purpose",
    "secret_checks.value",
    "ticket_lookup_alarms.number",
    "ticket_lookup_failures.conversation_id",
    "ticket_lookup_failures.origin",
    "turns.claimed_by",
    "unfinished_tickets.conversation_id",
    "unfinished_tickets.sealed",
    "conversations.channel",
    "danger_alerts.conversation_id",
    "danger_alerts.turn_id",
    "danger_alerts.kind",
    "danger_alerts.outcome",
    "conversations.token_hash",
    "conversations.locale",
    "conversations.handled_by",
    "entries.id",
    "entries.topic",
    "entries.kind",
    "entries.status",
    "entries.related",
    "entries.region",
    "entries.draft_status",
    "entries.document_id",
    "entries.content_hash",
    "entry_revisions.entry_id",
    "entry_revisions.deed",
    "entry_revisions.status",
    "entry_use.entry_id",
    "gate_sign_offs.object_id",
    "golden_questions.entry_id",
    "hit_tests.region",
    "hit_tests.band",
    "knowledge_imports.token",
    "messages.conversation_id",
    "messages.turn_id",
    "messages.role",
    "messages.key",
    "policy_documents.id",
    "policy_documents.topic",
    "policy_documents.region",
    "policy_documents.predecessor_id",
    "policy_documents.status",
    "policy_documents.content_hash",
    "policy_documents.leaving",
    "recovery_codes.code_hash",
    "sign_in_attempts.who",
    "staff_sessions.token_hash",
    "ticket_counters.day",
    "ticket_events.action_key",
    "ticket_events.action",
    "ticket_events.from_status",
    "ticket_events.to_status",
    "ticket_lookup_failures.number",
    "ticket_notices.conversation_id",
    "tickets.number",
    "tickets.filing_key",
    "tickets.conversation_id",
    "tickets.kind",
    "tickets.status",
    "tickets.contact_cipher",
    "tickets.contact_name_cipher",
    "tickets.code_cipher",
    "tickets.code_hash",
    "tickets.suggested_department",
    "tickets.suggested_function",
    "tickets.department",
    "training_phrases.intent",
    "turn_deeds.turn_id",
    "turn_deeds.kind",
    "turn_deeds.entry_id",
    "turn_deeds.intent",
    "turns.id",
    "turns.conversation_id",
    "turns.message_id",
    "turns.status",
    "turns.pending",
    "turns.intent",
    "turns.decision",
    "turns.reason",
    "turns.entry_id",
    "turns.ranking",
    "turns.candidates",
    "turns.latency_ms",
    "turns.feedback",
    "unresolved_questions.turn_id",
    "unresolved_questions.conversation_id",
    "unresolved_questions.reason",
    "unresolved_questions.status",
    "unresolved_questions.entry_id",
    "vocabulary_revisions.deed",
    "vocabulary_terms.kind",
}
ENTRY_ID = "planted.entry"
DOCUMENT_ID = "planted_document"
TURN_ID, CONVERSATION_ID = "t" * 32, "c" * 32
PASSWORD_HASH = "none"


def plant(storage: Storage) -> str:
    """Rows in every table that pages read, with payloads in every text; the number of the planted ticket."""
    with storage.sessions() as session, session.begin():
        _plant_staff(session)
        _plant_knowledge(session)
        _plant_conversations(session)
        number = _plant_tickets(session, storage)
    plant_record(storage)
    return number


def plant_phrase(storage: Storage) -> None:
    """A training phrase."""
    with storage.sessions() as session, session.begin():
        session.add(TrainingPhrase(text=LONG[:200], intent="ask_service", added_by=HTML))


def plant_record(storage: Storage) -> None:
    """The newest record of the audit log, which is on its first page until others push it off."""
    storage.accounts.audit.record(LONG[:80], "account.update", LONG[:120], LONG)


def unplanted(storage: Storage) -> set[str]:
    """Columns of texts that hold neither a payload nor, as far as is known, codes alone."""
    found = set()
    with storage.sessions() as session:
        for table in Base.metadata.sorted_tables:
            rows = session.execute(select(table)).mappings().all()
            for column in table.columns:
                text = getattr(column.type, "python_type", None) in {str, list, dict}
                if text and not any(MARK in str(row[column.name]) for row in rows):
                    found.add(f"{table.name}.{column.name}")
    return found - CODES


def _plant_staff(session: Session) -> None:
    owners = [
        Account(
            username=f"planted{number}",
            display_name=payload[:30],
            password_hash=PASSWORD_HASH,
            roles=["handler"],
            department=payload[:40],
        )
        for number, payload in enumerate(PAYLOADS)
    ]
    session.add_all(owners)
    session.flush()
    later = utcnow() + timedelta(days=30)
    accounts = session.scalars(select(Account)).all()
    for account in accounts:
        session.add_all(
            ApiToken(
                token_hash=f"{account.id}-{number}",
                account_id=account.id,
                name=payload[:40],
                read_only=False,
                created_by=payload[:40],
                expires_at=later,
            )
            for number, payload in enumerate(PAYLOADS)
        )
        browser = StaffSession(token_hash=f"planted-{account.id}", account_id=account.id, expires_at=later)
        browser.browser = SHORT + HTML
        session.add(browser)
    session.add(ExternalIdentity(account_id=owners[0].id, issuer=HTML, subject=SHORT))


def _plant_knowledge(session: Session) -> None:
    form = _entry_columns()
    waiting = {**form, "effective": None, "expires": None}
    for number, payload in enumerate(PAYLOADS):
        entry_id = f"{ENTRY_ID}{number}"
        entry = Entry(id=entry_id, **{**form, "title": payload}, status="published", draft=waiting)
        entry.draft_status, entry.content_by, entry.updated_by = "in_review", payload, payload
        session.add(entry)
        session.add(GoldenQuestion(question=f"{payload} {number}", entry_id=entry_id, added_by=payload))
        session.add(_term(payload, number))
        for version, deed in ((1, "create"), (2, "publish")):
            revision = EntryRevision(entry_id=entry_id, version=version, deed=deed, status="published", author=payload)
            revision.comment, revision.snapshot = LONG, waiting | {"title": f"{payload} {version}"}
            session.add(revision)
    session.flush()
    for term in session.scalars(select(VocabularyTerm)).all():
        snapshot = {"kind": term.kind, "words": term.words, "official": term.official, "note": LONG, "live": None}
        session.add(VocabularyRevision(term_id=term.id, version=1, deed="save", author=HTML, snapshot=snapshot))
    document = PolicyDocument(id=DOCUMENT_ID, title=LONG[:200], issuer=LONG[:100], number=LONG[:60], topic="hukou")
    document.status, document.source_name, document.updated_by = "published", LONG[:200], HTML
    session.add(document)
    passage = Entry(id=f"{DOCUMENT_ID}.1", **form | {"kind": "passage"}, status="published", document_id=DOCUMENT_ID)
    session.add(passage)
    session.add(KnowledgeImport(token="planted", source_name=LONG[:200], actor=HTML, result={"problems": [LONG]}))
    worse = [{"question": LONG, "entry_id": f"{ENTRY_ID}0", "before": "good", "after": "bad"}]
    session.add(GateSignOff(object_id=f"{ENTRY_ID}0", actor=HTML, reason=LONG, worse=worse))
    session.add(HitTest(actor=HTML, question=LONG, day=date(2026, 1, 1), band="unknown", report=_report()))


def _entry_columns() -> dict[str, Any]:
    return {
        "topic": "hukou",
        "kind": "service_item",
        "title": HTML,
        "question": LONG[:200],
        "similar": PAYLOADS,
        "aliases": PAYLOADS,
        "answer": LONG,
        "title_en": HTML,
        "summary_en": LONG[:450],
        "facts": {
            **dict.fromkeys(("conditions", "materials", "steps"), PAYLOADS),
            **dict.fromkeys(("time_limit", "fee", "where", "online"), HTML),
        },
        "points": dict(zip(aspects(), PAYLOADS, strict=False)),
        "legal_basis": [
            {"title": one, "issuer": one, "number": one, "article": one, "effective": None} for one in PAYLOADS
        ],
        "confirm": PAYLOADS,
        "related": [],
        "owner": HTML,
    }


def _term(payload: str, number: int) -> VocabularyTerm:
    term = VocabularyTerm(kind="local_name", words=[payload, f"{payload}{number}"], official=payload, note=LONG[:300])
    term.live = None if number % 2 else {"kind": "local_name", "words": [f"{payload}{number}"], "official": payload}
    term.content_by = term.updated_by = payload
    return term


def _report() -> dict[str, Any]:
    """A hit test as it is kept, whose words are payloads."""
    scores = dict.fromkeys(("dice", "coverage", "contained", "bm25", "dense", "whole", "strength"), 0.5)
    matched = {"phrase": HTML, "words": PAYLOADS, "spans": [[0, 3]]}
    row = {"entry_id": f"{ENTRY_ID}0", "title": LONG, "scores": scores, "matched": matched}
    return {
        "question": LONG,
        "asked": LONG,
        "text": LONG,
        "corrections": [[HTML, SHORT]],
        "expansions": [[HTML, SHORT]],
        "region": "",
        "on": "2026-01-01",
        "band": "unknown",
        "answer_threshold": 0.6,
        "clarify_threshold": 0.2,
        "hits": [{**row, "question": LONG, "probability": 0.4}],
        "found": 1,
        "dropped": [{**row, "kind": "expired"}],
        "unpublished": [{"entry_id": f"{ENTRY_ID}1", "title": LONG, "status": "draft", "phrase": LONG}],
    }


def _plant_conversations(session: Session) -> None:
    conversation = Conversation(id=CONVERSATION_ID, channel="web", external_id=HTML)
    session.add(conversation)
    session.flush()
    hits = [{"id": f"{ENTRY_ID}0", "title": LONG, "score": 0.9}]
    ranking = [{"name": "ask_service", "confidence": 0.6}, {"name": "chitchat", "confidence": 0.4}]
    turn = Turn(id=TURN_ID, conversation_id=CONVERSATION_ID, message_id="m1", status="done", text=LONG, hits=hits)
    turn.claimed_until, turn.ranking, turn.decision = utcnow(), ranking, "answer"
    turn.intent, turn.confidence, turn.entry_id = "ask_service", 0.6, f"{ENTRY_ID}0"
    session.add(turn)
    session.flush()
    session.add_all(_messages())
    for kind in ("link", "draft", "training"):
        deed = TurnDeed(turn_id=TURN_ID, kind=kind, entry_id=f"{ENTRY_ID}0", phrase=LONG[:200], actor=HTML)
        deed.intent = "ask_service" if kind == "training" else ""
        session.add(deed)
    session.add(TurnDeed(turn_id=TURN_ID, kind="link", phrase=HTML, actor=HTML, undone_by=HTML, undone_at=utcnow()))
    for closed in (None, utcnow()):
        alert = DangerAlert(
            conversation_id=CONVERSATION_ID, turn_id=TURN_ID, kind="self_harm", taken_by=HTML, note=LONG
        )
        alert.closed_by, alert.closed_at, alert.outcome = (HTML, closed, "safe") if closed else ("", None, "")
        session.add(alert)
    item = UnresolvedQuestion(turn_id=TURN_ID, conversation_id=CONVERSATION_ID, question=LONG, reason="no_answer")
    item.closed_by = HTML
    session.add(item)


def _messages() -> Iterable[Message]:
    source = {"title": LONG, "issuer": LONG, "number": LONG, "article": LONG, "effective": None}
    answer = {"type": "answer", "entry_id": f"{ENTRY_ID}0", "title": LONG, "text": LONG, "items": PAYLOADS}
    button = {"title": SHORT, "payload": HTML}
    parts: list[dict[str, Any]] = [
        {"type": "text", "text": LONG, "buttons": [button]},
        answer | {"sources": [source], "confirm": PAYLOADS, "facets": [button], "related": [button]},
    ]
    for role in ("citizen", "bot", "agent"):
        yield Message(conversation_id=CONVERSATION_ID, turn_id=TURN_ID, role=role, parts=parts)
        yield Message(conversation_id=CONVERSATION_ID, turn_id=None, role=role, parts=parts)


def _plant_tickets(session: Session, storage: Storage) -> str:
    now = utcnow()
    number = "20260101-000001"
    ticket = Ticket(number=number, filing_key="planted", conversation_id=CONVERSATION_ID, kind="complaint")
    ticket.status, ticket.what, ticket.where, ticket.when = "filed", LONG, LONG[:300], LONG[:100]
    ticket.anonymous, ticket.due_certain, ticket.department = False, True, "city_management"
    ticket.contact_cipher = ticket.contact_name_cipher = storage.cipher.encrypt(LONG)
    ticket.code_cipher, ticket.code_hash = storage.cipher.encrypt("123456"), "planted"
    ticket.suggested_department, ticket.suggested_words = "city_management", LONG[:120]
    ticket.suggested_probability = 0.9
    ticket.accept_due_at = ticket.reply_due_at = ticket.latest_due_at = ticket.due_at = now + timedelta(days=3)
    session.add(ticket)
    session.flush()
    event = TicketEvent(ticket_id=ticket.id, actor=LONG[:80], action="file", from_status="", to_status="filed")
    event.text = event.citizen_text = LONG
    event.visible_to_citizen = True
    session.add(event)
    session.flush()
    notice = TicketNotice(event_id=event.id, conversation_id=CONVERSATION_ID, part={"type": "text", "text": LONG})
    notice.delivered_at = now
    session.add(notice)
    return number
