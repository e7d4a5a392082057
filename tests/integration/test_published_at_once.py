"""What a curator publishes in another process is answered by the running assistant within a second."""

import time

from citizen import Citizen
from curator import Curator

SEEN_WITHIN = 1.0
QUESTION = "紫云湖冰雪嘉年华的门票怎么预约"


def test_a_published_entry_is_answered_and_a_retired_one_is_not(citizen: Citizen, curator: Curator) -> None:
    entry_id = curator.publish(
        topic="utilities",
        title="紫云湖冰雪嘉年华门票预约",
        question=QUESTION,
        similar=["紫云湖冰雪嘉年华怎么预约", "冰雪嘉年华门票哪里买"],
        answer="在紫云湖公园公众号上预约，提前三天放票，每人限约两张。",
        legal_basis=[{"title": "紫云湖公园入园须知", "issuer": "紫云湖公园管理处"}],
    )
    time.sleep(SEEN_WITHIN)
    assert answers(citizen) == [entry_id]
    curator.retire(entry_id)
    time.sleep(SEEN_WITHIN)
    assert entry_id not in answers(citizen)


def test_a_word_that_staff_teach_is_understood(citizen: Citizen, curator: Curator) -> None:
    asked = "玲珑绿本怎么申领"
    assert "residence_permit.apply" not in answers(citizen, asked)
    curator.teach(kind="local_name", words=["玲珑绿本"], official="居住证")
    time.sleep(SEEN_WITHIN)
    assert answers(citizen, asked) == ["residence_permit.apply"]


def answers(citizen: Citizen, question: str = QUESTION) -> list[str]:
    return [part["entry_id"] for part in citizen.say(question).parts if part["type"] == "answer"]
