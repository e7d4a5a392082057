"""Our sentence encoders as a Rasa featurizer: questions that mean the same lie close, whatever their words."""

from __future__ import annotations

import json
import logging
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import DENSE_FEATURIZABLE_ATTRIBUTES
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.components.fingerprint import of_language
from nlu.encoder.adapted import features_of
from nlu.encoder.choice import usable
from nlu.encoder.ports import Encoder
from nlu.encoder.pretrained import load_pretrained
from nlu.encoder.static import WORDS_FILE, read_words
from nlu.encoder.trained import MODEL_FILES, is_ours, load_trained
from nlu.model_files import fingerprint
from nlu.tokenizer import Tokenizer

ENVIRONMENT, PRETRAINED_ENVIRONMENT = "WENZHENG_ENCODER_FOLDER", "WENZHENG_PRETRAINED"
PRETRAINED_FILE = "pretrained.json"
logger = logging.getLogger(__name__)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceEncoderFeaturizer(DenseFeaturizer, GraphComponent):  # type: ignore[misc]  # rasa ships no types
    """One vector a sentence, none for single tokens; without an encoder there are no features.

    Config: ``model``, the folder of our encoder; empty: environment variable ``WENZHENG_ENCODER_FOLDER``. Training copies it
    into Rasa's model, which needs the folder no more. Without it the vector is that of the pretrained encoders that
    ``pretrained`` names (empty: ``WENZHENG_PRETRAINED``; not set: ``use``), as far as they are installed.
    """

    def __init__(
        self,
        config: dict[str, Any],
        name: str,
        model_storage: ModelStorage,
        resource: Resource,
        encoder: Encoder | None = None,
    ) -> None:
        super().__init__(name, config)
        self._model_storage = model_storage
        self._resource = resource
        self._encoder = encoder

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoderFeaturizer:
        """Called by Rasa before training."""
        return cls(config, execution_context.node_name, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> SentenceEncoderFeaturizer:
        """Called by Rasa after training."""
        encoder = None
        try:
            with model_storage.read_from(resource) as folder:
                encoder = _opened(folder)
        except ValueError:
            logger.warning("No sentence encoder in the model: its features are left out.")
        return cls(config, execution_context.node_name, model_storage, resource, encoder)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Called by Rasa."""
        return {**DenseFeaturizer.get_default_config(), "model": "", "pretrained": ""}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Called by Rasa. A model that has been trained does not look at the folder."""

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Called by Rasa: another encoder or tokenizer gives other features."""
        return of_language() + fingerprint(_files(_folder(config)), salt=",".join(_pretrained(config)))

    def train(self, training_data: TrainingData) -> Resource:
        """Nothing is learned here; the encoder's files are kept with Rasa's model. Raises InvalidConfigException."""
        files, pretrained = _files(_folder(self._config)), _pretrained(self._config)
        if not files and not pretrained:
            logger.warning("No sentence encoder is named (%s): its features are left out.", ENVIRONMENT)
        with self._model_storage.write_to(self._resource) as folder:
            for path in files:
                shutil.copyfile(path, folder / path.name)
            (folder / PRETRAINED_FILE).write_text(json.dumps(pretrained), encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the sentence vector of each text."""
        if self._encoder is None:
            return messages
        for message in messages:
            for attribute in DENSE_FEATURIZABLE_ATTRIBUTES:
                if text := message.get(attribute):
                    self.add_features_to_message(None, self._encoder.encode([text]), attribute, message)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The same for all examples."""
        self.process(training_data.training_examples)
        return training_data


def _folder(config: dict[str, Any]) -> Path | None:
    named = config.get("model") or os.environ.get(ENVIRONMENT)
    return Path(named) if named else None


def _files(folder: Path | None) -> list[Path]:
    """What makes up the encoder; none without a folder. Raises InvalidConfigException if one of its files is missing."""
    if folder is None:
        return []
    if missing := [name for name in MODEL_FILES if not (folder / name).is_file()]:
        raise InvalidConfigException(f"The sentence encoder {folder} has no {missing[0]}.")
    words = folder / WORDS_FILE
    return [*(folder / name for name in MODEL_FILES), *([words] if words.is_file() else [])]


def _pretrained(config: dict[str, Any]) -> Sequence[str]:
    """The pretrained encoders that are wanted and installed."""
    return usable((config.get("pretrained") or os.environ.get(PRETRAINED_ENVIRONMENT, "use")).split(","))


def _opened(folder: Path) -> Encoder | None:
    """What training kept; raises InvalidConfigException where a pretrained encoder is not installed here."""
    try:
        if is_ours(folder):
            tokenizer = Tokenizer()  # taught the names that the encoder's had been when it was trained
            tokenizer.add_words(read_words(folder))
            return features_of(load_trained(folder, tokenizer))
        names = json.loads((folder / PRETRAINED_FILE).read_text(encoding="utf-8"))
        return load_pretrained(names) if names else None
    except ImportError as error:
        raise InvalidConfigException(
            f"The model was trained with a sentence encoder that is missing: {error}"
        ) from error
