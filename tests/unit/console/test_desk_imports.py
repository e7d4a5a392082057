from __future__ import annotations

import import_files as files
import pytest
from console_room import ConsoleRoom

from bot.security.errors import PermissionDenied
from knowledge_base.lifecycle import EntryStatus

SHEET = files.xlsx([files.question_row(1)])
POLICY = "停车办法\n云州市城管局\n第一条 停车每小时五元。".encode()


def test_an_import_is_signed_logged_and_published_at_once(room: ConsoleRoom) -> None:
    desk = room.desk("curator")
    preview = desk.imports.preview("问答.xlsx", SHEET, "hukou")
    result = desk.imports.commit(preview.token, only_valid=False)
    assert room.knowledge.get(result.entries[0]).updated_by == "curator"
    assert desk.try_question("1号业务流程").hits == ()
    assert desk.imports.publish_import(result.token) == 1
    assert desk.try_question("1号业务流程").hits[0].entry_id == result.entries[0]
    assert [action for _, action, _ in room.audit()] == ["knowledge.import", "knowledge.publish_import"]


def test_who_may_not_edit_cannot_import_and_who_may_not_publish_leaves_drafts(room: ConsoleRoom) -> None:
    with pytest.raises(PermissionDenied):
        room.desk("handler").imports.preview("问答.xlsx", SHEET, "hukou")
    manager = room.desk("manager").imports
    result = manager.commit(manager.preview("办法.txt", POLICY, "hukou").token, only_valid=False)
    for deed in (
        lambda: manager.publish_import(result.token),
        lambda: manager.publish_document(result.documents[0]),
        lambda: manager.retire_document(result.documents[0]),
        lambda: manager.supersede_document(result.documents[0], "doc_other"),
    ):
        with pytest.raises(PermissionDenied):
            deed()
    view, passages = manager.document(result.documents[0])
    assert (view.document.status, len(passages)) == (EntryStatus.DRAFT, 2)
