from datetime import date, timedelta

import import_files as files
import pytest

from knowledge_base.documents import DocumentNotFound, DocumentService
from knowledge_base.importing.parts import ImportProblem
from knowledge_base.lifecycle import EntryStatus, FourEyes, InvalidEntry
from knowledge_base.service import KnowledgeService
from tests.unit.knowledge_base.importing.conftest import Desk

OLD = ["云州市停车办法", "云府〔2020〕1号", "云州市人民政府", "第一条 停车每小时收五元。", "第二条 残疾人免费停车。"]
IN_FORCE = "第三条 本办法自2020年1月1日起施行。"


def txt(*lines: str) -> bytes:
    return "\n".join(lines).encode()


def bring(imports: Desk, *lines: str) -> str:
    return imports.bring("停车办法.txt", txt(*lines)).documents[0]


def test_a_long_policy_is_published_whole_and_answers_with_its_article_as_source(
    imports: Desk, documents: DocumentService, knowledge: KnowledgeService
) -> None:
    preview = imports.preview("办法.docx", files.docx(files.policy_lines()))
    assert preview.problems == ()
    form = preview.documents[0]
    assert (form.title, form.issuer, form.number) == (files.TITLE, "云州市人民政府", "云府〔2026〕12号")
    (document_id,) = imports.service.commit(preview.token, actor="lin").documents
    assert knowledge.search("第77号居住登记事项").band != "answer"

    documents.publish(document_id, actor="lin")
    view = documents.get(document_id)
    assert (view.document.status, view.waiting, view.passages) == (EntryStatus.PUBLISHED, 0, preview.counts["create"])
    in_force = date(2026, 3, 1)
    hit = knowledge.search("第77号居住登记事项向谁提出申请", on=in_force).hits[0]
    entry = knowledge.entry(hit.entry_id, on=in_force)
    assert entry is not None
    assert entry.title == f"《{files.TITLE}》第七十七条"
    assert (entry.legal_basis[0].number, entry.legal_basis[0].article) == ("云府〔2026〕12号", "第七十七条")
    assert knowledge.entry(hit.entry_id, on=in_force - timedelta(days=1)) is None
    assert knowledge.entry(hit.entry_id, on=date(2031, 3, 1)) is None


def test_what_was_not_recognised_is_asked_for_and_taken_from_the_curator(imports: Desk) -> None:
    preview = imports.preview("停车.txt", txt("停车办法", "第一条 停车要付费。"))
    assert [(one.column, one.reason) for one in preview.problems] == [("发布机关", "没有认出发布机关，请填写")]
    told = {"issuer": "云州市城管局", "number": "云城〔2026〕1号", "effective": "2026-01-01"}
    better = imports.service.describe(preview.token, [told], actor="lin")
    assert (better.problems, better.counts["create"]) == ((), 2)
    with pytest.raises(ImportProblem, match="日期"):
        imports.service.describe(preview.token, [{"effective": "明年"}], actor="lin")


def test_a_new_text_of_a_published_document_waits_and_the_old_one_stays_until_then(
    imports: Desk, documents: DocumentService, knowledge: KnowledgeService
) -> None:
    document_id = bring(imports, *OLD, IN_FORCE)
    documents.publish(document_id, actor="lin")
    again = imports.bring("停车办法.txt", txt(*OLD, IN_FORCE))
    assert (again.documents, again.created, again.updated) == ((document_id,), 0, 0)

    imports.bring("停车办法.txt", txt(*OLD[:3], "第一条 停车每小时收八元。", IN_FORCE))
    first, gone = f"{document_id}.002", f"{document_id}.003"
    live = knowledge.entry(first)
    assert live is not None and "五元" in live.answer and knowledge.entry(gone) is not None
    assert documents.get(document_id).waiting == 1

    documents.publish(document_id, actor="lin")
    live = knowledge.entry(first)
    assert live is not None and "八元" in live.answer
    assert knowledge.entry(gone) is None
    with pytest.raises(InvalidEntry, match="都已发布"):
        documents.publish(document_id, actor="lin")

    imports.bring("停车办法.txt", txt(*OLD, IN_FORCE))
    assert knowledge.get(gone).status == EntryStatus.DRAFT


def test_a_successor_ends_its_predecessor_on_the_day_it_comes_into_force(
    imports: Desk, documents: DocumentService, knowledge: KnowledgeService
) -> None:
    old = bring(imports, *OLD, IN_FORCE)
    documents.publish(old, actor="lin")
    new = bring(imports, OLD[0], "云府〔2030〕9号", *OLD[2:], "第三条 本办法自2030年5月1日起施行。")
    assert new != old
    documents.supersede(old, new, actor="lin")
    assert documents.get(new).document.predecessor_id == old
    assert documents.get(old).document.expires == date(2030, 5, 1)
    assert knowledge.entry(f"{old}.002", on=date(2030, 4, 30)) is not None
    assert knowledge.entry(f"{old}.002", on=date(2030, 5, 1)) is None
    with pytest.raises(InvalidEntry, match="晚于旧文件"):
        documents.supersede(new, old, actor="lin")
    with pytest.raises(DocumentNotFound):
        documents.publish("doc_none", actor="lin")


def test_a_retired_document_answers_nothing_any_more(
    imports: Desk, documents: DocumentService, knowledge: KnowledgeService
) -> None:
    document_id = bring(imports, *OLD, IN_FORCE)
    documents.publish(document_id, actor="lin")
    documents.retire(document_id, actor="lin")
    assert knowledge.entry(f"{document_id}.002") is None
    assert [one.document.id for one in documents.documents()] == [document_id]
    with pytest.raises(InvalidEntry, match="已经停用"):
        documents.retire(document_id, actor="lin")


def test_four_eyes_hold_for_documents_too_and_nothing_is_half_published(
    imports: Desk, documents: DocumentService, knowledge: KnowledgeService
) -> None:
    document_id = bring(imports, *OLD, IN_FORCE)
    knowledge.four_eyes = True
    with pytest.raises(FourEyes):
        documents.publish(document_id, actor="lin")
    assert documents.get(document_id).waiting == 4
    documents.publish(document_id, actor="wu")
    assert documents.get(document_id).waiting == 0


def test_a_document_is_taken_whole_or_not_at_all(imports: Desk, knowledge: KnowledgeService) -> None:
    endless = "第四条 " + "长" * 5001
    preview = imports.preview("停车办法.txt", txt(*OLD, IN_FORCE, endless))
    assert (preview.counts["create"], len(preview.problems)) == (0, 1)
    assert "5000 字" in preview.problems[0].reason
    with pytest.raises(ImportProblem, match="没有可以导入的内容"):
        imports.service.commit(preview.token, actor="lin", only_valid=True)
    assert knowledge.list_entries(query="停车").total == 0


def test_a_passage_is_found_by_its_sentences(imports: Desk, knowledge: KnowledgeService) -> None:
    document_id = bring(imports, *OLD, "第三条 有下列情形的免费：", "（一）停车不满十五分钟；", "（二）执行公务。")
    passage = knowledge.get(f"{document_id}.004")
    assert (passage.question, passage.similar) == ("有下列情形的免费", ["停车不满十五分钟", "执行公务"])
    assert knowledge.get(f"{document_id}.001").question == "《云州市停车办法》前言"
