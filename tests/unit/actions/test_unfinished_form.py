"""A form whose memory is gone, and buttons of forms that are over."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from actions.messages import TicketPart, Trace
from actions.replies import Reply, Show
from actions.services import ActionServices
from actions.tickets.scope import EVERY_TICKET
from actions.tickets.service import TicketService
from tests.unit.actions.conftest import Talk, said

WHAT, WHERE, PHONE = "小区路灯坏了好几天没人修", "解放路锦绣花园3号楼", "13800001234"


def told(talk: Talk) -> None:
    """A form with everything told, read back and waiting to be confirmed."""
    talk.open("ticket", WHAT, "file_ticket")
    talk.say(WHERE)
    talk.say("从上周开始")
    talk.say(PHONE)
    assert talk.asked == "ticket_confirm"


def lose_memory(talk: Talk) -> None:
    """What a wiped Redis or an expired session leaves of the dialogue: nothing."""
    talk.slots, talk.form, talk.heard = {}, "", None


def outside(talk: Talk, text: str, intent: str, decision: str = "unresolved", **entities: str) -> Reply:
    """An action outside any form that decided so, as the handler hands its reply on."""
    turn = talk.turn(text, intent, **entities)
    own = Reply(Trace(decision=decision), slots={"fallback": {"failures": 1}}).say("utter_own_words")  # type: ignore[arg-type]
    reply = talk.hear(talk.services.unfinished.attend(turn, own))
    return reopened(talk, turn.text, reply) if reply.next_action else reply


def settle(talk: Talk, text: str, intent: str, **entities: str) -> Reply:
    """是的 or 不是 outside any form, typed or pressed."""
    turn = talk.turn(text, intent, **entities)
    reply = talk.hear(talk.services.unfinished.settled(turn) or talk.services.answers.settled(turn))
    return reopened(talk, text, reply) if reply.next_action else reply


def reopened(talk: Talk, text: str, reply: Reply) -> Reply:
    """What Rasa does with a reply that opens the form: the form's own first step."""
    assert reply.next_action == "ticket_form"
    talk.open("ticket", text, "affirm")
    return reply


def count(tickets: TicketService) -> int:
    return sum(tickets.for_staff(EVERY_TICKET).counts().values())


def test_a_lost_form_is_noticed_offered_and_gone_on_with(talk: Talk, tickets: TicketService) -> None:
    told(talk)
    lose_memory(talk)
    offer = outside(talk, "对了还有一件事", "nlu_fallback")
    assert said(offer) == ["utter_ticket_unfinished"]
    assert "fallback" not in offer.slots, "it was not the citizen who failed"
    talk.open("ticket", "/file_ticket", "file_ticket", ticket_draft="resume")
    assert talk.asked == "ticket_confirm"
    assert WHERE in talk.slots["ticket_summary"]
    talk.say("/affirm", "affirm", 1.0, asked="ticket_confirm", draft=talk.slots["ticket_key"])
    assert count(tickets) == 1
    assert tickets.unfinished.of("c1") is None


@pytest.mark.parametrize("steps", [0, 1, 2, 3])
def test_at_whatever_step_it_is_lost_nothing_told_is_lost(talk: Talk, steps: int) -> None:
    talk.open("ticket", WHAT, "file_ticket")
    for value in (WHERE, "从上周开始", PHONE)[:steps]:
        talk.say(value)
    before = {name: talk.slots.get(name) for name in ("ticket_what", "ticket_where", "ticket_when", "ticket_contact")}
    asked = talk.asked
    lose_memory(talk)
    assert said(settle(talk, "/affirm", "affirm", asked="ticket_confirm")) == ["utter_ticket_resumed"]
    assert {name: talk.slots.get(name) for name in before} == before
    assert talk.asked == asked


def test_the_confirming_button_of_a_lost_form_never_leads_to_a_general_invitation(
    talk: Talk, tickets: TicketService
) -> None:
    told(talk)
    key = talk.slots["ticket_key"]
    lose_memory(talk)
    assert said(settle(talk, "/affirm", "affirm", asked="ticket_confirm", draft=key)) == ["utter_ticket_resumed"]
    assert count(tickets) == 0, "it is read back once more before it is filed"
    talk.say("确认提交", "affirm")
    assert count(tickets) == 1


def test_a_typed_confirmation_and_going_on_in_words_resume_it_too(talk: Talk) -> None:
    told(talk)
    lose_memory(talk)
    assert said(settle(talk, "确认提交", "affirm")) == ["utter_ticket_resumed"]
    lose_memory(talk)
    assert said(outside(talk, "好的，继续填吧", "nlu_fallback")) == ["utter_ticket_resumed"]
    assert talk.asked == "ticket_confirm"


def test_the_offer_is_made_once_and_beside_an_answer_that_helps(talk: Talk) -> None:
    told(talk)
    lose_memory(talk)
    assert said(outside(talk, "居住证怎么办", "ask_service", "answer")) == [
        "utter_own_words",
        "utter_ticket_unfinished",
    ]
    assert said(outside(talk, "护照怎么办", "ask_service", "answer")) == ["utter_own_words"]
    assert said(outside(talk, "啊啊", "nonsense", "smalltalk")) == ["utter_own_words"]


def test_who_does_not_want_it_any_more_is_rid_of_it(talk: Talk, tickets: TicketService) -> None:
    for refuse in (
        lambda: settle(talk, "不用了", "deny"),
        lambda: talk.services.unfinished.without_form(talk.turn("/cancel", "cancel", 1.0)),
    ):
        told(talk)
        lose_memory(talk)
        outside(talk, "在吗", "nlu_fallback")
        assert said(refuse()) == ["utter_ticket_cancelled"]
        assert tickets.unfinished.of("c1") is None
        assert said(outside(talk, "在吗", "nlu_fallback")) == ["utter_own_words"]


def test_saying_again_that_one_wants_to_complain_resumes_and_another_matter_starts_anew(talk: Talk) -> None:
    told(talk)
    lose_memory(talk)
    assert said(*talk.open("ticket", "我要投诉", "file_ticket")) == ["utter_ticket_resumed"]
    assert talk.asked == "ticket_confirm"
    lose_memory(talk)
    replies = talk.open("ticket", "菜市场门口的垃圾堆了三天没人清理", "file_ticket")
    assert said(*replies) == ["utter_ticket_anew", "utter_ticket_opened"]
    assert talk.slots["ticket_what"] == "菜市场门口的垃圾堆了三天没人清理"


def test_changing_a_field_of_a_lost_form_opens_it_again(talk: Talk) -> None:
    told(talk)
    lose_memory(talk)
    reply = talk.services.unfinished.without_form(talk.turn("/change_field", "change_field", 1.0))
    assert said(reply) == ["utter_ticket_resumed"]
    assert reply.next_action == "ticket_form"


@pytest.mark.parametrize(
    ("intent", "words"),
    [
        ("cancel", "utter_nothing_to_cancel"),
        ("change_field", "utter_nothing_to_change"),
        ("stay_anonymous", "utter_anonymous_is_fine"),
    ],
)
def test_without_any_draft_words_of_a_form_are_answered_for_what_they_are(talk: Talk, intent: str, words: str) -> None:
    assert said(talk.services.unfinished.without_form(talk.turn("算了", intent))) == [words]


def test_confirming_what_was_filed_already_shows_the_ticket_and_files_nothing(
    talk: Talk, tickets: TicketService
) -> None:
    told(talk)
    key = talk.slots["ticket_key"]
    talk.say("确认提交", "affirm")
    for _ in range(2):
        reply = settle(talk, "/affirm", "affirm", asked="ticket_confirm", draft=key)
        assert said(reply) == ["utter_ticket_already_filed"]
        [card] = [message.part for message in reply.messages if isinstance(message, Show)]
        assert isinstance(card, TicketPart)
        assert (card.code, card.sealed_code) == ("", "")
    assert count(tickets) == 1


def test_confirming_what_was_cancelled_says_that_nothing_was_filed(talk: Talk, tickets: TicketService) -> None:
    told(talk)
    key = talk.slots["ticket_key"]
    talk.say("取消", "cancel")
    talk.say("/affirm", "affirm", 1.0, asked="ticket_cancelling")
    reply = settle(talk, "/affirm", "affirm", asked="ticket_confirm", draft=key)
    assert said(reply) == ["utter_ticket_form_over"]
    assert count(tickets) == 0


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("ticket_cancelling", "utter_ticket_form_over"),
        ("follow_confirm", "utter_follow_form_over"),
        ("", "utter_button_over"),
    ],
)
def test_every_button_of_a_form_that_is_over_is_answered_honestly(talk: Talk, asked: str, words: str) -> None:
    entities = {"asked": asked} if asked else {}
    assert said(settle(talk, "/affirm", "affirm", **entities)) == [words]


def test_a_button_of_an_earlier_complaint_does_not_file_the_present_one(talk: Talk, tickets: TicketService) -> None:
    told(talk)
    earlier = talk.slots["ticket_key"]
    talk.say("确认提交", "affirm")
    told(talk)
    assert said(*talk.say("/affirm", "affirm", 1.0, asked="ticket_confirm", draft=earlier)) == ["utter_button_over"]
    assert count(tickets) == 1


def test_the_button_below_the_summary_does_not_cancel_when_cancelling_is_asked(talk: Talk) -> None:
    told(talk)
    talk.say("取消", "cancel")
    talk.say("/affirm", "affirm", 1.0, asked="ticket_confirm", draft=talk.slots["ticket_key"])
    assert talk.form == "ticket"
    assert talk.asked == "ticket_confirm"


def test_a_confirmation_heard_twice_files_one_ticket(talk: Talk, tickets: TicketService) -> None:
    told(talk)
    turn = replace(talk.turn("确认提交", "affirm"), slots={**talk.slots, "ticket_confirm": "yes"})
    finished = [talk.services.ticket_form.finish(replace(turn, message_id=key)) for key in ("m8", "m8", "m9")]
    numbers = {reply.trace.ticket_number for reply in finished if reply.trace}
    assert len(numbers) == count(tickets) == 1


def test_where_drafts_cannot_be_kept_or_read_the_form_goes_on(
    talk: Talk, services: ActionServices, tickets: TicketService
) -> None:
    with tickets.unfinished._sessions() as session:
        session.execute(text("drop table unfinished_tickets"))
        session.commit()
    told(talk)
    talk.say("取消", "cancel")
    assert talk.asked == "ticket_cancelling"
