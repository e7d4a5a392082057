from __future__ import annotations

import json
import os
import unittest
from pathlib import Path
from unittest.mock import patch

import numpy as np
from components import created, folder, loaded, message, storage, training_data
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import TEXT
from safetensors.numpy import save_file

from nlu.components.sentence_encoder import ENVIRONMENT, PRETRAINED_ENVIRONMENT, SentenceEncoderFeaturizer
from nlu.encoder.pretrained import load_pretrained
from nlu.encoder.static import WEIGHTS, StaticEncoder, write_words
from nlu.encoder.trained import write_mark
from nlu.tokenizer import Tokenizer

NEW_NAME = "云岭惠民贷"


def write_encoder(place: Path, *, words: bool = True) -> None:
    """An encoder that knows three terms, one of them a name that only taught tokenizers keep whole."""
    vocabulary = {"[UNK]": 0, "居住证": 1, "身份证": 2, NEW_NAME: 3}
    place.mkdir(exist_ok=True)
    (place / "tokenizer.json").write_text(json.dumps({"model": {"vocab": vocabulary}}), encoding="utf-8")
    save_file({WEIGHTS: np.eye(4, 5, dtype=np.float32)}, str(place / "model.safetensors"))
    write_mark(place, ())
    if words:
        write_words(place, [NEW_NAME])


def vector(featurizer: SentenceEncoderFeaturizer, text: str) -> np.ndarray | None:
    given = message(text)
    featurizer.process([given])
    sequence, sentence = given.get_dense_features(TEXT)
    assert sequence is None
    return None if sentence is None else sentence.features


class SentenceEncoderTest(unittest.TestCase):
    def test_the_trained_model_needs_the_encoders_folder_no_more(self) -> None:
        with storage() as place, folder() as work:
            write_encoder(work / "encoder")
            expected = StaticEncoder(work / "encoder", Tokenizer()).encode(["居住证和身份证"])
            config = {"model": str(work / "encoder")}
            created(SentenceEncoderFeaturizer, place, **config).train(training_data())
            for path in (work / "encoder").iterdir():
                path.unlink()
            np.testing.assert_allclose(
                vector(loaded(SentenceEncoderFeaturizer, place, **config), "居住证和身份证"), expected
            )

    def test_names_taught_when_the_encoder_was_trained_stay_whole(self) -> None:
        for words in (True, False):
            with self.subTest(words=words), storage() as place, folder() as work:
                write_encoder(work, words=words)
                created(SentenceEncoderFeaturizer, place, model=str(work)).train(training_data())
                found = vector(loaded(SentenceEncoderFeaturizer, place), f"{NEW_NAME}怎么申请")
                self.assertEqual(bool(found[0, 3]), words)

    def test_the_folder_is_also_taken_from_the_environment(self) -> None:
        with storage() as place, folder() as work:
            write_encoder(work)
            with patch.dict(os.environ, {ENVIRONMENT: str(work)}):
                created(SentenceEncoderFeaturizer, place).train(training_data())
            self.assertEqual(vector(loaded(SentenceEncoderFeaturizer, place), "居住证")[0].tolist(), [0, 1, 0, 0, 0])

    def test_a_text_of_unknown_terms_is_a_zero_vector_and_an_empty_text_has_none(self) -> None:
        with storage() as place, folder() as work:
            write_encoder(work)
            created(SentenceEncoderFeaturizer, place, model=str(work)).train(training_data())
            featurizer = loaded(SentenceEncoderFeaturizer, place)
            self.assertFalse(vector(featurizer, "😀？").any())
            self.assertIsNone(vector(featurizer, ""))

    def test_without_an_encoder_there_are_no_features_and_no_failure(self) -> None:
        with storage() as place, patch.dict(os.environ, {PRETRAINED_ENVIRONMENT: "none"}):
            os.environ.pop(ENVIRONMENT, None)
            created(SentenceEncoderFeaturizer, place).train(training_data())
            self.assertIsNone(vector(loaded(SentenceEncoderFeaturizer, place), "居住证"))

    def test_without_ours_the_pretrained_encoder_gives_the_features(self) -> None:
        with storage() as place, patch.dict(os.environ, {PRETRAINED_ENVIRONMENT: "use"}):
            os.environ.pop(ENVIRONMENT, None)
            created(SentenceEncoderFeaturizer, place).train(training_data())
            found = vector(loaded(SentenceEncoderFeaturizer, place), "居住证")
            np.testing.assert_allclose(found, load_pretrained(("use",)).encode(["居住证"]))

    def test_a_folder_that_is_no_encoder_is_refused_by_name(self) -> None:
        with storage() as place, folder() as work, self.assertRaisesRegex(InvalidConfigException, str(work)):
            created(SentenceEncoderFeaturizer, place, model=str(work)).train(training_data())

    def test_another_encoder_makes_rasa_train_anew(self) -> None:
        with folder() as work:
            write_encoder(work)
            first = SentenceEncoderFeaturizer.fingerprint_addon({"model": str(work)})
            self.assertEqual(first, SentenceEncoderFeaturizer.fingerprint_addon({"model": str(work)}))
            write_words(work, ["别的名字"])
            self.assertNotEqual(first, SentenceEncoderFeaturizer.fingerprint_addon({"model": str(work)}))


if __name__ == "__main__":
    unittest.main()
