"""Personal data that citizens type is in no log and in no transcript."""

from pathlib import Path

import pytest
from assistant import RunningAssistant
from citizen import Citizen
from complaints import fill_in_complaint
from records import Records

NAME, PHONE, IDENTITY_NUMBER = "欧阳明轩", "13987654321", "11010519491231002X"
CONTACT = "13711112222"


def test_data_in_a_question_is_masked_in_transcript_and_turn(citizen: Citizen, records: Records) -> None:
    citizen.say(f"我叫{NAME}，手机{PHONE}，身份证{IDENTITY_NUMBER}，居住证怎么办")
    kept = stored_words(records, citizen.id)
    assert "居住证怎么办" in kept
    assert not [value for value in (NAME, PHONE, IDENTITY_NUMBER) if value in kept]


def test_the_contact_of_a_complaint_is_masked_in_transcript_and_turn(citizen: Citizen, records: Records) -> None:
    citizen.press(fill_in_complaint(citizen, contact=CONTACT).button("确认提交"))
    [ticket] = records.tickets(citizen.id)
    assert CONTACT not in ticket.contact_cipher
    assert ticket.contact_cipher
    assert CONTACT not in stored_words(records, citizen.id)


@pytest.mark.parametrize("value", [NAME, PHONE, IDENTITY_NUMBER, CONTACT])
def test_no_log_holds_what_was_typed(assistant: RunningAssistant, citizen: Citizen, value: str) -> None:
    citizen.say(f"我叫{NAME}，手机{PHONE}，身份证{IDENTITY_NUMBER}，备用电话{CONTACT}，护照怎么办")
    logs = sorted(Path(assistant.settings.data_dir, "logs").glob("*.log"))
    assert {log.stem for log in logs} >= {"app", "rasa", "worker"}
    assert not [log.name for log in logs if value in log.read_text(encoding="utf-8", errors="replace")]


def stored_words(records: Records, conversation_id: str) -> str:
    turns = [turn.text + turn.pending for turn in records.turns(conversation_id)]
    said = [m.parts for role in ("citizen", "bot", "staff") for m in records.messages(conversation_id, role)]
    return str([turns, said])
