import threading
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from knowledge_base.entry_form import EntryForm
from knowledge_base.golden.background import BackgroundReplay
from knowledge_base.golden.gate import GoldenSetDrop, Verdict
from knowledge_base.golden.questions import GoldenQuestions
from knowledge_base.lifecycle import EntryNotFound, InvalidEntry
from knowledge_base.models import Entry
from knowledge_base.revisions import form_of
from knowledge_base.service import KnowledgeService

CURATOR = "张敏（zhangmin）"


@pytest.fixture
def golden(sessions: sessionmaker[Session], knowledge: KnowledgeService) -> GoldenQuestions:
    questions = GoldenQuestions(sessions)
    questions.add("hukou.birth", ["娃上户口", "新生儿落户"], actor=CURATOR)
    questions.add("hukou.lost", ["身份证不见了"], actor=CURATOR)
    return questions


def without(entry: Entry, *phrasings: str, **changes: object) -> EntryForm:
    form = form_of(entry)
    left = [text for text in form.similar if text not in phrasings]
    return form.model_copy(update={"similar": left, **changes})


def save(knowledge: KnowledgeService, entry_id: str, form: EntryForm, sign_off: str = "") -> Entry:
    version = knowledge.get(entry_id).version
    return knowledge.save(entry_id, form, actor=CURATOR, expected_version=version, publish=True, sign_off=sign_off)


def test_a_change_that_loses_a_golden_question_is_refused_with_its_name(
    knowledge: KnowledgeService, golden: GoldenQuestions
) -> None:
    entry = knowledge.get("hukou.lost")
    ruined = without(
        entry, *entry.similar, title="护照补发", question="护照掉了？", similar=[], answer="去出入境大厅办理护照。"
    )

    with pytest.raises(GoldenSetDrop, match="身份证不见了") as refused:
        save(knowledge, "hukou.lost", ruined)

    assert [one.before for one in refused.value.report.worse] == [Verdict.ANSWERED]
    assert knowledge.get("hukou.lost").title == "身份证补领"
    assert knowledge.search("身份证不见了").hits[0].title == "身份证补领"


def test_a_drop_that_somebody_signs_for_is_published_and_kept_in_mind(
    knowledge: KnowledgeService, golden: GoldenQuestions
) -> None:
    save(
        knowledge,
        "hukou.lost",
        without(knowledge.get("hukou.lost"), expires=date(2020, 1, 2)),
        "新办法下月施行，先撤下",
    )

    signed = golden.sign_offs()[0]
    assert (signed.actor, signed.reason) == (CURATOR, "新办法下月施行，先撤下")
    assert signed.worse[0]["question"] == "身份证不见了"
    assert knowledge.search("身份证不见了").band != "answer"


@pytest.mark.parametrize("reason", ["", "  ", "改"])
def test_a_reason_has_to_say_something(knowledge: KnowledgeService, golden: GoldenQuestions, reason: str) -> None:
    with pytest.raises(GoldenSetDrop):
        knowledge.retire("hukou.lost", actor=CURATOR, sign_off=reason)


def test_a_change_that_harms_nothing_passes_without_a_word(
    knowledge: KnowledgeService, golden: GoldenQuestions
) -> None:
    saved = save(knowledge, "hukou.move", without(knowledge.get("hukou.move"), "调户口"))
    assert saved.version == 2
    assert not golden.sign_offs()


def test_another_entry_that_takes_a_golden_question_over_is_noticed(
    knowledge: KnowledgeService, golden: GoldenQuestions
) -> None:
    golden.add("hukou.birth", ["新生儿怎么落户口"], actor=CURATOR)
    thief = form_of(knowledge.get("hukou.move"))
    thief = thief.model_copy(update={"similar": [*thief.similar, "新生儿怎么落户口"]})

    with pytest.raises(GoldenSetDrop, match="新生儿怎么落户口"):
        save(knowledge, "hukou.move", thief)


def test_what_was_harmed_can_be_mended_and_the_report_says_better(
    knowledge: KnowledgeService, golden: GoldenQuestions
) -> None:
    kept = form_of(knowledge.get("hukou.lost"))
    knowledge.retire("hukou.lost", actor=CURATOR, sign_off="内容要重写")
    assert {one.question: verdict for one, verdict in knowledge.golden_verdicts()}["身份证不见了"] < Verdict.ANSWERED

    save(knowledge, "hukou.lost", kept)

    assert all(verdict == Verdict.ANSWERED for _, verdict in knowledge.golden_verdicts())


def test_only_questions_that_the_change_can_reach_are_asked_again(
    knowledge: KnowledgeService, golden: GoldenQuestions
) -> None:
    for title in ["养犬登记", "养犬年检", "养犬注销", "犬只免疫", "犬牌补领"]:
        form = EntryForm(topic="hukou", title=title, question=f"{title}怎么办？", answer=f"到派出所办理{title}。")
        knowledge.publish(knowledge.create(form, actor=CURATOR).id, actor=CURATOR)
    golden.add("hukou.s0003", ["狗的养犬登记"], actor=CURATOR)
    dogs = next(entry for entry in knowledge.list_entries(query="犬牌补领").entries)

    report = knowledge.rehearse(dogs.id, form_of(dogs))

    assert report.total == 4
    assert 0 < report.asked < report.total


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    entry_id=st.sampled_from(["hukou.birth", "hukou.move", "hukou.lost"]),
    similar=st.lists(
        st.sampled_from(["新生儿落户", "身份证掉了", "迁户口", "给娃报户口", "证件丢失", "落户", "补证", "孩子身份证"]),
        unique=True,
    ),
)
def test_the_rehearsal_foretells_what_publishing_gives(
    knowledge: KnowledgeService, golden: GoldenQuestions, entry_id: str, similar: list[str]
) -> None:
    form = form_of(knowledge.get(entry_id)).model_copy(update={"similar": similar})
    before = {one.question: verdict for one, verdict in knowledge.golden_verdicts()}
    report = knowledge.rehearse(entry_id, form)
    foretold = before | {one.question: one.after for one in (*report.better, *report.worse)}

    save(knowledge, entry_id, form, sign_off="试一试会怎样")
    knowledge.refresh([entry_id])  # forget what was foretold

    assert {one.question: verdict for one, verdict in knowledge.golden_verdicts()} == foretold


def test_questions_are_promised_once_and_only_for_entries_that_exist(golden: GoldenQuestions) -> None:
    added = golden.add("hukou.move", ["迁户口", " 迁户口 ", "娃上户口"], actor=CURATOR)
    assert (added.new, added.known) == (1, ("娃上户口",))
    with pytest.raises(EntryNotFound):
        golden.add("hukou.none", ["有吗"], actor=CURATOR)
    with pytest.raises(InvalidEntry):
        golden.add("hukou.move", [" "], actor=CURATOR)


def test_a_question_that_is_taken_away_holds_nothing_up(knowledge: KnowledgeService, golden: GoldenQuestions) -> None:
    golden.remove(golden.of_entry("hukou.lost")[0].id)
    assert knowledge.retire("hukou.lost", actor=CURATOR).status == "retired"


def test_the_golden_set_is_asked_in_the_background_and_again_after_changes_from_elsewhere(
    knowledge: KnowledgeService, golden: GoldenQuestions
) -> None:
    assert knowledge.ask_golden(2) == 2
    assert knowledge.ask_golden(2) == 1
    assert knowledge.ask_golden(2) == 0
    knowledge.refresh(["hukou.lost"])
    assert knowledge.ask_golden(9) == 3


def test_a_change_of_many_entries_that_was_rehearsed_leaves_nothing_to_ask_again(
    knowledge: KnowledgeService, golden: GoldenQuestions
) -> None:
    while knowledge.ask_golden(9):
        pass
    report = knowledge.rehearse_entries([knowledge.get("hukou.lost")])
    knowledge.show(["hukou.lost"], report)
    assert knowledge.ask_golden(9) == 0


def test_the_background_replay_goes_on_until_all_are_asked_and_stops() -> None:
    asked: list[int] = []
    done = threading.Event()

    def ask_some(limit: int) -> int:
        asked.append(limit)
        if len(asked) == 3:
            done.set()
        return 0 if len(asked) >= 3 else limit

    replay = BackgroundReplay(ask_some, look_again=0.01)
    replay.start()
    assert done.wait(5)
    replay.stop()


def test_the_background_replay_outlives_a_database_that_is_away() -> None:
    done = threading.Event()
    answers = iter([OperationalError("select", {}, OSError()), 0])

    def ask_some(limit: int) -> int:
        answer = next(answers, 0)
        if isinstance(answer, Exception):
            raise answer
        done.set()
        return answer

    replay = BackgroundReplay(ask_some, look_again=0.01)
    replay.start()
    assert done.wait(5)
    replay.stop()
