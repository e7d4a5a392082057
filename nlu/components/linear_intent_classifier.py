"""Rasa's intent classifier by logistic regression, for turns that must be quick.

Rasa's own ``LogisticRegressionClassifier`` copies and stacks the features of every message into one sparse matrix, which
takes longer than all the rest; here the rows of the features that are there are added up.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers import LABEL_RANKING_LENGTH
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.components import linear_model, softmax_regression
from nlu.components.linear_model import LinearModel, TrainingOptions
from nlu.model_files import fingerprint

WEIGHTS_FILE = "weights.npz"
logger = logging.getLogger(__name__)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(IntentClassifier, GraphComponent):  # type: ignore[misc]  # rasa ships no types
    """Multinomial logistic regression over all sparse and dense sentence features.

    Config: ``C``, ``dense_scale``, ``max_iter``, ``tol`` (see :class:`TrainingOptions`) and Rasa's ``ranking_length``
    (0: all intents).
    """

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: LinearModel | None = None,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LinearIntentClassifier:
        """Called by Rasa before training."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> LinearIntentClassifier:
        """Called by Rasa after training."""
        try:
            with model_storage.read_from(resource) as folder:
                return cls(config, model_storage, resource, LinearModel.load(folder / WEIGHTS_FILE))
        except ValueError:
            logger.warning("The intent classifier was not trained: it finds no intent.")
            return cls(config, model_storage, resource)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Called by Rasa."""
        return {"C": 1.0, "dense_scale": 1.0, "max_iter": 300, "tol": 1e-4, "ranking_length": LABEL_RANKING_LENGTH}

    @classmethod
    def required_components(cls) -> list[type]:
        """Called by Rasa."""
        return [Featurizer]

    @staticmethod
    def required_packages() -> list[str]:
        """Called by Rasa."""
        return ["scipy"]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Called by Rasa: other code learns other weights."""
        return fingerprint([Path(linear_model.__file__), Path(softmax_regression.__file__)])

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the examples that have a text and an intent; with fewer than two intents nothing is learned."""
        examples = [example for example in training_data.intent_examples if example.get(INTENT) and example.get(TEXT)]
        intents = [example.get(INTENT) for example in examples]
        if len(set(intents)) < 2:
            logger.warning("The intent classifier needs examples of two intents at least.")
            return self._resource
        options = TrainingOptions(
            self._config["C"], self._config["dense_scale"], self._config["max_iter"], self._config["tol"]
        )
        self._model = linear_model.fit(examples, intents, options)
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(folder / WEIGHTS_FILE)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent and ranking of each message."""
        for message in messages:
            ranking = self._ranking(message)
            message.set(INTENT, ranking[0] if ranking else {"name": None, "confidence": 0.0}, add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def _ranking(self, message: Message) -> list[dict[str, Any]]:
        """The likeliest intents first; none for a message without text."""
        if self._model is None or not message.get(TEXT):
            return []
        shares = self._model.probabilities(message)
        best = np.argsort(-shares, kind="stable")[: self._config["ranking_length"] or None]
        return [{"name": self._model.labels[place], "confidence": float(shares[place])} for place in best]
