from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from knowledge_base import revisions
from knowledge_base.entry_form import EntryForm
from knowledge_base.lifecycle import EntryNotFound, EntryStatus, IllegalStatusChange, InvalidEntry, VersionConflict
from knowledge_base.models import Entry
from knowledge_base.seed import seed
from knowledge_base.service import KnowledgeService
from knowledge_base.validity import today
from tests.unit.knowledge_base.conftest import content

FORM = {"topic": "hukou", "title": "猫咪登记", "question": "养猫要登记吗？", "answer": "家养的猫目前不用登记。"}


def form(**changes: object) -> EntryForm:
    return EntryForm.parse({**FORM, **changes})


def form_of(entry: Entry, **changes: object) -> EntryForm:
    return revisions.form_of(entry).model_copy(update=changes)


def best(knowledge: KnowledgeService, question: str) -> str:
    hits = knowledge.search(question).hits
    return hits[0].entry_id if hits else ""


def test_a_question_finds_its_entry_by_other_words(knowledge: KnowledgeService) -> None:
    assert best(knowledge, "我家小孩的户口怎么报呀") == "hukou.birth"
    assert best(knowledge, "身份证弄丢了咋补办") == "hukou.lost"


def test_a_phrasing_word_for_word_is_certain(knowledge: KnowledgeService) -> None:
    result = knowledge.search("娃上户口！！")
    assert result.band == "answer"
    assert result.hits[0].probability >= 0.99


def test_a_mistyped_question_finds_its_entry_as_if_it_were_spelled_right(knowledge: KnowledgeService) -> None:
    for mistyped, meant in (("身分证丢了怎么办？", "身份证丢了怎么办？"), ("sfz不见了", "身份证不见了")):
        told, plain = knowledge.search(mistyped), knowledge.search(meant)
        assert [hit.probability for hit in told.hits] == [hit.probability for hit in plain.hits]
        assert (told.band, told.hits[0].entry_id) == ("answer", "hukou.lost")
        assert told.question == mistyped


def test_a_phrasing_that_looks_mistyped_is_still_itself(knowledge: KnowledgeService) -> None:
    band = knowledge.create(form(question="居主证乐队几点演出？", title="居主证", similar=["居主证"]), actor="lin")
    permit = knowledge.create(form(question="居住证怎么办？", title="居住证", similar=["居住证"]), actor="lin")
    for entry in (band, permit):
        knowledge.publish(entry.id, actor="lin")
    for question, entry in (("居主证！", band), ("居主证乐队几点演出", band), ("居主证怎么办", permit)):
        result = knowledge.search(question)
        assert result.hits[0].entry_id == entry.id
        assert result.hits[0].probability >= 0.99


def test_personal_data_in_a_question_does_not_lead_it_elsewhere(knowledge: KnowledgeService) -> None:
    plain, told = knowledge.search("娃上户口"), knowledge.search("娃上户口，手机13912345678")
    assert told.hits[0].entry_id == plain.hits[0].entry_id == "hukou.birth"
    assert told.band == "answer"


def test_what_shares_nothing_with_the_knowledge_base_is_unknown(knowledge: KnowledgeService) -> None:
    assert knowledge.search("xyzzy plugh").band == "unknown"
    assert knowledge.search("。。。").band == "unknown"


def test_placeholders_are_filled_when_shown(knowledge: KnowledgeService) -> None:
    entry = knowledge.entry("hukou.birth")
    assert entry is not None
    assert "云州市政务服务中心" in entry.answer
    assert entry.related == [("hukou.move", "户口怎么迁过来？")]


def test_a_published_entry_answers_the_very_next_question_and_a_retired_one_no_more(
    knowledge: KnowledgeService,
) -> None:
    draft = knowledge.create(form(), actor="lin")
    assert best(knowledge, "养猫要登记吗") != draft.id
    knowledge.publish(draft.id, actor="lin")
    assert best(knowledge, "养猫要登记吗") == draft.id
    knowledge.retire(draft.id, actor="lin")
    assert best(knowledge, "养猫要登记吗") != draft.id
    assert knowledge.entry(draft.id) is None


def test_an_edit_saved_and_published_is_found_at_once_and_its_old_words_no_more(knowledge: KnowledgeService) -> None:
    entry = knowledge.get("hukou.lost")
    knowledge.save(
        entry.id,
        form_of(entry, question="驾照丢了怎么办？", title="驾驶证补领", similar=["补驾照"]),
        actor="lin",
        expected_version=1,
        publish=True,
    )
    assert best(knowledge, "驾照丢了怎么办") == "hukou.lost"
    assert knowledge.search("身份证挂失").band != "answer"


def test_nothing_is_found_before_its_effective_date_or_after_its_expiry(knowledge: KnowledgeService) -> None:
    for dates in ({"effective": today() + timedelta(days=1)}, {"expires": today()}):
        entry = knowledge.create(form(**dates), actor="lin")
        knowledge.publish(entry.id, actor="lin")
        assert best(knowledge, "养猫要登记吗") != entry.id
        knowledge.retire(entry.id, actor="lin")


def test_an_old_answer_is_found_for_the_day_it_was_in_force(knowledge: KnowledgeService) -> None:
    entry = knowledge.create(form(effective=date(2020, 1, 1), expires=date(2021, 1, 1)), actor="lin")
    knowledge.publish(entry.id, actor="lin")
    assert knowledge.search("养猫要登记吗", on=date(2020, 6, 1)).hits[0].entry_id == entry.id


def test_two_curators_cannot_overwrite_each_other_unseen(knowledge: KnowledgeService) -> None:
    entry = knowledge.get("hukou.birth")
    knowledge.save(entry.id, form_of(entry, title="出生登记（新）"), actor="lin", expected_version=entry.version)
    with pytest.raises(VersionConflict):
        knowledge.save(entry.id, form_of(entry, title="别的"), actor="wu", expected_version=entry.version)


def test_a_status_change_that_makes_no_sense_is_refused(knowledge: KnowledgeService) -> None:
    with pytest.raises(IllegalStatusChange, match="已发布"):
        knowledge.publish("hukou.birth", actor="lin")
    with pytest.raises(EntryNotFound):
        knowledge.publish("hukou.nothing", actor="lin")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "标题"),
        ({"answer": "请到{hall.colour}"}, "hall.colour"),
        ({"effective": date(2021, 1, 1), "expires": date(2020, 1, 1)}, "失效日期应晚于生效日期"),
        ({"kind": "service_item"}, "办事要素"),
    ],
)
def test_a_wrong_entry_is_refused_with_what_to_mend(
    knowledge: KnowledgeService, changes: dict[str, object], words: str
) -> None:
    with pytest.raises(InvalidEntry, match=words):
        knowledge.create(form(**changes), actor="lin")


def test_a_change_is_announced_to_other_processes(knowledge: KnowledgeService) -> None:
    told: list[list[str]] = []
    knowledge.on_change = told.append
    knowledge.retire("hukou.move", actor="lin")
    assert told == [["hukou.move"]]


def test_a_change_survives_when_the_others_cannot_be_told(knowledge: KnowledgeService) -> None:
    def unreachable(ids: list[str]) -> None:
        raise OSError

    knowledge.on_change = unreachable
    knowledge.retire("hukou.move", actor="lin")
    assert knowledge.get("hukou.move").status == EntryStatus.RETIRED


def test_seeding_twice_changes_nothing_and_keeps_what_staff_edited(
    knowledge: KnowledgeService, sessions: sessionmaker[Session]
) -> None:
    assert seed(sessions, content()).added == 0
    entry = knowledge.get("hukou.birth")
    changed_form = form_of(entry, answer="改过的答案，一句话就够了。")
    knowledge.save(entry.id, changed_form, actor="lin", expected_version=1, publish=True)
    changed = content()
    changed[0].entries[0].title = "新标题"
    changed[0].entries[1].title = "户口迁入"
    report = seed(sessions, changed)
    assert (report.updated, report.kept) == (1, 1)
    assert knowledge.get("hukou.birth").answer == "改过的答案，一句话就够了。"
    assert knowledge.get("hukou.move").title == "户口迁入"


def test_an_entry_that_left_the_content_is_retired(sessions: sessionmaker[Session]) -> None:
    seed(sessions, content())
    fewer = content()
    del fewer[0].entries[2]
    assert seed(sessions, fewer).retired == 1
    assert seed(sessions, fewer).retired == 0


def test_entries_are_listed_by_words_status_and_topic(knowledge: KnowledgeService) -> None:
    assert [entry.id for entry in knowledge.list_entries(query="身份证补").entries] == ["hukou.lost"]
    assert [entry.id for entry in knowledge.list_entries(query="娃上户口").entries] == ["hukou.birth"]
    assert knowledge.list_entries(status="draft").total == 0
    assert knowledge.list_entries(topic="hukou", limit=2).total == 3
    assert knowledge.list_entries(query="100%").total == 0
