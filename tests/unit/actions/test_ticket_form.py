"""Filing a ticket: filling, asides, changing, cancelling, confirming; every ticket on real SQLite."""

from __future__ import annotations

import pytest

from actions.messages import TicketPart
from actions.replies import Reply, Show
from actions.tickets.scope import EVERY_TICKET
from actions.tickets.service import TicketService
from bot.security.encryption import FieldCipher
from tests.unit.actions.conftest import SECRET, Talk, said


def ticket_card(*replies: Reply) -> TicketPart:
    parts = [m.part for reply in replies for m in reply.messages if isinstance(m, Show) and m.part.type == "ticket"]
    assert len(parts) == 1
    assert isinstance(parts[0], TicketPart)
    return parts[0]


def filled(talk: Talk) -> None:
    talk.open("ticket", "小区路灯坏了好几天没人修", "file_ticket")
    talk.say("解放路锦绣花园3号楼")
    talk.say("从上周开始")
    talk.say("13800001234")
    assert talk.asked == "ticket_confirm"


def test_what_the_first_sentence_says_is_not_asked_again(talk: Talk) -> None:
    talk.open("ticket", "昨天晚上人民路的烧烤摊吵得睡不着", "file_ticket")
    assert talk.slots["ticket_where"].startswith("人民路")
    assert talk.slots["ticket_when"] == "昨天晚上（2026-11-29）"
    assert talk.slots["ticket_kind"] == "complaint"
    assert talk.asked == "ticket_contact"


def test_a_lamp_is_not_a_road(talk: Talk) -> None:
    talk.open("ticket", "小区路灯坏了好几天没人修", "file_ticket")
    assert talk.asked == "ticket_where"
    assert talk.slots["ticket_kind"] == "help"


def test_a_confirmed_ticket_is_filed_with_what_was_said(talk: Talk, tickets: TicketService) -> None:
    filled(talk)
    card = ticket_card(*talk.say("确认提交", "affirm"))
    assert card.code == ""
    assert len(FieldCipher(SECRET).decrypt(card.sealed_code)) == 8
    detail = tickets.for_staff(EVERY_TICKET).get(card.number)
    assert (detail.what, detail.where, detail.when) == ("小区路灯坏了好几天没人修", "解放路锦绣花园3号楼", "从上周开始")
    assert tickets.for_staff(EVERY_TICKET).reveal_contact(card.number, "test").phone == "13800001234"
    assert talk.slots["ticket_what"] is None


def test_the_same_message_twice_makes_one_ticket(talk: Talk, tickets: TicketService) -> None:
    filled(talk)
    talk.slots["ticket_confirm"] = "yes"
    turn = talk.turn("确认提交", "affirm")
    first, second = talk.services.ticket_form.finish(turn), talk.services.ticket_form.finish(turn)
    assert ticket_card(first) == ticket_card(second)
    assert sum(tickets.for_staff(EVERY_TICKET).counts().values()) == 1


def test_a_question_in_the_middle_is_answered_and_the_form_goes_on(talk: Talk) -> None:
    talk.open("ticket", "小区路灯坏了好几天没人修", "file_ticket")
    (reply,) = talk.say("居住证多久能办好？", "ask_time_limit", 0.9)
    assert said(reply) == ["utter_ticket_back"]
    assert reply.trace is not None
    assert (reply.trace.decision, reply.trace.entry_id) == ("answer", "residence_permit.apply")
    assert talk.asked == "ticket_where"


@pytest.mark.parametrize("text", ["为什么半夜还在施工？吵死人了", "楼上天天装修你们管不管啊"])
def test_a_complaint_phrased_as_a_question_is_kept(talk: Talk, text: str) -> None:
    talk.open("ticket", "我要投诉", "file_ticket")
    assert talk.asked == "ticket_what"
    talk.say(text, "ask_service", 0.6)
    assert talk.slots["ticket_what"] == text


def test_a_place_that_sounds_like_an_intent_is_a_place(talk: Talk) -> None:
    talk.open("ticket", "小区路灯坏了好几天没人修", "file_ticket")
    talk.say("人民路人民医院门口", "request_human", 0.95)
    assert talk.slots["ticket_where"] == "人民路人民医院门口"


def test_changing_a_field_at_once_or_after_being_asked(talk: Talk) -> None:
    filled(talk)
    talk.say("地点改成人民路15号", "change_field", 0.9)
    assert (talk.slots["ticket_where"], talk.asked) == ("人民路15号", "ticket_confirm")
    talk.say("改一下时间", "change_field", 0.9)
    assert talk.asked == "ticket_when"
    talk.say("昨天下午")
    assert (talk.slots["ticket_when"], talk.asked) == ("昨天下午（2026-11-29）", "ticket_confirm")
    talk.say("不对", "deny")
    assert talk.asked == "ticket_field"
    talk.say("电话")
    assert talk.asked == "ticket_contact"


def test_more_said_before_confirming_is_added(talk: Talk) -> None:
    filled(talk)
    replies = talk.say("昨晚还有老人因此摔倒受伤", "file_ticket", 0.6)
    assert said(*replies) == ["utter_ticket_added"]
    assert talk.slots["ticket_what"].endswith("昨晚还有老人因此摔倒受伤")


def test_wrong_numbers_are_told_kindly_then_anonymous_is_offered(talk: Talk, tickets: TicketService) -> None:
    talk.open("ticket", "昨天晚上人民路的烧烤摊吵得睡不着", "file_ticket")
    assert said(*talk.say("1380000"), *talk.say("138000012345")) == [
        "utter_ticket_bad_phone",
        "utter_ticket_offer_anonymous",
    ]
    talk.say("那就匿名吧", "stay_anonymous")
    card = ticket_card(*talk.say("/affirm", "affirm", 1.0))
    assert tickets.for_staff(EVERY_TICKET).get(card.number).anonymous


def test_cancelling_is_asked_only_if_something_was_filled(talk: Talk, tickets: TicketService) -> None:
    talk.open("ticket", "我要投诉", "file_ticket")
    assert said(*talk.say("算了", "cancel")) == ["utter_ticket_cancelled"]
    filled(talk)
    talk.say("取消", "cancel")
    assert talk.asked == "ticket_cancelling"
    talk.say("继续", "deny")
    assert talk.asked == "ticket_confirm"
    talk.say("取消", "cancel")
    assert said(*talk.say("是的", "affirm")) == ["utter_ticket_cancelled"]
    assert sum(tickets.for_staff(EVERY_TICKET).counts().values()) == 0


def test_why_a_number_is_wanted_is_explained(talk: Talk) -> None:
    talk.open("ticket", "昨天晚上人民路的烧烤摊吵得睡不着", "file_ticket")
    assert said(*talk.say("为什么要留电话？")) == ["utter_why_contact"]
    assert talk.asked == "ticket_contact"


def test_an_unanswered_question_is_carried_into_the_ticket(talk: Talk) -> None:
    talk.ask("火星上怎么落户")
    talk.open("ticket", '/file_ticket{"ticket_kind": "enquiry"}', "file_ticket", ticket_kind="enquiry")
    assert talk.slots["ticket_what"] == "火星上怎么落户"
    assert talk.asked == "ticket_contact"


def test_a_draft_that_cannot_be_filed_is_kept_open(talk: Talk) -> None:
    filled(talk)
    talk.slots["ticket_what"] = "长" * 3000
    replies = talk.say("确认", "affirm")
    assert said(*replies) == ["utter_ticket_problem"]
    assert replies[-1].next_action == "ticket_form"
    assert talk.slots["ticket_where"] == "解放路锦绣花园3号楼"


@pytest.mark.parametrize("wish", ["改一下", "我要修改一下", "能改吗？"])
def test_a_bare_wish_to_change_is_never_taken_for_a_place_or_a_time(talk: Talk, wish: str) -> None:
    talk.open("ticket", "老板拖欠工资三个月我要举报", "file_ticket")
    assert talk.asked == "ticket_where"
    talk.say(wish)
    assert talk.asked == "ticket_field"
    talk.say("事情")
    assert talk.asked == "ticket_what"
    assert talk.slots["ticket_where"] is None


def test_the_bare_name_of_a_filled_field_reopens_it(talk: Talk) -> None:
    talk.open("ticket", "老板拖欠工资三个月我要举报", "file_ticket")
    talk.say("高新区创业街3号")
    assert talk.slots["ticket_where"] == "高新区创业街3号"
    talk.say("地点")
    assert talk.asked == "ticket_where"


def test_the_bare_name_of_the_field_that_is_asked_is_not_its_value(talk: Talk) -> None:
    talk.open("ticket", "老板拖欠工资三个月我要举报", "file_ticket")
    talk.say("地点")
    assert talk.asked == "ticket_where"
    assert talk.slots["ticket_where"] is None


@pytest.mark.parametrize("question", ["你们几点下班", "几点关门", "周末上班"])
@pytest.mark.parametrize("at_hand", ["", "residence_permit.apply"])
def test_a_question_about_office_hours_is_never_taken_for_a_place_or_a_time(
    talk: Talk, question: str, at_hand: str
) -> None:
    talk.slots["entry_id"] = at_hand or None
    talk.open("ticket", "老板拖欠工资三个月我要举报", "file_ticket")
    for field, value in (("where", "高新区创业街3号"), ("when", "上个月")):
        (reply,) = talk.say(question)
        assert said(reply)[-1] == "utter_ticket_back"
        assert talk.asked == f"ticket_{field}"
        assert talk.slots["ticket_where"] == (None if field == "where" else "高新区创业街3号")
        assert talk.slots.get("facet_pending") is None
        talk.say(value)
        assert talk.slots[f"ticket_{field}"] == value


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("说不清", "人民路15号"),
        ("你们在哪儿", "人民路15号"),
        ("我家楼下", "我家楼下。补充：人民路15号"),
        ("高新区创业街3号", "高新区创业街3号"),
    ],
)
def test_an_address_given_when_the_number_is_asked_mends_a_place_that_is_none(
    talk: Talk, before: str, after: str
) -> None:
    talk.open("ticket", "老板拖欠工资三个月我要举报", "file_ticket")
    talk.slots |= {"ticket_where": before, "ticket_when": "上个月", "requested_slot": "ticket_contact"}
    (reply,) = talk.say("人民路15号")
    assert talk.slots["ticket_where"] == after
    assert ("utter_ticket_bad_phone" in said(reply)) == (before == after)
    assert talk.asked == "ticket_contact"


def test_an_address_that_sounds_like_an_intent_is_still_an_address_when_the_number_is_asked(talk: Talk) -> None:
    talk.open("ticket", "老板拖欠工资三个月我要举报", "file_ticket")
    talk.slots |= {"ticket_where": "说不清", "ticket_when": "上个月", "requested_slot": "ticket_contact"}
    talk.say("人民路人民医院门口", "request_human", 0.95)
    assert talk.slots["ticket_where"] == "人民路人民医院门口"
