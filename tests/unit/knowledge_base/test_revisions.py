from datetime import date

import pytest
from sqlalchemy.orm import Session, sessionmaker

from knowledge_base import revisions
from knowledge_base.lifecycle import EntryStatus, FourEyes, IllegalStatusChange, InvalidEntry, RevisionNotFound
from knowledge_base.models import Entry, EntryRevision
from knowledge_base.service import KnowledgeService
from tests.unit.knowledge_base.test_service import best, form, form_of

NEW = "改过的答案，以后都这样办。"


def change(knowledge: KnowledgeService, actor: str = "lin", **changes: object) -> Entry:
    entry = knowledge.get("hukou.birth")
    return knowledge.save(entry.id, form_of(entry, **changes), actor=actor, expected_version=entry.version)


def test_citizens_keep_the_published_text_until_the_change_is_published(knowledge: KnowledgeService) -> None:
    waiting = change(knowledge, answer=NEW)
    live = knowledge.entry("hukou.birth")
    assert live is not None and "当天就能办好" in live.answer
    assert (waiting.status, waiting.draft_status) == (EntryStatus.PUBLISHED, EntryStatus.DRAFT)
    knowledge.publish("hukou.birth", actor="lin")
    live = knowledge.entry("hukou.birth")
    assert live is not None and live.answer == NEW
    assert knowledge.get("hukou.birth").draft is None


def test_editing_goes_on_where_the_waiting_change_stands(knowledge: KnowledgeService) -> None:
    change(knowledge, answer=NEW)
    entry = change(knowledge, title="出生登记（新）", expires=date(2030, 1, 1))
    assert revisions.form_of(entry).answer == NEW
    published = knowledge.publish(entry.id, actor="lin")
    assert (published.answer, published.title, published.expires) == (NEW, "出生登记（新）", date(2030, 1, 1))


def test_a_change_given_up_leaves_the_published_text_and_stays_in_the_history(knowledge: KnowledgeService) -> None:
    change(knowledge, answer=NEW)
    entry = knowledge.discard("hukou.birth", actor="lin")
    assert entry.draft is None and entry.status == EntryStatus.PUBLISHED
    assert [one.deed for one in knowledge.history(entry.id)] == ["discard", "save", "seed"]
    with pytest.raises(IllegalStatusChange):
        knowledge.discard("hukou.birth", actor="lin")


def test_four_eyes_let_another_person_publish_and_not_the_writer(knowledge: KnowledgeService) -> None:
    knowledge.four_eyes = True
    entry = knowledge.create(form(), actor="林芳（lin）")
    knowledge.submit(entry.id, actor="林芳（lin）")
    for writer in ("林芳（lin）", "林芳芳（lin）", "lin"):
        with pytest.raises(FourEyes, match="另一位同事"):
            knowledge.publish(entry.id, actor=writer)
    assert best(knowledge, "养猫要登记吗") != entry.id
    knowledge.publish(entry.id, actor="林芳（wu）")
    assert best(knowledge, "养猫要登记吗") == entry.id


def test_four_eyes_hold_for_saving_and_publishing_in_one(knowledge: KnowledgeService) -> None:
    knowledge.four_eyes = True
    entry = knowledge.get("hukou.birth")
    with pytest.raises(FourEyes):
        knowledge.save(entry.id, form_of(entry, answer=NEW), actor="lin", expected_version=1, publish=True)
    assert knowledge.get("hukou.birth").version == 1


def test_what_is_submitted_comes_back_with_a_reason(knowledge: KnowledgeService) -> None:
    change(knowledge, answer=NEW)
    knowledge.submit("hukou.birth", actor="lin")
    with pytest.raises(InvalidEntry, match="理由"):
        knowledge.send_back("hukou.birth", "  ", actor="wu")
    entry = knowledge.send_back("hukou.birth", "请补充依据", actor="wu")
    assert entry.draft_status == EntryStatus.DRAFT
    newest = knowledge.history(entry.id)[0]
    assert (newest.deed, newest.author, newest.comment, newest.status) == ("return", "wu", "请补充依据", "draft")


def test_editing_what_is_in_review_takes_it_back_to_the_desk(knowledge: KnowledgeService) -> None:
    entry = knowledge.create(form(), actor="lin")
    knowledge.submit(entry.id, actor="lin")
    entry = knowledge.save(entry.id, form(answer=NEW), actor="wu", expected_version=2)
    assert entry.status == EntryStatus.DRAFT


def test_retiring_keeps_a_change_that_waited(knowledge: KnowledgeService) -> None:
    change(knowledge, answer=NEW)
    entry = knowledge.retire("hukou.birth", actor="lin")
    assert (entry.status, entry.answer, entry.draft) == (EntryStatus.RETIRED, NEW, None)
    assert knowledge.reopen("hukou.birth", actor="lin").status == EntryStatus.DRAFT


def test_a_difference_is_told_field_by_field(knowledge: KnowledgeService) -> None:
    entry = knowledge.create(form(similar=["养猫", "猫登记"], effective=date(2026, 1, 1)), actor="lin")
    later = form(answer="家养的猫现在要登记。", similar=["养猫", "猫上牌"], effective=date(2026, 2, 1))
    knowledge.save(entry.id, later, actor="lin", expected_version=1)
    similar, answer, effective = knowledge.diff(entry.id, 1, 2)
    assert answer.pieces == (
        ("same", "家养的猫"),
        ("removed", "目前不用"),
        ("added", "现在要"),
        ("same", "登记。"),
    )
    assert similar.is_list
    assert similar.pieces == (("same", "养猫"), ("removed", "猫登记"), ("added", "猫上牌"))
    assert (similar.label, answer.label, effective.label) == ("相似问", "答案", "生效日期")
    assert knowledge.diff(entry.id, 2, 2) == []


def test_a_change_of_facts_is_told(knowledge: KnowledgeService) -> None:
    facts = {
        "conditions": ["住满半年"],
        "materials": ["身份证"],
        "steps": ["申请", "领证"],
        "time_limit": "15 日",
        "fee": "免费",
        "where": "{hall.name}",
        "online": "网上办",
    }
    entry = knowledge.create(form(kind="service_item", facts=facts), actor="lin")
    later = form(kind="service_item", facts=facts | {"fee": "20 元"})
    knowledge.save(entry.id, later, actor="lin", expected_version=1)
    (found,) = knowledge.diff(entry.id, 1, 2)
    assert found.label == "办事要素"
    assert "".join(text for kind, text in found.pieces if kind != "removed").splitlines()[5] == "20 元"


def test_an_old_version_comes_back_as_a_change_that_waits(knowledge: KnowledgeService) -> None:
    entry = knowledge.get("hukou.birth")
    knowledge.save(entry.id, form_of(entry, answer=NEW), actor="lin", expected_version=1, publish=True)
    restored = knowledge.restore(entry.id, 1, actor="wu")
    assert restored.answer == NEW and "当天就能办好" in revisions.form_of(restored).answer
    assert [(one.version, one.deed, one.comment) for one in knowledge.history(entry.id)] == [
        (3, "restore", "版本 1"),
        (2, "publish", ""),
        (1, "seed", ""),
    ]
    with pytest.raises(RevisionNotFound, match="版本 9"):
        knowledge.restore(entry.id, 9, actor="wu")


def test_a_snapshot_gives_the_same_entry_elsewhere(knowledge: KnowledgeService) -> None:
    entry = change(knowledge, answer=NEW, effective=date(2026, 3, 1), region="440000", owner="lin")
    kept = revisions.snapshot(entry)
    copy = Entry(**revisions.columns_of(kept))
    assert revisions.snapshot(copy) == kept
    assert revisions.form_in(kept) == revisions.form_of(entry)


def test_the_history_cannot_be_rewritten(knowledge: KnowledgeService, sessions: sessionmaker[Session]) -> None:
    for rewrite in (lambda session, row: session.delete(row), lambda session, row: setattr(row, "author", "wu")):
        with pytest.raises(RuntimeError, match="not to be rewritten"), sessions() as session, session.begin():
            rewrite(session, session.get_one(EntryRevision, 1))


def test_what_is_wrong_in_a_form_leaves_no_revision(knowledge: KnowledgeService) -> None:
    entry = knowledge.get("hukou.birth")
    with pytest.raises(InvalidEntry, match="999999"):
        knowledge.save(entry.id, form(region="999999"), actor="lin", expected_version=1)
    assert len(knowledge.history("hukou.birth")) == 1


def test_a_form_read_back_is_the_form_that_was_written(knowledge: KnowledgeService) -> None:
    written = form(similar=["养猫"], effective=date(2026, 1, 1), expires=date(2027, 1, 1), region="440300", owner="lin")
    entry = knowledge.create(written, actor="lin")
    assert revisions.form_of(knowledge.get(entry.id)) == written
