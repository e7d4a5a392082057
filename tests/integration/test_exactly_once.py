"""The same message, however often it is sent, makes one turn, one answer and one ticket."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from citizen import Citizen, Reply
from complaints import fill_in_complaint
from records import Records


def test_a_message_sent_again_gets_the_same_answer(citizen: Citizen, records: Records) -> None:
    message_id = uuid.uuid4().hex
    first = citizen.say("居住证怎么办", message_id=message_id)
    again = citizen.say("居住证怎么办", message_id=message_id)
    assert again.messages == first.messages
    assert len(records.turns(citizen.id)) == 1
    assert len(records.messages(citizen.id, "citizen")) == 1


def test_a_message_sent_eight_times_at_once_makes_one_turn(citizen: Citizen, records: Records) -> None:
    message_id = uuid.uuid4().hex
    replies = at_once(8, lambda: citizen.say("护照怎么办", message_id=message_id))
    assert all(reply.messages == replies[0].messages for reply in replies)
    assert len(records.turns(citizen.id)) == 1
    # The greeting and the answer.
    assert len(records.messages(citizen.id, "bot")) == 2


def test_the_same_message_id_of_another_citizen_is_another_message(
    new_citizen: Callable[[], Citizen], records: Records
) -> None:
    message_id = uuid.uuid4().hex
    one, other = new_citizen(), new_citizen()
    assert one.say("居住证怎么办", message_id=message_id).part("answer")["entry_id"] == "residence_permit.apply"
    assert other.say("护照怎么办", message_id=message_id).part("answer")["entry_id"].startswith("exit_entry.")
    assert len(records.turns(other.id)) == 1


def test_a_confirmation_sent_five_times_at_once_files_one_ticket(citizen: Citizen, records: Records) -> None:
    confirm = fill_in_complaint(citizen).button("确认提交")
    message_id = uuid.uuid4().hex
    replies = at_once(5, lambda: citizen.say(confirm["title"], payload=confirm["payload"], message_id=message_id))
    assert len(records.tickets(citizen.id)) == 1
    cards = [reply.part("ticket") for reply in replies]
    assert {(card["number"], card["code"]) for card in cards} == {(cards[0]["number"], cards[0]["code"])}


def at_once(times: int, deed: Callable[[], Reply]) -> list[Reply]:
    with ThreadPoolExecutor(times) as pool:
        return [future.result() for future in [pool.submit(deed) for _ in range(times)]]
