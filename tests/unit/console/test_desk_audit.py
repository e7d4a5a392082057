"""What the audit log tells of staff: what was refused to them, what they searched for among citizens' words."""

from __future__ import annotations

import pytest
from console_room import ConsoleRoom

from bot.security.errors import InvalidAccount, PermissionDenied
from channels.console.audit_sheet import deed_names
from channels.conversations.reader import Sought


def details(room: ConsoleRoom) -> list[tuple[str, str, str]]:
    return [(one.actor, one.action, one.detail) for one in reversed(room.accounts.audit.records())]


def test_what_is_refused_is_recorded_with_the_permission_it_takes(room: ConsoleRoom) -> None:
    with pytest.raises(PermissionDenied):
        room.desk("handler").accounts.accounts()
    assert details(room) == [("handler", "access.refused", "accounts.manage")]


def test_a_search_among_citizens_words_is_recorded_without_personal_data(room: ConsoleRoom) -> None:
    desk = room.desk("agent")
    desk.tickets(query="13800138000")
    desk.transcripts.conversations(Sought(text=" 路灯 "))
    desk.transcripts.conversations(Sought(text="路灯"), offset=50)
    desk.tickets()
    desk.transcripts.conversations(Sought())
    recorded = details(room)
    assert [(actor, deed) for actor, deed, _ in recorded] == [
        ("agent", "tickets.search"),
        ("agent", "conversations.search"),
    ]
    assert "13800138000" not in str(recorded)
    assert recorded[1][2] == "路灯"


def test_past_answers_are_recorded_as_looked_at(room: ConsoleRoom) -> None:
    entry = room.entry()
    room.desk("auditor").use.answers_of_entry(entry)
    room.desk("auditor").use.answers_of_document("d", article="第九条")
    assert room.audit() == [
        ("auditor", "conversations.past_answers", entry),
        ("auditor", "conversations.past_answers", "d"),
    ]


def test_nobody_gives_themselves_more(room: ConsoleRoom) -> None:
    room.accounts.create("administrator", "correct horse battery", roles=["administrator"])
    desk = room.desk("administrator").accounts
    for name in ("administrator", "Administrator "):
        with pytest.raises(InvalidAccount, match="给自己增加权限"):
            desk.update_account(name, display_name="", roles=["administrator", "curator"], department="")
    assert room.accounts.account("administrator").roles == ("administrator",)
    assert room.audit()[-1][1] == "access.refused"
    desk.update_account("administrator", display_name="王波", roles=["administrator"], department="")


def test_an_administrator_who_reads_no_knowledge_makes_no_tokens_for_others(room: ConsoleRoom) -> None:
    room.accounts.create("lina", "correct horse battery", roles=["curator"])
    with pytest.raises(InvalidAccount, match="不会超过生成它的人"):
        room.desk("administrator").accounts.make_account_token("lina", "同步", days=1, read_only=False)
    made = room.desk("administrator", "curator").accounts.make_account_token("lina", "同步", days=1, read_only=False)
    assert made.startswith("wz_")


def test_what_is_recorded_has_a_name() -> None:
    recorded = {
        "access.refused",
        "token.refused",
        "tickets.search",
        "conversations.search",
        "conversations.past_answers",
    }
    assert recorded <= set(deed_names())
