import unittest

from nlu.evaluation.rasa_agent import without_fallback


def parsed(*names: str) -> dict:
    ranking = [{"name": name, "confidence": 0.5} for name in names]
    return {"intent": ranking[0], "intent_ranking": ranking}


class WithoutFallback(unittest.TestCase):
    def test_the_first_intent_counts_where_there_was_no_fallback(self) -> None:
        intent, fallback = without_fallback(parsed("greet", "thank"))
        self.assertEqual((intent["name"], fallback), ("greet", False))

    def test_behind_a_fallback_the_classifiers_own_intent_counts(self) -> None:
        intent, fallback = without_fallback(parsed("nlu_fallback", "thank", "greet"))
        self.assertEqual((intent["name"], fallback), ("thank", True))
