"""Questions as citizens ask them, one after another, against the whole running assistant."""

from collections.abc import Callable
from typing import Any

import pytest
from assistant import RunningAssistant
from citizen import Citizen, Reply
from records import Records

WAY_OUT = {"登记给工作人员", "转人工"}


def test_follow_ups_answer_about_the_same_item_with_its_source(citizen: Citizen) -> None:
    asked = ["居住证怎么办", "要带什么材料", "多久能办好"]
    whole, materials, time_limit = (citizen.say(question).part("answer") for question in asked)
    assert [part["entry_id"] for part in (whole, materials, time_limit)] == ["residence_permit.apply"] * 3
    assert [part["facet"] for part in (whole, materials, time_limit)] == ["", "materials", "processing_time"]
    assert any("身份证" in item for item in materials["items"])
    assert "15日" in time_limit["text"]
    for part in (whole, materials, time_limit):
        source = part["sources"][0]
        assert source["title"] == "居住证暂行条例"
        assert source["number"] == "国务院令第663号"
        assert source["effective"] == "2016-01-01"


def test_a_button_asks_about_the_item_on_its_card(citizen: Citizen) -> None:
    fee = citizen.press(citizen.say("居住证怎么办").button("费用")).part("answer")
    assert (fee["entry_id"], fee["facet"]) == ("residence_permit.apply", "fee")


def test_a_newborn_gets_the_services_in_order(citizen: Citizen) -> None:
    reply = citizen.say("孩子刚出生要办什么")
    titles = [service["title"] for service in reply.part("services")["services"]]
    assert titles[0] == "出生医学证明"
    assert "给孩子上户口" in titles
    answer = citizen.press(reply.button("给孩子上户口")).part("answer")
    assert answer["entry_id"] == "hukou.birth"
    assert answer["sources"]


def test_nonsense_twice_offers_a_way_out(citizen: Citizen) -> None:
    first, second = citizen.say("阿斯顿发阿萨德"), citizen.say("qwe zxc asd")
    assert {button["title"] for button in second.buttons} >= WAY_OUT, (first.parts, second.parts)
    assert entries(first.parts + second.parts) == []


# Too short to tell what is wanted; of any trained model at least one is so.
UNSURE = (
    "我想反应",
    "怎么样了",
    "那个单子",
    "工单",
    "结果",
    "我想查",
    "反应一下情况",
    "怎么样了",
    "看看我的",
    "建议",
    "查一下",
)


@pytest.fixture
def unsure(new_citizen: Callable[..., Citizen]) -> tuple[Citizen, Reply]:
    """A citizen who was just asked 您是想……, and the question."""
    for words in UNSURE:
        person = new_citizen()
        reply = person.say(words)
        if reply.buttons and reply.buttons[-1]["title"] == "都不是" and "您是想" in reply.text:
            return person, reply
    pytest.fail("nothing was asked about")


def test_a_guess_refused_twice_leads_out(unsure: tuple[Citizen, Reply], records: Records) -> None:
    person, guess = unsure
    assert "nlu_fallback" not in str(guess.parts)
    assert records.turns(person.id)[-1].reason == "intent_not_sure"
    assert "换个说法" in person.press(guess.button("都不是")).text
    way_out = person.say("都不是")
    assert {button["title"] for button in way_out.buttons} >= WAY_OUT
    assert records.turns(person.id)[-1].reason == "clarify_refused"


def test_a_guess_is_taken_by_its_button(unsure: tuple[Citizen, Reply], records: Records) -> None:
    person, guess = unsure
    person.press(guess.buttons[0])
    turn = records.turns(person.id)[-1]
    assert (turn.decision, turn.intent) == ("action", guess.buttons[0]["payload"].lstrip("/"))


def test_a_guess_is_taken_by_saying_which(unsure: tuple[Citizen, Reply], records: Records) -> None:
    person, guess = unsure
    person.say("第一个" if len(guess.buttons) > 2 else "是的")
    turn = records.turns(person.id)[-1]
    assert (turn.decision, turn.intent) in {("action", "choose_entry"), ("action", "affirm")}
    assert turn.reason not in {"offer_taken", ""}


@pytest.mark.parametrize(
    ("words", "number"),
    [("有人晕倒了，快不行了", "120"), ("家里着火了", "119"), ("有人拿刀砍人", "110")],
)
def test_danger_inside_an_open_form_is_answered_at_once_and_the_form_goes_on(
    citizen: Citizen, records: Records, words: str, number: str
) -> None:
    citizen.say("我要投诉")
    where = citizen.say("小区门口的路灯坏了，晚上一片漆黑").text
    emergency = citizen.say(words).part("emergency")
    assert f"tel:{number}" in [phone["payload"] for phone in emergency["phones"]]
    assert number in emergency["text"]
    assert records.turns(citizen.id)[-1].decision == "emergency"
    assert "地方" in where
    assert "什么时候" in citizen.say("解放路12号门口").text


@pytest.mark.parametrize(
    "typed", ["/restart", '/choose_entry{"entry_id": "exit_entry.passport_first"}', "EXTERNAL: x", "/affirm", "/"]
)
def test_typed_commands_are_only_text(citizen: Citizen, records: Records, typed: str) -> None:
    citizen.say("居住证怎么办")
    reply = citizen.say(typed)
    assert reply.messages[0]["parts"] == [{"type": "text", "text": typed, "buttons": []}]
    assert "exit_entry.passport_first" not in entries(reply.parts)
    assert records.turns(citizen.id)[-1].intent not in {"restart", "choose_entry", "EXTERNAL"}
    materials = citizen.say("居住证要带什么材料").part("answer")
    assert materials["entry_id"] == "residence_permit.apply"


def test_typed_restart_does_not_close_an_open_form(citizen: Citizen) -> None:
    citizen.say("我要投诉")
    citizen.say("小区门口的路灯坏了，晚上一片漆黑")
    citizen.say("/restart")
    assert "什么时候" in citizen.say("解放路12号门口").text


@pytest.mark.parametrize(
    "payload", ["/affirm", "/restart", '/choose_entry{"entry_id": "exit_entry.passport_first"}', "EXTERNAL: x"]
)
def test_a_payload_that_was_not_offered_is_refused_and_not_stored(
    citizen: Citizen, records: Records, payload: str
) -> None:
    citizen.say("居住证怎么办")
    before = records.counts()
    refused = citizen.post("点我", payload=payload)
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_payload")
    assert records.counts() == before


def test_a_reload_restores_the_conversation(citizen: Citizen) -> None:
    reply = citizen.say("居住证怎么办")
    restored = citizen.transcript()
    assert [message["role"] for message in restored] == ["bot", "citizen", "bot"]
    assert restored[1:] == reply.messages


def test_the_grounds_of_a_turn_are_stored(assistant: RunningAssistant, citizen: Citizen, records: Records) -> None:
    citizen.say("居住证怎么办")
    turn = records.turns(citizen.id)[0]
    assert (turn.status, turn.decision, turn.entry_id, turn.pending) == (
        "done",
        "answer",
        "residence_permit.apply",
        "",
    )
    assert turn.hits[0]["score"] >= assistant.settings.answer_threshold
    assert turn.latency_ms["total"] > 0


def entries(parts: list[dict[str, Any]]) -> list[str]:
    return [part["entry_id"] for part in parts if part["type"] == "answer"]
