from __future__ import annotations

import unittest

import spacy
from components import folder, message
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.extractors.spacy_entity_extractor import SpacyEntityExtractor
from rasa.nlu.tokenizers.spacy_tokenizer import SpacyTokenizer
from rasa.nlu.utils.spacy_utils import SpacyNLP
from rasa.shared.nlu.constants import ENTITIES, TEXT

from nlu.spacy_pipeline import build, register
from nlu.tokenizer import Tokenizer

AWKWARD = (
    "",
    " ",
    "\n",
    "居住证怎么办？要带户口本 吗",
    "ＡＢＣ　m㎡  停水了!!!",
    "a\u200bb 身份证\r\n\r\n\r\n\r\n丢了",
    "İ ß ﷺ 😀👍🏽",
    "  前后都有空格  ",
    "ﬁ½㍿…",
)


class SpacyPipelineTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        register()
        with folder() as work:
            build(work / "spacy")
            cls.model = SpacyNLP.load_model(str(work / "spacy"))
        cls.nlp: spacy.language.Language = cls.model.model

    def test_every_character_of_the_text_is_kept(self) -> None:
        for text in AWKWARD:
            with self.subTest(text=text):
                doc = self.nlp(text)
                self.assertEqual(doc.text, text)
                self.assertTrue(all(text[token.idx : token.idx + len(token)] == token.text for token in doc))

    def test_words_are_those_of_our_tokenizer_and_punctuation_stands_alone(self) -> None:
        text = "居住证过期了，怎么续签？去哪里办!需要 身份证吗"
        words = [token.text for token in self.nlp(text) if any(char.isalnum() for char in token.text)]
        self.assertEqual(words, Tokenizer().words(text))
        marks = [token.text for token in self.nlp(text) if not any(char.isalnum() for char in token.text)]
        self.assertEqual(marks, ["，", "？", "!"])

    def test_words_typed_in_another_width_are_the_same_lemma(self) -> None:
        (token,) = [token for token in self.nlp("ＣＰＵ") if token.text.strip()]
        self.assertEqual((token.text, token.lemma_), ("ＣＰＵ", "cpu"))

    def test_terms_of_the_lexicon_are_entities_with_kind_and_standard_name(self) -> None:
        (found,) = self.nlp("请问户口本在哪里补办").ents
        self.assertEqual((found.text, found.label_, found.ent_id_), ("户口本", "certificate", "居民户口簿"))

    def test_rasa_cuts_and_finds_entities_with_it(self) -> None:
        text = "ＡＢＣ，户口本 补办"
        given = message(text)
        config = {**SpacyNLP.get_default_config(), "case_sensitive": False}
        SpacyNLP(self.model, config).process([given], self.model)
        SpacyTokenizer(SpacyTokenizer.get_default_config()).process([given])
        SpacyEntityExtractor(SpacyEntityExtractor.get_default_config()).process([given], self.model)
        tokens = given.get(TOKENS_NAMES[TEXT])
        self.assertEqual([token.lemma for token in tokens], ["abc", "，", "户口本", "补办"])
        (entity,) = given.get(ENTITIES)
        self.assertEqual(text[entity["start"] : entity["end"]], "户口本")


if __name__ == "__main__":
    unittest.main()
