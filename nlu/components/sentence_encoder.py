"""Our trained sentence encoder as a Rasa featurizer: questions that mean the same lie close, whatever their words."""

from __future__ import annotations

import logging
import os
import shutil
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
from nlu.encoder.static import WORDS_FILE, StaticEncoder
from nlu.model_files import fingerprint
from nlu.tokenizer import Tokenizer

ENVIRONMENT = "WENZHENG_ENCODER"
MODEL_FILES = ("tokenizer.json", "model.safetensors")
logger = logging.getLogger(__name__)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceEncoderFeaturizer(DenseFeaturizer, GraphComponent):  # type: ignore[misc]  # rasa ships no types
    """One unit vector a sentence, none for single tokens; without an encoder there are no features.

    Config: ``model``, the encoder's folder; empty: environment variable ``WENZHENG_ENCODER``. Training copies the encoder
    into Rasa's model, which needs the folder no more.
    """

    def __init__(
        self,
        config: dict[str, Any],
        name: str,
        model_storage: ModelStorage,
        resource: Resource,
        encoder: StaticEncoder | None = None,
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
                if (folder / MODEL_FILES[0]).is_file():
                    encoder = StaticEncoder(folder, _tokenizer(folder))
        except ValueError:
            logger.warning("No sentence encoder in the model: its features are left out.")
        return cls(config, execution_context.node_name, model_storage, resource, encoder)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Called by Rasa."""
        return {**DenseFeaturizer.get_default_config(), "model": ""}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Called by Rasa. A model that has been trained does not look at the folder."""

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Called by Rasa: another encoder or tokenizer gives other features."""
        return of_language() + fingerprint(_files(_folder(config)))

    def train(self, training_data: TrainingData) -> Resource:
        """Nothing is learned here; the encoder's files are kept with Rasa's model. Raises InvalidConfigException."""
        files = _files(_folder(self._config))
        if not files:
            logger.warning("No sentence encoder is named (%s): its features are left out.", ENVIRONMENT)
        with self._model_storage.write_to(self._resource) as folder:
            for path in files:
                shutil.copyfile(path, folder / path.name)
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


def _tokenizer(folder: Path) -> Tokenizer:
    """One that has been taught the names that the encoder's had been when it was trained."""
    tokenizer = Tokenizer()
    words = folder / WORDS_FILE
    if words.is_file():
        tokenizer.add_words(words.read_text(encoding="utf-8").splitlines())
    return tokenizer
