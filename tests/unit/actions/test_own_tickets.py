"""Tickets of this very conversation: no code, no number where it is plain which is meant, and a choice where it is not."""

from __future__ import annotations

import json

import pytest

from actions.messages import Button
from actions.replies import Reply, Say
from actions.tickets.drafts import TicketDraft
from actions.tickets.scope import EVERY_TICKET
from actions.tickets.service import TicketService
from actions.tickets.views import FiledTicket
from tests.unit.actions.conftest import Talk, said
from tests.unit.actions.test_follow_form import WRONG, numbers

LAMP = TicketDraft("help", "路灯坏了，晚上很黑", "解放路12号", "昨晚", "13800001234")
LIFT = TicketDraft("complaint", "电梯三天两头停运", "人民小区3号楼", "上周", "13800001234")
NOISE = TicketDraft("report", "烧烤店半夜放音乐吵得睡不着觉", "中山路", "每天", "13800001234")


def filed(tickets: TicketService, draft: TicketDraft, conversation: str = "c1") -> FiledTicket:
    return tickets.file(draft, conversation_id=conversation, idempotency_key=draft.what)


@pytest.fixture
def three(tickets: TicketService) -> list[str]:
    """Numbers of three tickets of this conversation, in the order they were filed."""
    return [filed(tickets, draft).ticket.number for draft in (LAMP, LIFT, NOISE)]


def choices(*replies: Reply) -> list[Button]:
    return [button for reply in replies for one in reply.messages if isinstance(one, Say) for button in one.buttons]


def press(talk: Talk, button: Button) -> list[Reply]:
    intent, _, rest = button.payload.removeprefix("/").partition("{")
    entities = json.loads("{" + rest)
    if talk.form:
        return talk.say(button.payload, intent, 1.0, **entities)
    return talk.open("follow", button.payload, intent, **entities)


def test_the_number_of_an_older_own_ticket_needs_no_code(talk: Talk, three: list[str]) -> None:
    replies = talk.open("follow", f"催一下{three[0]}", "urge_ticket")
    assert said(*replies) == ["utter_follow_urge_done"]
    assert numbers(talk, *replies) == [three[0]]


def test_an_own_number_is_known_however_it_is_written(talk: Talk, three: list[str]) -> None:
    talk.open("follow", "查进度", "check_ticket")
    assert numbers(talk, *talk.say(three[1].lower().replace("-", " "))) == [three[1]]


def test_the_number_of_another_conversation_still_needs_its_code(
    talk: Talk, three: list[str], tickets: TicketService
) -> None:
    theirs = filed(tickets, LAMP, "other")
    replies = talk.open("follow", f"催一下{theirs.ticket.number}", "urge_ticket")
    assert talk.asked == "follow_code"
    assert numbers(talk, *replies) == []
    assert numbers(talk, *talk.say(theirs.code)) == [theirs.ticket.number]


@pytest.mark.parametrize(
    ("words", "which"),
    [
        ("第一个怎么样了", 0),
        ("查一下第二个投诉", 1),
        ("最后一个处理了吗", 2),
        ("上一个怎么样了", 2),
        ("刚才登记的怎么样了", 2),
        ("路灯那个怎么样了", 0),
        ("电梯的有进展吗", 1),
        ("在解放路的那个", 0),
        ("中山路的处理到哪一步了", 2),
        ("我那个举报有没有结果", 2),
    ],
)
def test_which_ticket_is_meant_is_found_by_what_was_said(talk: Talk, three: list[str], words: str, which: int) -> None:
    assert numbers(talk, *talk.open("follow", words, "check_ticket")) == [three[which]]


@pytest.mark.parametrize("words", ["查进度", "我的工单怎么样了", "有没有进展", "第九个", "路灯和电梯的怎么样了"])
def test_where_it_is_not_plain_the_citizen_chooses(talk: Talk, three: list[str], words: str) -> None:
    replies = talk.open("follow", words, "check_ticket")
    assert said(*replies) == ["utter_follow_choose"]
    assert talk.asked == "follow_choice"
    assert [button.title for button in choices(*replies)] == [
        "烧烤店半夜放音乐吵得睡不（待受理）",
        "电梯三天两头停运（待受理）",
        "路灯坏了（待受理）",
    ]


def test_a_pressed_choice_does_what_was_wished(talk: Talk, three: list[str], tickets: TicketService) -> None:
    replies = talk.open("follow", "撤回", "withdraw_ticket")
    press(talk, choices(*replies)[2])
    assert (talk.asked, talk.slots["follow_number"]) == ("follow_confirm", three[0])
    talk.say("/affirm", "affirm", 1.0, asked="follow_confirm")
    desk = tickets.for_staff(EVERY_TICKET)
    assert [desk.get(number).status for number in three] == ["withdrawn", "filed", "filed"]


def test_a_choice_pressed_after_the_form_is_over_works_too(talk: Talk, three: list[str]) -> None:
    buttons = choices(*talk.open("follow", "查进度", "check_ticket"))
    talk.say("取消")
    assert numbers(talk, *press(talk, buttons[1])) == [three[1]]


def test_a_note_said_before_the_choice_is_kept(talk: Talk, three: list[str], tickets: TicketService) -> None:
    replies = talk.open("follow", "补充一下，物业也不管", "supplement_ticket")
    press(talk, choices(*replies)[1])
    notes = [event.text for event in tickets.for_staff(EVERY_TICKET).get(three[1]).history if event.action == "note"]
    assert notes == ["物业也不管"]


@pytest.mark.parametrize(
    ("words", "which"), [("第一个", 2), ("2", 1), ("最后一个", 0), ("路灯坏了的", 0), ("刚才登记的", 2)]
)
def test_a_choice_may_be_said_and_is_counted_as_it_is_shown(
    talk: Talk, three: list[str], words: str, which: int
) -> None:
    talk.open("follow", "查进度", "check_ticket")
    assert numbers(talk, *talk.say(words, "file_ticket", 0.95)) == [three[which]]


def test_a_button_with_a_number_of_another_conversation_shows_nothing(
    talk: Talk, three: list[str], tickets: TicketService
) -> None:
    theirs = filed(tickets, LAMP, "other").ticket.number
    talk.open("follow", "查进度", "check_ticket")
    replies = talk.say("/check_ticket", "check_ticket", 1.0, draft=theirs)
    assert numbers(talk, *replies) == []
    assert talk.asked == "follow_code"


def test_only_own_tickets_are_put_up_and_five_at_most(talk: Talk, tickets: TicketService) -> None:
    filed(tickets, NOISE, "other")
    own = [
        filed(tickets, TicketDraft("help", f"井盖丢了，第{n}处", f"和平路{n}号", "今天", "")).ticket.number
        for n in range(7)
    ]
    buttons = choices(*talk.open("follow", "查进度", "check_ticket"))
    assert [json.loads(button.payload.removeprefix("/check_ticket"))["draft"] for button in buttons] == own[:1:-1]
    assert len({button.title for button in buttons}) == 5, "stories that begin alike are told apart"
    assert [ticket.number for ticket in tickets.of("c1")] == own[::-1]


def test_the_button_below_a_ticket_just_filed_is_about_that_one(talk: Talk, three: list[str]) -> None:
    talk.slots["did"] = "filed"
    assert numbers(talk, *talk.open("follow", "/check_ticket", "check_ticket")) == [three[2]]


def test_a_question_in_the_middle_is_answered_and_the_choice_put_up_again(talk: Talk, three: list[str]) -> None:
    talk.open("follow", "查进度", "check_ticket")
    assert said(*talk.say("护照怎么办？", "ask_service")) == ["utter_follow_back", "utter_follow_choose"]
    assert talk.asked == "follow_choice"


def test_none_of_the_choices_asks_for_a_number_and_no_choice_comes_again(talk: Talk, three: list[str]) -> None:
    talk.open("follow", "查进度", "check_ticket")
    talk.say("没有我要的")
    assert talk.asked == "follow_number"
    assert said(*talk.say("工单号忘了")) == ["utter_follow_lost"]


def test_who_names_none_of_the_choices_twice_is_not_asked_for_ever(talk: Talk, three: list[str]) -> None:
    talk.open("follow", "查进度", "check_ticket")
    assert said(*talk.say("就那份吧")) == ["utter_follow_bad_choice", "utter_follow_choose"]
    assert said(*talk.say("就那份吧")) == ["utter_follow_unchosen"]


def test_who_does_not_know_which_one_is_let_go_kindly(talk: Talk, three: list[str]) -> None:
    talk.open("follow", "查进度", "check_ticket")
    assert said(*talk.say("不记得是哪个了")) == ["utter_follow_unchosen"]


def test_who_asks_something_else_twice_has_left_the_choice(talk: Talk, three: list[str]) -> None:
    talk.open("follow", "查进度", "check_ticket")
    talk.say("护照怎么办？", "ask_service")
    assert said(*talk.say("居住证怎么办？", "ask_service")) == []
    assert not talk.form


def test_a_story_told_instead_of_choosing_is_filed(talk: Talk, three: list[str]) -> None:
    talk.open("follow", "查进度", "check_ticket")
    talk.say("我要投诉，刚才登记的时候有个路灯砸下来了，差点伤到人", "file_ticket", 0.95)
    assert talk.form == "ticket"


def test_a_right_code_alone_opens_the_ticket_whose_number_was_said(talk: Talk, tickets: TicketService) -> None:
    theirs = filed(tickets, LAMP, "other")
    talk.open("follow", f"{theirs.ticket.number} {WRONG}", "check_ticket")
    assert talk.asked == "follow_number"
    assert numbers(talk, *talk.say(theirs.code)) == [theirs.ticket.number]


def test_a_right_code_alone_opens_an_own_ticket(talk: Talk, three: list[str], tickets: TicketService) -> None:
    mine = filed(tickets, TicketDraft("help", "井盖丢了", "和平路", "今天", ""))
    filed(tickets, TicketDraft("help", "树倒了", "和平路", "今天", ""))
    assert numbers(talk, *talk.open("follow", f"查询码{mine.code}", "check_ticket")) == [mine.ticket.number]


def test_a_code_alone_opens_nothing_whose_number_was_not_said(talk: Talk, tickets: TicketService) -> None:
    theirs = filed(tickets, LAMP, "other")
    assert numbers(talk, *talk.open("follow", f"查询码{theirs.code}", "check_ticket")) == []
    assert talk.asked == "follow_number"


def test_wrong_codes_alone_count_for_the_limit_and_end_the_form(talk: Talk, tickets: TicketService) -> None:
    theirs = filed(tickets, LAMP, "other")
    talk.open("follow", f"{theirs.ticket.number} {WRONG}", "check_ticket")
    assert said(*talk.say(WRONG)) == ["utter_follow_not_found"]
    assert said(*talk.say(WRONG)) == ["utter_follow_unproven"]
    for _ in range(2):
        talk.open("follow", f"{theirs.ticket.number} {WRONG}", "check_ticket")
    replies = talk.open("follow", f"{theirs.ticket.number} {theirs.code}", "check_ticket")
    assert "utter_ticket_problem" in said(*replies)
    assert numbers(talk, *replies) == []


def test_after_a_wrong_code_the_own_tickets_are_a_way_on(talk: Talk, three: list[str], tickets: TicketService) -> None:
    theirs = filed(tickets, LAMP, "other").ticket.number
    replies = talk.open("follow", f"催一下{theirs} {WRONG}", "urge_ticket")
    assert said(*replies) == ["utter_follow_not_found_own"]
    assert numbers(talk, *press(talk, choices(*replies)[0])) == [three[2]]


@pytest.mark.parametrize("words", ["查询码忘了", "单号找不到了"])
def test_who_lost_number_or_code_is_shown_the_own_tickets(
    talk: Talk, three: list[str], tickets: TicketService, words: str
) -> None:
    talk.open("follow", f"查{filed(tickets, LAMP, 'other').ticket.number}", "check_ticket")
    replies = talk.say(words)
    assert said(*replies) == ["utter_follow_listed"]
    assert len(choices(*replies)) == 3
    assert numbers(talk, *press(talk, choices(*replies)[1])) == [three[1]]
