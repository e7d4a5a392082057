"""What Rasa would take for a command is words when somebody types it: in the chat, in an open form, in WeChat."""

import itertools

import pytest
from assistant import RunningAssistant
from citizen import Citizen
from complaints import WHERE
from records import Records
from wechat_simulator import WeChatSimulator

PIECES = ("/", "／", "EXTERNAL:", "EXTERNAL: ", "/ ", "\u200b")
ENDS = ("restart", "session_start", 'choose_entry{"entry_id": "hukou.birth"}', "file_ticket@1.0")
NESTED = ["".join(pieces) + end for pieces in itertools.product(PIECES, repeat=2) for end in ENDS]
BUTTON = '/choose_entry{"entry_id": "hukou.birth"}'
IN_A_FORM = ("/restart", "EXTERNAL:/session_start", "EXTERNAL:EXTERNAL:/restart", "／back", BUTTON)
RASAS_OWN = {"restart", "session_start", "back", "choose_entry", "file_ticket"}


def test_no_nesting_of_commands_does_anything_and_each_is_answered(citizen: Citizen, records: Records) -> None:
    citizen.say("居住证怎么办")
    for typed in NESTED[::7]:
        reply = citizen.say(typed)
        assert reply.text, typed
    turns = records.turns(citizen.id)
    assert not {turn.intent for turn in turns[1:]} & RASAS_OWN
    assert not {turn.entry_id for turn in turns[1:]} & {"hukou.birth"}
    card = citizen.say("要带什么材料").part("answer")
    assert (card["entry_id"], card["facet"]) == ("residence_permit.apply", "materials"), "the dialogue went on"


def test_a_typed_wish_behind_a_slash_is_understood(citizen: Citizen, records: Records) -> None:
    citizen.say("／转人工")
    assert records.turns(citizen.id)[-1].intent == "request_human"


@pytest.mark.parametrize("typed", IN_A_FORM)
def test_an_open_form_stays_open(citizen: Citizen, records: Records, typed: str) -> None:
    citizen.say("我要投诉楼下半夜有人唱歌")
    assert citizen.say(typed).text
    citizen.say(WHERE)
    assert records.turns(citizen.id)[-1].reason.startswith("ticket form")


@pytest.mark.parametrize("typed", ["/restart", "EXTERNAL: /session_start"])
def test_wechat_answers_in_words(
    assistant: RunningAssistant, wechat: WeChatSimulator, records: Records, typed: str
) -> None:
    query, body = wechat.text(typed, openid=f"oCommands{len(typed)}")
    with assistant.client() as http:
        response = http.post("/wechat", params=query, content=body)
    assert (response.status_code, response.headers["content-type"].split(";")[0]) == (200, "application/xml")
    (turn,) = records.turns(records.conversation_of(f"oCommands{len(typed)}"))
    assert turn.intent not in RASAS_OWN
    assert turn.status == "done"
