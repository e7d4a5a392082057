"""A process that dies while it commits an import or publishes a document leaves nothing of it, or all of it."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import import_files as files
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from bot.settings import ROOT
from knowledge_base.documents import DocumentService
from knowledge_base.importing.reading import read
from knowledge_base.importing.service import ImportService
from knowledge_base.lifecycle import EntryStatus
from knowledge_base.models import Entry, EntryRevision, KnowledgeImport, PolicyDocument
from knowledge_base.service import KnowledgeService
from tests.unit.knowledge_base.importing.conftest import TOPICS

pytestmark = pytest.mark.slow

CHILD = """
import sys
from pathlib import Path
from bot.database import create_database_engine, create_session_factory
from knowledge_base.documents import DocumentService
from knowledge_base.importing.service import ImportService
dsn, folder, token, deed = sys.argv[1:]
sessions = create_session_factory(create_database_engine(dsn))

class Knowledge:
    four_eyes = False
    def show(self, entry_ids): pass

print("ready", flush=True)
if deed == "commit":
    ImportService(sessions, lambda form: None, {"hukou": "户籍与身份证"}, Path(folder)).commit(token, actor="lin")
else:
    DocumentService(sessions, Knowledge()).publish_import(token, actor="lin")
"""
ROWS = 100
ARCHIVE = files.zipped(
    {
        "问答.xlsx": files.xlsx(files.question_rows(ROWS, bad=False)),
        "办法.docx": files.docx(files.policy_lines(5)),
    }
)


def counts(sessions: sessionmaker[Session]) -> tuple[int, ...]:
    """Entries, published ones, revisions, imports, published documents."""
    live = Entry.status == EntryStatus.PUBLISHED
    questions = (
        select(func.count()).select_from(Entry),
        select(func.count()).select_from(Entry).where(live),
        select(func.count()).select_from(EntryRevision),
        select(func.count()).select_from(KnowledgeImport),
        select(func.count()).select_from(PolicyDocument).where(PolicyDocument.status == EntryStatus.PUBLISHED),
    )
    with sessions() as session:
        return tuple(session.scalar(question) or 0 for question in questions)


def killed(seed: int, *arguments: str) -> None:
    """Run the child with these arguments and kill it a moment after it began."""
    command = [sys.executable, "-c", CHILD, *arguments]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None and child.stdout.readline() == "ready\n"
    time.sleep(random.Random(seed).uniform(0.02, 0.6))
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()


@pytest.mark.parametrize("seed", range(2))
def test_a_killed_commit_or_publish_leaves_nothing_or_all_and_can_be_done_again(
    sessions: sessionmaker[Session], database_file: Path, tmp_path: Path, knowledge: KnowledgeService, seed: int
) -> None:
    service = ImportService(sessions, lambda form: None, TOPICS, tmp_path, read=read)
    preview = service.preview("全部.zip", ARCHIVE, topic="hukou", actor="lin")
    new = preview.counts["create"]
    before = counts(sessions)
    child = (f"sqlite:///{database_file}", str(tmp_path), preview.token)

    killed(seed, *child, "commit")
    drafts = (before[0] + new, before[1], before[2] + new, 1, 0)
    assert counts(sessions) in {before, drafts}
    assert service.commit(preview.token, actor="lin").created == new
    assert counts(sessions) == drafts

    killed(seed, *child, "publish")
    live = (before[0] + new, before[1] + new, before[2] + 2 * new, 1, 1)
    assert counts(sessions) in {drafts, live}
    DocumentService(sessions, knowledge).publish_import(preview.token, actor="lin")
    assert counts(sessions) == live
