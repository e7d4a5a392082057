from __future__ import annotations

import pytest
from console_room import PERMIT, ConsoleRoom

from bot.security.errors import PermissionDenied
from knowledge_base.entry_form import EntryForm
from knowledge_base.golden.gate import GoldenSetDrop, Verdict

POLICY = "停车管理办法\n云州市城管局\n第一条 停车每小时五元。\n第二条 残疾人的车辆免费。".encode()


def test_a_promised_question_holds_up_the_deed_that_loses_it_until_somebody_signs(room: ConsoleRoom) -> None:
    entry_id = room.entry()
    desk = room.desk("curator")
    question = room.knowledge.get(entry_id).question
    assert desk.golden.add(entry_id, [question]).new == 1

    with pytest.raises(GoldenSetDrop, match=question):
        desk.retire(entry_id)
    desk.retire(entry_id, sign_off="政策废止，等新办法")

    assert [verdict for _, verdict in desk.golden.verdicts()] == [Verdict.MISSED]
    assert [one.actor for one in desk.golden.sign_offs()] == [desk.principal.signature]
    assert [deed for _, deed, _ in room.audit()] == ["golden.add", "knowledge.retire"]


def test_only_who_may_edit_changes_the_golden_set_and_readers_see_it(room: ConsoleRoom) -> None:
    entry_id = room.entry()
    reader = room.desk("auditor")
    with pytest.raises(PermissionDenied):
        reader.golden.add(entry_id, ["居住证怎么办"])
    with pytest.raises(PermissionDenied):
        reader.golden.remove(1)
    assert reader.golden.of_entry(entry_id) == []
    assert reader.golden.titles() == {}


def test_what_a_text_would_do_is_seen_before_it_is_saved_and_changes_nothing(room: ConsoleRoom) -> None:
    entry_id = room.entry()
    desk = room.desk("curator")
    entry = room.knowledge.get(entry_id)
    desk.golden.add(entry_id, [entry.question])
    other = {"title": "护照补发", "question": "护照丢了怎么办？", "similar": [], "aliases": []}

    report = desk.golden.rehearse(entry_id, EntryForm.parse(PERMIT | other))

    assert [one.question for one in report.worse] == [entry.question]
    assert room.knowledge.get(entry_id).version == entry.version
    with pytest.raises(PermissionDenied):
        room.desk("auditor").golden.rehearse(entry_id, EntryForm.parse(PERMIT))


def test_a_question_that_is_taken_away_is_logged_and_holds_nothing_up(room: ConsoleRoom) -> None:
    entry_id = room.entry()
    desk = room.desk("curator")
    desk.golden.add(entry_id, ["居住证怎么办"])
    assert desk.golden.titles() == {entry_id: room.knowledge.get(entry_id).title}
    desk.golden.remove(desk.golden.of_entry(entry_id)[0].id)
    assert desk.retire(entry_id).status == "retired"
    assert "golden.remove" in [deed for _, deed, _ in room.audit()]


def test_a_policy_document_that_must_answer_is_retired_only_with_a_reason(room: ConsoleRoom) -> None:
    desk = room.desk("curator")
    preview = desk.imports.preview("办法.txt", POLICY, "hukou")
    result = desk.imports.commit(preview.token, only_valid=False)
    desk.imports.publish_import(result.token)
    passage = desk.imports.document(result.documents[0])[1][0]
    desk.golden.add(passage.id, [passage.title])
    assert [verdict for _, verdict in desk.golden.verdicts()] == [Verdict.ANSWERED]

    with pytest.raises(GoldenSetDrop, match=passage.title[:6]):
        desk.imports.retire_document(result.documents[0])
    assert desk.imports.retire_document(result.documents[0], sign_off="文件已废止").status == "retired"

    assert desk.golden.sign_offs()[0].object_id == result.documents[0]
