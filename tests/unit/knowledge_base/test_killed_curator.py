"""A process that is killed in the middle of publishing loses nothing that was done and does nothing by halves."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot.settings import ROOT
from knowledge_base import revisions
from knowledge_base.models import Entry, EntryRevision
from knowledge_base.seed import seed
from tests.unit.knowledge_base.conftest import content

pytestmark = pytest.mark.slow

# Seconds after the first change: some are done, one is under way.
MOMENT = 0.023
# Changes an entry and publishes it, over and over, and says each version that was saved.
CURATOR = """
import sys
from bot.database import create_database_engine, create_session_factory
from knowledge_base.entry_curation import EntryCuration
from knowledge_base.index.dense import DenseIndex
from knowledge_base.index.lexical import LexicalIndex
from knowledge_base.published import PublishedEntries
from knowledge_base.revisions import form_of
from nlu.tokenizer import Tokenizer
from tests.unit.knowledge_base.conftest import CITY, HashedEncoder

cutter = Tokenizer()
published = PublishedEntries(LexicalIndex(cutter), DenseIndex(HashedEncoder(cutter)), cutter, CITY, {})
sessions = create_session_factory(create_database_engine(sys.argv[1]))
knowledge = EntryCuration(sessions, published, CITY, lambda ids: None)
entry = knowledge.get("hukou.birth")
while True:
    form = form_of(entry).model_copy(update={"answer": f"第{entry.version}次改过的答案。"})
    entry = knowledge.save(entry.id, form, actor="lin", expected_version=entry.version)
    print(entry.version, flush=True)
    entry = knowledge.publish(entry.id, actor="wu", expected_version=entry.version)
    print(entry.version, flush=True)
"""


def test_every_version_that_was_told_is_there_once(sessions: sessionmaker[Session], database_file: Path) -> None:
    seed(sessions, content())
    command = [sys.executable, "-c", CURATOR, f"sqlite:///{database_file}"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as curator:
        assert curator.stdout is not None
        assert curator.stdout.readline().strip() == "2"
        time.sleep(MOMENT)
        curator.send_signal(signal.SIGKILL)
        told = [2, *(int(line) for line in curator.stdout.read().splitlines(keepends=True) if line.endswith("\n"))]
    with sessions() as session:
        entry = session.get_one(Entry, "hukou.birth")
        rows = list(session.scalars(select(EntryRevision).where(EntryRevision.entry_id == entry.id)))
    assert sorted(row.version for row in rows) == list(range(1, entry.version + 1))
    assert entry.version - max(told) in {0, 1}
    assert max(rows, key=lambda row: row.version).snapshot == revisions.snapshot(entry)
