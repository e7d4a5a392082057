"""A message is looked at as deciding would see it, and nothing is done with it."""

from __future__ import annotations

import pytest

from actions.services import ActionServices
from actions.turns import Turn
from tests.unit.actions.conftest import Handovers, Talk

COURT = "法院判决了对方不执行怎么办"


def test_a_look_sees_what_a_first_message_would_be_decided_by(services: ActionServices) -> None:
    text = "居住证怎么办"
    look = services.deciding.look(text)
    reply = services.deciding.reply(Turn("c1", "m1", text, "", 0.0, pressed=False))
    assert reply.trace is not None
    assert list(look.candidates) == reply.trace.candidates
    assert look.candidates[0].act == "answer"
    assert look.door == ""


def test_a_look_names_the_three_likeliest_points(services: ActionServices) -> None:
    shares = services.deciding.look("办居住证要多少钱").aspects
    assert next(iter(shares)) == "fee"
    assert len(shares) == 3
    assert list(shares.values()) == sorted(shares.values(), reverse=True)


def test_a_look_tells_each_point_of_several_questions(services: ActionServices) -> None:
    assert set(services.deciding.look("居住证要带什么材料？另外护照要多少钱？").aspects) >= {"materials", "fee"}


def test_a_look_at_a_refusal_names_the_same_door_as_the_reply(services: ActionServices) -> None:
    look = services.deciding.look(COURT)
    reply = services.deciding.reply(Turn("c1", "m1", COURT, "", 0.0, pressed=False))
    assert look.candidates[0].act == "refuse"
    assert reply.trace is not None
    assert reply.trace.reason == f"out_of_scope:{look.door}" == "out_of_scope:court"


def test_a_refusal_of_no_plain_kind_has_no_door(services: ActionServices) -> None:
    look = services.deciding.look("今天天气怎么样")
    assert (look.candidates[0].act, look.door) == ("refuse", "")


@pytest.mark.parametrize("text", ["转人工", "我要投诉楼下施工噪音，帮我登记", "您好"])
def test_a_look_does_nothing(services: ActionServices, handovers: Handovers, talk: Talk, text: str) -> None:
    assert services.deciding.look(text).candidates
    assert handovers.requests == {}
    assert talk.slots == {}


@pytest.mark.parametrize("text", ["？？？", "!!", ""])
def test_a_look_at_what_says_nothing_finds_nothing(services: ActionServices, text: str) -> None:
    look = services.deciding.look(text)
    assert (list(look.candidates), dict(look.aspects), look.door) == ([], {}, "")
