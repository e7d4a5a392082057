"""A process that is killed while it writes a snapshot or publishes: the next start loses nothing and has nothing twice."""

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from indexes import FINGERPRINT, Process, entry
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from knowledge_base.entry_form import EntryForm
from knowledge_base.index.dense import DenseIndex
from knowledge_base.index.lexical import LexicalIndex
from knowledge_base.lifecycle import EntryStatus
from knowledge_base.models import Entry
from knowledge_base.service import KnowledgeService

pytestmark = pytest.mark.slow

QUESTION = "居住证办理"
STEPS = 60


def database(turn: int) -> list[Entry]:
    return [entry("hukou.a", "居住证办理"), entry("hukou.b", f"第{turn}次公告"), entry(f"hukou.c{turn}", "养犬登记")]


def killed_at(step: int, deed: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> bool:
    """Do ``deed`` in a process that is killed when it touches the disk for the ``step``-th time; whether it came so far."""
    child = os.fork()
    if child == 0:
        touched = iter(range(1, STEPS * 10))

        def counted(real: Callable[..., object]) -> Callable[..., object]:
            def call(*args: object, **more: object) -> object:
                if next(touched) == step:
                    os.kill(os.getpid(), signal.SIGKILL)
                return real(*args, **more)

            return call

        try:
            for name in ("fsync", "mkdir", "rename", "unlink", "rmdir"):
                monkeypatch.setattr(os, name, counted(getattr(os, name)))
            deed()
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def test_a_snapshot_is_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, before = tmp_path / "index", tmp_path / "before"
    process = Process(folder)
    process.start(database(0))
    for turn in (0, 1):  # two older ones, of which one will be removed
        process.published.load(database(turn))
        assert process.keeper.save() is not None
    process.published.load(database(2))
    shutil.copytree(folder, before)

    step, encoded = 1, list[int]()
    while killed_at(step, process.keeper.save, monkeypatch):
        again = Process(folder)
        assert again.start(database(2))
        encoded.append(again.encoder.encoded)
        assert again.answers(QUESTION) == process.answers(QUESTION)
        assert len(again.dense) == len(process.dense)
        again.published.load(database(3))
        assert again.keeper.save() is not None
        assert len(list((folder / FINGERPRINT).glob("[0-9]*"))) == 2
        shutil.rmtree(folder)
        shutil.copytree(before, folder)
        step += 1
        assert step < STEPS

    # At first the older one is found, from which two entries differ; later the new one.
    older = encoded.index(0)
    assert older > 20
    assert encoded == [6] * older + [0] * (len(encoded) - older)
    assert len(encoded) > older + 3


@pytest.mark.parametrize("index", [LexicalIndex, DenseIndex])
def test_what_was_published_before_the_kill_is_found_though_no_index_had_it(
    index: type[LexicalIndex | DenseIndex],
    knowledge: KnowledgeService,
    sessions: sessionmaker[Session],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    form = EntryForm(topic="hukou", title="养犬登记", question="养狗要登记吗？", answer="要登记，到派出所办理。")
    draft = knowledge.create(form, actor="lin")
    process = Process(tmp_path / "index")
    process.start(published_rows(sessions))
    assert process.keeper.save() is not None

    child = os.fork()
    if child == 0:
        try:
            sessions.kw["bind"].dispose(close=False)  # its connections are the parent's
            monkeypatch.setattr(LexicalIndex, "replace", lambda *_: None)
            monkeypatch.setattr(index, "replace", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
            knowledge.publish(draft.id, actor="wu")
        finally:
            os._exit(0)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])

    again = Process(tmp_path / "index")
    assert again.start(published_rows(sessions))
    assert again.encoder.encoded == 3
    assert len(again.dense) == len(process.dense) + 4
    assert {name for name, *_ in again.answers("养狗要登记吗")} >= {draft.id}


def published_rows(sessions: sessionmaker[Session]) -> list[Entry]:
    with sessions() as session:
        return list(session.scalars(select(Entry).where(Entry.status == EntryStatus.PUBLISHED)))
