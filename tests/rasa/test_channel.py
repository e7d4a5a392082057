import unittest

from bot.dialogue.channel import RANKING, likeliest


class Likeliest(unittest.TestCase):
    def test_only_the_first_few_names_and_confidences_go_on(self) -> None:
        ranking = [{"name": f"intent_{place}", "confidence": 0.1, "id": place} for place in range(RANKING + 3)]
        kept = likeliest({"intent_ranking": ranking})
        self.assertEqual(kept, [{"name": f"intent_{place}", "confidence": 0.1} for place in range(RANKING)])

    def test_a_message_without_a_ranking_has_none(self) -> None:
        self.assertEqual(likeliest({}), [])
