"""What a curator publishes in another process is answered by the running assistant within a second."""

import time

from citizen import Citizen
from curator import Curator

SEEN_WITHIN = 1.0
QUESTION = "紫云湖冰雪嘉年华的门票怎么预约"


def test_a_published_entry_is_answered_and_a_retired_one_is_not(citizen: Citizen, curator: Curator) -> None:
    assert not answers(citizen)
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


def answers(citizen: Citizen) -> list[str]:
    return [part["entry_id"] for part in citizen.say(QUESTION).parts if part["type"] == "answer"]
