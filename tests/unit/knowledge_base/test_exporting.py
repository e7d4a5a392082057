import io
import json
import zipfile
from pathlib import Path

import import_files as files
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.orm import Session, sessionmaker

from knowledge_base.documents import DocumentService
from knowledge_base.entry_form import EntryForm
from knowledge_base.exporting import DOCUMENTS, ENTRIES, HISTORY, VOCABULARY, export_all, is_export, restore
from knowledge_base.importing.parts import ImportProblem
from knowledge_base.importing.reading import read
from knowledge_base.importing.service import ImportService
from knowledge_base.lifecycle import EntryStatus
from knowledge_base.models import Entry, EntryRevision, PolicyDocument
from knowledge_base.revisions import form_of
from knowledge_base.service import KnowledgeService
from knowledge_base.vocabulary.models import VocabularyRevision, VocabularyTerm
from knowledge_base.vocabulary.terms import TermForm
from tests.unit.knowledge_base.importing.conftest import TOPICS


def tables(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in (ENTRIES, DOCUMENTS, HISTORY)}


def empty(sessions: sessionmaker[Session]) -> None:
    with sessions() as session, session.begin():
        for table in (Entry, EntryRevision, PolicyDocument):
            session.execute(delete(table))


def lived(sessions: sessionmaker[Session], knowledge: KnowledgeService, folder: Path) -> None:
    """Drafts, a waiting change, a retired entry and a published document."""
    knowledge.retire("hukou.lost", actor="lin")
    birth = knowledge.get("hukou.birth")
    changed = form_of(birth).model_copy(update={"title": "出生登记（新）", "region": "440300"})
    knowledge.save(birth.id, changed, actor="wu", expected_version=birth.version)
    imports = ImportService(sessions, knowledge.check, TOPICS, folder, read=read)
    for name, data in (
        ("问答.xlsx", files.xlsx(files.question_rows(5, bad=False))),
        ("办法.docx", files.docx(files.policy_lines(4))),
    ):
        token = imports.preview(name, data, topic="hukou", actor="lin").token
        result = imports.commit(token, actor="lin")
    DocumentService(sessions, knowledge).publish(result.documents[0], actor="wu")


def test_an_export_brought_in_elsewhere_and_exported_again_is_the_same(
    sessions: sessionmaker[Session], knowledge: KnowledgeService, tmp_path: Path
) -> None:
    lived(sessions, knowledge, tmp_path / "imports")
    first, second = tmp_path / "a.zip", tmp_path / "b.zip"
    export_all(sessions, first)
    empty(sessions)
    result = restore(sessions, first.read_bytes(), knowledge.check, actor="admin")
    assert (result.updated, result.same) == (0, 0)
    export_all(sessions, second)
    assert tables(first) == tables(second)
    assert knowledge.get("hukou.lost").status == EntryStatus.RETIRED
    assert knowledge.get("hukou.birth").draft_status == EntryStatus.DRAFT
    again = restore(sessions, first.read_bytes(), knowledge.check, actor="admin")
    assert (again.created, again.updated) == (0, 0)


TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=2, max_size=60).filter(lambda t: "{" not in t)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    question=TEXT,
    answer=TEXT,
    similar=st.lists(TEXT, max_size=3),
    days=st.lists(st.dates(), min_size=2, max_size=2, unique=True).map(sorted),
    status=st.sampled_from(["draft", "in_review", "published", "retired"]),
)
def test_whatever_an_entry_says_comes_back_unchanged(
    sessions: sessionmaker[Session], knowledge: KnowledgeService, tmp_path: Path, question: str, answer: str,
    similar: list[str], days: list[object], status: str,
) -> None:  # fmt: skip
    form = EntryForm.model_validate(
        {"topic": "hukou", "title": question, "question": question, "similar": similar, "answer": answer}
        | {"effective": days[0], "expires": days[1]}
    )
    entry = knowledge.create(form, actor="lin")
    if status != "draft":
        {"in_review": knowledge.submit, "published": knowledge.publish, "retired": knowledge.retire}[status](
            entry.id, actor="lin"
        )
    export_all(sessions, tmp_path / "a.zip")
    empty(sessions)
    restore(sessions, (tmp_path / "a.zip").read_bytes(), knowledge.check, actor="admin")
    export_all(sessions, tmp_path / "b.zip")
    assert tables(tmp_path / "a.zip") == tables(tmp_path / "b.zip")
    assert form_of(knowledge.get(entry.id)).columns() == form.columns()


def test_an_entry_that_differs_is_overwritten_and_its_history_goes_on(
    sessions: sessionmaker[Session], knowledge: KnowledgeService, tmp_path: Path
) -> None:
    export_all(sessions, tmp_path / "a.zip")
    knowledge.retire("hukou.lost", actor="lin")
    form = EntryForm.parse({"topic": "hukou", "title": "养猫", "question": "养猫要登记吗", "answer": "不用"})
    mine = knowledge.create(form, actor="lin")
    data = (tmp_path / "a.zip").read_bytes()
    assert restore(sessions, data, knowledge.check, actor="admin", dry_run=True).updated == 1
    assert knowledge.get("hukou.lost").status == EntryStatus.RETIRED
    result = restore(sessions, data, knowledge.check, actor="admin")
    assert (result.created, result.updated, result.changed) == (0, 1, ("hukou.lost",))
    assert knowledge.get("hukou.lost").status == EntryStatus.PUBLISHED
    assert [one.deed for one in knowledge.history("hukou.lost")] == ["import", "retire", "seed"]
    assert knowledge.get(mine.id).title == "养猫"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "第 1 行（hukou.birth）"),
        ({"answer": "请到{hall.colour}"}, "hall.colour"),
        ({"status": "secret"}, "内容不对"),
        ({"kind": None}, "内容不对"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_brought_in(
    sessions: sessionmaker[Session], knowledge: KnowledgeService, tmp_path: Path, changes: dict[str, str], words: str
) -> None:
    path = tmp_path / "a.zip"
    export_all(sessions, path)
    lines = tables(path)[ENTRIES].splitlines()
    lines[0] = json.dumps(json.loads(lines[0]) | changes).encode()
    bad = files.with_member(path.read_bytes(), ENTRIES, b"\n".join(lines))
    empty(sessions)
    with pytest.raises(ImportProblem, match=words):
        restore(sessions, bad, knowledge.check, actor="admin")
    assert knowledge.list_entries().total == 0


@pytest.mark.parametrize(
    "data", [b"", b"PK", files.zipped({"a.txt": b"x"}), files.zipped({"manifest.json": b"[]", ENTRIES: b""})]
)
def test_what_is_no_export_is_refused(sessions: sessionmaker[Session], data: bytes) -> None:
    with pytest.raises(ImportProblem):
        restore(sessions, data, lambda form: None, actor="admin")


def test_an_export_is_known_from_other_archives(sessions: sessionmaker[Session], tmp_path: Path) -> None:
    export_all(sessions, tmp_path / "a.zip")
    assert is_export((tmp_path / "a.zip").read_bytes())
    assert not is_export(files.zipped({"a.txt": b"x"}))
    assert not is_export(io.BytesIO().getvalue())


def test_the_vocabulary_travels_with_what_is_in_force(
    sessions: sessionmaker[Session], knowledge: KnowledgeService, tmp_path: Path
) -> None:
    words = knowledge.vocabulary
    form = TermForm.parse({"kind": "local_name", "words": ["绿宝卡"], "official": "身份证", "note": "城东"})
    row = words.save(form, actor="lin", enable=True)
    words.save(form.model_copy(update={"note": "城东和城西"}), actor="lin", term_id=row.id, expected_version=1)
    export_all(sessions, tmp_path / "a.zip")
    data = (tmp_path / "a.zip").read_bytes()
    assert restore(sessions, data, knowledge.check, actor="admin").changed == ()
    with sessions() as session, session.begin():
        session.execute(delete(VocabularyTerm))
        session.execute(delete(VocabularyRevision))
    words.load()
    assert knowledge.search("绿宝卡丢了怎么办").band != "answer"

    knowledge.show(list(restore(sessions, data, knowledge.check, actor="admin").changed))

    assert knowledge.search("绿宝卡丢了怎么办").band == "answer"
    (brought,) = words.terms()
    assert (brought.words, brought.note, words.history(brought.id)[0].deed) == (["绿宝卡"], "城东和城西", "import")


@pytest.mark.parametrize("line", ['{"kind": "slang"}', '{"kind": "typo", "words": ["甲"], "official": "身份证"}', "[]"])
def test_a_vocabulary_that_cannot_be_read_changes_nothing(
    sessions: sessionmaker[Session], knowledge: KnowledgeService, tmp_path: Path, line: str
) -> None:
    export_all(sessions, tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as package, zipfile.ZipFile(tmp_path / "b.zip", "w") as other:
        for name in package.namelist():
            other.writestr(name, line if name == VOCABULARY else package.read(name))
    with pytest.raises(ImportProblem, match=VOCABULARY):
        restore(sessions, (tmp_path / "b.zip").read_bytes(), knowledge.check, actor="admin")
