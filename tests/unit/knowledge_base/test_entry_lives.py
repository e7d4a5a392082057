"""Random lives of entries, edited, reviewed and published by several people."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from bot.database import Base, create_database_engine, create_session_factory
from knowledge_base import review, revisions
from knowledge_base.entry_curation import EntryCuration
from knowledge_base.index.dense import DenseIndex
from knowledge_base.index.lexical import LexicalIndex
from knowledge_base.lifecycle import FourEyes, IllegalStatusChange, InvalidEntry, KnowledgeError
from knowledge_base.models import EntryRevision
from knowledge_base.published import PublishedEntries
from knowledge_base.validity import today
from nlu.tokenizer import Tokenizer
from tests.unit.knowledge_base.conftest import CITY, HashedEncoder
from tests.unit.knowledge_base.test_service import form

PEOPLE = st.sampled_from(["林芳（lin）", "吴刚（wu）", "陈晨（chen）"])
ANSWERS = st.sampled_from(["不用登记。", "要登记。", "到大厅登记。"])
TOKENIZER = Tokenizer()
# What may follow what, as the issue has it; written here once more, so that the table of the code is checked.
LEADS = {
    "create": {("", "draft")},
    "save": {(status, "draft") for status in ("draft", "in_review", "published", "retired")},
    "restore": {(status, "draft") for status in ("draft", "in_review", "published", "retired")},
    "submit": {("draft", "in_review")},
    "return": {("in_review", "draft")},
    "publish": {(status, "published") for status in ("draft", "in_review", "retired", "published")},
    "discard": {("draft", "published"), ("in_review", "published")},
    "retire": {(status, "retired") for status in ("draft", "in_review", "published")},
    "reopen": {("retired", "draft")},
}


class EntryLives(RuleBasedStateMachine):
    """One entry and three people who do whatever comes to their minds."""

    @initialize(actor=PEOPLE, answer=ANSWERS, four_eyes=st.booleans())
    def begin(self, actor: str, answer: str, four_eyes: bool) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.engine = create_database_engine(f"sqlite:///{Path(self.folder.name) / 'lives.db'}")
        Base.metadata.create_all(self.engine)
        self.sessions = create_session_factory(self.engine)
        dense = DenseIndex(HashedEncoder(TOKENIZER))
        self.published = PublishedEntries(LexicalIndex(TOKENIZER), dense, TOKENIZER, CITY, {})
        self.knowledge = EntryCuration(self.sessions, self.published, CITY, lambda ids: None, four_eyes=four_eyes)
        self.entry = self.knowledge.create(form(answer=answer), actor=actor)
        self.changes = 1
        self.writer, self.live = actor, ""

    def teardown(self) -> None:
        if hasattr(self, "engine"):
            self.engine.dispose()
            self.folder.cleanup()

    def attempt(self, deed: str, actor: str, *arguments: object, **more: object) -> bool:
        """Whether it was done; a refusal changes nothing."""
        before = revisions.snapshot(self.knowledge.get(self.entry.id))
        method = {"return": "send_back"}.get(deed, deed)
        try:
            getattr(self.knowledge, method)(self.entry.id, *arguments, actor=actor, **more)
        except KnowledgeError as error:
            assert isinstance(error, IllegalStatusChange | FourEyes | InvalidEntry)
            assert revisions.snapshot(self.knowledge.get(self.entry.id)) == before
            return False
        self.changes += 1
        self.entry = self.knowledge.get(self.entry.id)
        return True

    @rule(actor=PEOPLE, answer=ANSWERS, at_once=st.booleans())
    def save(self, actor: str, answer: str, at_once: bool) -> None:
        version = self.entry.version
        done = self.attempt("save", actor, form(answer=answer), expected_version=version, publish=at_once)
        assert done != (at_once and self.knowledge.four_eyes)
        if done:
            self.writer = actor
            self.live = answer if at_once else self.live

    @rule(actor=PEOPLE)
    def publish(self, actor: str) -> None:
        waiting, unread = revisions.form_of(self.entry).answer, bool(self.entry.content_by)
        if self.attempt("publish", actor):
            assert not (self.knowledge.four_eyes and unread and actor == self.writer)
            self.live = waiting

    @rule(actor=PEOPLE)
    def retire(self, actor: str) -> None:
        if self.attempt("retire", actor):
            self.live = ""

    @rule(actor=PEOPLE, deed=st.sampled_from(["submit", "discard", "reopen"]))
    def step(self, actor: str, deed: str) -> None:
        possible = review.may(self.entry, deed)
        assert self.attempt(deed, actor) == possible

    @rule(actor=PEOPLE, reason=st.sampled_from(["请补充依据", " "]))
    def send_back(self, actor: str, reason: str) -> None:
        self.attempt("return", actor, reason)

    @rule(actor=PEOPLE, data=st.data())
    def restore(self, actor: str, data: st.DataObject) -> None:
        version = data.draw(st.integers(1, self.entry.version))
        if self.attempt("restore", actor, version):
            self.writer = actor

    @invariant()
    def citizens_get_what_was_published_last(self) -> None:
        if hasattr(self, "entry"):
            shown = self.published.get(self.entry.id, today(), "")
            assert (shown.answer if shown else "") == self.live

    @invariant()
    def every_change_has_one_revision_and_every_step_is_allowed(self) -> None:
        if not hasattr(self, "entry"):
            return
        with self.sessions() as session:
            rows = list(session.scalars(select(EntryRevision).order_by(EntryRevision.id)))
        assert [row.version for row in rows] == list(range(1, self.changes + 1))
        assert rows[-1].snapshot == revisions.snapshot(self.entry)
        stood = ""
        for row in rows:
            assert (stood, row.status) in LEADS[row.deed]
            stood = row.status

    @invariant()
    def only_a_published_entry_has_a_change_that_waits(self) -> None:
        if hasattr(self, "entry"):
            assert (self.entry.draft is not None) == bool(self.entry.draft_status)
            assert self.entry.draft is None or self.entry.status == "published"


EntryLives.TestCase.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
TestEntryLives = EntryLives.TestCase
