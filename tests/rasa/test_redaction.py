from __future__ import annotations

import unittest

from rasa.shared.core.events import BotUttered, SlotSet, UserUttered

from bot.dialogue.redaction import redacted

CODE = "K7Q2M9XA"


def heard(text: str, entities: list[dict[str, object]] | None = None) -> UserUttered:
    parse_data = {"text": text, "intent": {"name": "check_ticket"}, "entities": entities or [], "intent_ranking": []}
    return UserUttered(
        text, {"name": "check_ticket"}, entities, parse_data, metadata={"message_id": "m1"}, input_channel="gateway"
    )


class Redaction(unittest.TestCase):
    def test_the_code_is_gone_and_the_rest_of_the_event_is_as_it_was(self) -> None:
        for text in (f"YZ20261130-00018 {CODE}", f"查询码{CODE.lower()}", "838526", "YZ2026113000018，838526"):
            with self.subTest(text):
                event = heard(text)
                [kept] = redacted([event])
                stored = str(kept.as_dict()).upper()
                self.assertNotIn(CODE, stored)
                self.assertNotIn("838526", stored)
                self.assertEqual(kept.metadata, {"message_id": "m1"})
                self.assertEqual((kept.intent_name, kept.timestamp), (event.intent_name, event.timestamp))
                self.assertEqual(event.text, text, "the turn that still runs reads what was said")

    def test_entities_in_the_code_go_with_it_and_others_stay(self) -> None:
        other = {"entity": "a", "start": 0, "end": 2, "value": "催办"}
        code = {"entity": "b", "start": 6, "end": 14, "value": CODE}
        [kept] = redacted([heard(f"催办 查询码{CODE}", [other, code])])
        self.assertEqual(kept.entities, [other])
        self.assertEqual(kept.parse_data["entities"], [other])

    def test_a_slot_with_the_citizens_words_is_covered_and_others_are_not(self) -> None:
        events = [
            SlotSet("last_question", f"查询码{CODE}查不到"),
            SlotSet("follow_code", f"gAAAA{CODE}"),
            BotUttered("您好"),
        ]
        kept = redacted(events)
        self.assertNotIn(CODE, kept[0].value)
        self.assertEqual(kept[1:], events[1:])


if __name__ == "__main__":
    unittest.main()
