from __future__ import annotations

import unittest

from components import created, message, storage, training_data
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import ENTITIES, TEXT, TEXT_TOKENS

from nlu.components.text_cleaner import TextCleaner
from nlu.components.typed_text_restorer import TypedTextRestorer


class TextCleanerTest(unittest.TestCase):
    def setUp(self) -> None:
        with storage() as place:
            self.cleaner = created(TextCleaner, place)
            self.restorer = created(TypedTextRestorer, place)

    def test_what_is_classified_is_the_normal_form_and_what_is_kept_is_what_was_typed(self) -> None:
        typed = "ＡＢＣ  怎么办？？？"
        given = message(typed)
        self.cleaner.process([given])
        self.assertEqual(given.get(TEXT), "abc 怎么办？")
        self.restorer.process([given])
        self.assertEqual(given.get(TEXT), typed)

    def test_a_text_in_normal_form_is_left_alone(self) -> None:
        given = message("居住证怎么办")
        before = dict(given.data)
        self.restorer.process(self.cleaner.process([given]))
        self.assertEqual(given.data, before)

    def test_a_payload_is_no_language(self) -> None:
        payload = '/choose{"entry_id": "Ａ－ＢＣ"}'
        given = message(payload)
        self.cleaner.process([given])
        self.assertEqual(given.get(TEXT), payload)

    def test_texts_of_nothing_do_no_harm(self) -> None:
        for text in ("", " ", "\u200b", "？？？", "😀"):
            with self.subTest(text=text):
                given = message(text)
                self.restorer.process(self.cleaner.process([given]))
                self.assertEqual(given.get(TEXT), text)

    def test_tokens_lie_in_what_was_typed(self) -> None:
        typed = "１００㎡的房子"
        given = message(typed)
        self.cleaner.process([given])
        self.assertEqual(given.get(TEXT), "100m2的房子")
        given.set(TEXT_TOKENS, [Token("100m2", 0), Token("的", 5), Token("房子", 6)])
        self.restorer.process([given])
        parts = [typed[token.start : token.end] for token in given.get(TEXT_TOKENS)]
        self.assertEqual(parts, ["１００㎡", "的", "房子"])

    def test_entities_marked_in_examples_keep_their_words(self) -> None:
        typed = "我要办，，，居住证！！"
        start = typed.index("居住证")
        mark = {"entity": "certificate", "start": start, "end": start + 3, "value": "居住证"}
        data = training_data(message(typed, "ask", **{ENTITIES: [mark]}))
        example = self.cleaner.process_training_data(data).training_examples[0]
        (moved,) = example.get(ENTITIES)
        self.assertEqual(example.get(TEXT)[moved["start"] : moved["end"]], "居住证")
        self.assertNotEqual(moved["start"], start)


if __name__ == "__main__":
    unittest.main()
