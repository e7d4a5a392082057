from __future__ import annotations

import unittest

from components import created, message, storage
from rasa.shared.nlu.constants import ENTITIES

from nlu.components.government_entities import GovernmentEntityExtractor
from nlu.components.text_cleaner import TextCleaner
from nlu.components.typed_text_restorer import TypedTextRestorer


class GovernmentEntitiesTest(unittest.TestCase):
    def setUp(self) -> None:
        with storage() as place:
            self.extractor = created(GovernmentEntityExtractor, place)
            self.only_plates = created(GovernmentEntityExtractor, place, dimensions=["plate"])
            self.cleaner = created(TextCleaner, place)
            self.restorer = created(TypedTextRestorer, place)

    def test_the_value_is_the_standard_one_and_the_place_is_that_of_the_words(self) -> None:
        text = "请打我电话 138 0013 8000 谢谢"
        (found,) = self.extractor.process([message(text)])[0].get(ENTITIES)
        self.assertEqual(text[found["start"] : found["end"]], "138 0013 8000")
        self.assertEqual((found["entity"], found["value"]), ("mobile", "13800138000"))
        self.assertEqual(found["extractor"], "GovernmentEntityExtractor")

    def test_places_are_right_though_cleaning_changed_the_length(self) -> None:
        text = "你好！！！！  我的　　电话 13800138000"
        given = message(text)
        for component in (self.cleaner, self.restorer, self.extractor):
            component.process([given])
        (found,) = given.get(ENTITIES)
        self.assertEqual(text[found["start"] : found["end"]], "13800138000")

    def test_full_width_and_traditional_characters_are_read_where_they_were_typed(self) -> None:
        text = "㎡　居住證在哪里办？？１３８００１３８０００"
        found = self.extractor.process([message(text)])[0].get(ENTITIES)
        words = {text[item["start"] : item["end"]]: item["value"] for item in found}
        self.assertEqual(words.get("１３８００１３８０００"), "13800138000")
        self.assertEqual(words.get("居住證"), "居住证")

    def test_the_standard_value_replaces_what_was_found_in_the_same_place(self) -> None:
        text = "13800138000"
        spacy = {"entity": "mobile", "start": 0, "end": 11, "value": "words", "extractor": "SpacyEntityExtractor"}
        other = {"entity": "city", "start": 0, "end": 2, "value": "13", "extractor": "SpacyEntityExtractor"}
        given = message(text, **{ENTITIES: [spacy, other]})
        kept = self.extractor.process([given])[0].get(ENTITIES)
        self.assertEqual([item["value"] for item in kept], ["13", "13800138000"])

    def test_only_wanted_kinds_are_added(self) -> None:
        self.assertEqual(self.only_plates.process([message("电话13800138000")])[0].get(ENTITIES), [])

    def test_texts_without_entities_and_payloads_do_no_harm(self) -> None:
        for text in ("", " ", "😀", "？？？", "你好"):
            with self.subTest(text=text):
                self.assertFalse(self.extractor.process([message(text)])[0].get(ENTITIES))
        payload = message('/inform{"contact": "13800138000"}')
        self.assertIsNone(self.extractor.process([payload])[0].get(ENTITIES))


if __name__ == "__main__":
    unittest.main()
