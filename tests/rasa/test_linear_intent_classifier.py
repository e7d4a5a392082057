from __future__ import annotations

import unittest

import numpy as np
from components import created, loaded, message, storage, training_data
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, FEATURE_TYPE_SEQUENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from scipy.sparse import coo_matrix, csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from nlu.components.linear_intent_classifier import LinearIntentClassifier

WORDS = ("你好", "您好", "再见", "拜拜", "居住证", "怎么办", "材料")
EXAMPLES = (
    ("你好", "greet"),
    ("您好", "greet"),
    ("你好 您好", "greet"),
    ("再见", "goodbye"),
    ("拜拜", "goodbye"),
    ("再见 拜拜", "goodbye"),
    ("居住证 怎么办", "ask"),
    ("居住证 材料", "ask"),
    ("怎么办 材料", "ask"),
)


def featurised(text: str, intent: str = "") -> Message:
    """Counts of words as sparse features, and two dense ones: number of words and of characters."""
    given = message(text, intent)
    words = text.split()
    counts = np.array([[float(words.count(word)) for word in WORDS]])
    dense = np.array([[len(words), len(text) / 10]], dtype=np.float32)
    given.add_features(Features(coo_matrix(counts), FEATURE_TYPE_SEQUENCE, TEXT, "words"))
    if words:
        given.add_features(Features(coo_matrix(counts), FEATURE_TYPE_SENTENCE, TEXT, "words"))
    given.add_features(Features(dense, FEATURE_TYPE_SENTENCE, TEXT, "dense"))
    return given


def examples() -> list[Message]:
    return [featurised(text, intent) for text, intent in EXAMPLES]


class LinearIntentClassifierTest(unittest.TestCase):
    def test_after_loading_it_says_what_scikit_learn_says(self) -> None:
        table = np.array([[*map(text.split().count, WORDS), len(text.split()), len(text) / 10] for text, _ in EXAMPLES])
        reference = LogisticRegression(C=2.0, class_weight="balanced", max_iter=300).fit(
            csr_matrix(table), [intent for _, intent in EXAMPLES]
        )
        with storage() as place:
            created(LinearIntentClassifier, place, C=2.0).train(training_data(*examples()))
            classifier = loaded(LinearIntentClassifier, place, C=2.0)
        for example, row in zip(examples(), table, strict=True):
            (given,) = classifier.process([example])
            shares = dict(zip(reference.classes_, reference.predict_proba(row[None])[0], strict=True))
            for item in given.get("intent_ranking"):
                self.assertAlmostEqual(item["confidence"], shares[item["name"]], places=3)

    def test_the_result_has_rasas_form(self) -> None:
        with storage() as place:
            created(LinearIntentClassifier, place).train(training_data(*examples()))
            classifier = loaded(LinearIntentClassifier, place, ranking_length=2)
        parsed = classifier.process([featurised("你好")])[0].as_dict(only_output_properties=True)
        self.assertEqual(parsed["intent"]["name"], "greet")
        self.assertEqual(parsed["intent"], parsed["intent_ranking"][0])
        self.assertEqual(len(parsed["intent_ranking"]), 2)
        self.assertGreater(parsed["intent_ranking"][0]["confidence"], parsed["intent_ranking"][1]["confidence"])
        self.assertIs(type(parsed["intent"]["confidence"]), float)

    def test_training_twice_gives_the_same_weights(self) -> None:
        found = []
        for _ in range(2):
            with storage() as place:
                created(LinearIntentClassifier, place).train(training_data(*examples()))
                (given,) = loaded(LinearIntentClassifier, place).process([featurised("居住证 你好")])
                found.append(given.get("intent_ranking"))
        self.assertEqual(*found)

    def test_the_scale_of_dense_features_changes_how_much_they_are_trusted_not_their_size(self) -> None:
        confidences = []
        for scale in (1.0, 5.0):
            with storage() as place:
                created(LinearIntentClassifier, place, dense_scale=scale, C=0.01).train(training_data(*examples()))
                (given,) = loaded(LinearIntentClassifier, place).process([featurised("居住证 材料")])
                confidences.append(given.get("intent")["confidence"])
        self.assertGreater(confidences[1], confidences[0])

    def test_two_intents_are_told_apart(self) -> None:
        two = [example for example in examples() if example.get("intent") != "ask"]
        with storage() as place:
            created(LinearIntentClassifier, place).train(training_data(*two))
            classifier = loaded(LinearIntentClassifier, place)
        for text, intent in (("你好", "greet"), ("拜拜", "goodbye")):
            (given,) = classifier.process([featurised(text)])
            self.assertEqual(given.get("intent")["name"], intent)
            self.assertAlmostEqual(sum(item["confidence"] for item in given.get("intent_ranking")), 1, places=5)

    def test_a_text_of_unknown_words_has_no_confident_intent_and_an_empty_one_none(self) -> None:
        with storage() as place:
            created(LinearIntentClassifier, place).train(training_data(*examples()))
            classifier = loaded(LinearIntentClassifier, place)
        self.assertLess(classifier.process([featurised("x")])[0].get("intent")["confidence"], 0.6)
        empty = classifier.process([message("")])[0]
        self.assertEqual(empty.get("intent"), {"name": None, "confidence": 0.0})
        self.assertEqual(empty.get("intent_ranking"), [])

    def test_without_two_intents_nothing_is_learned_and_nothing_fails(self) -> None:
        with storage() as place:
            created(LinearIntentClassifier, place).train(training_data(featurised("你好", "greet")))
            (given,) = loaded(LinearIntentClassifier, place).process([featurised("你好")])
        self.assertIsNone(given.get("intent")["name"])

    def test_features_of_another_size_than_in_training_are_refused(self) -> None:
        with storage() as place:
            created(LinearIntentClassifier, place).train(training_data(*examples()))
            classifier = loaded(LinearIntentClassifier, place)
        given = message("你好")
        wider = hstack([coo_matrix((1, len(WORDS))), coo_matrix((1, 1))])
        given.add_features(Features(wider, FEATURE_TYPE_SENTENCE, TEXT, "words"))
        with self.assertRaisesRegex(ValueError, "words gives 8 features, in training 7"):
            classifier.process([given])


if __name__ == "__main__":
    unittest.main()
