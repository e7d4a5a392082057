"""First in the pipeline: what the other components read is the normal form of what was typed, without common typos."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.alignment import places_in
from nlu.components import fingerprint
from nlu.text import normalise
from nlu.typos import corrector

# Where a message keeps what was typed while its text is the cleaned one.
TYPED_TEXT = "typed_text"
# A button's payload is no language: Rasa reads intent and entities from it.
PAYLOAD = "/"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class TextCleaner(GraphComponent):  # type: ignore[misc]  # rasa ships no types
    """Puts the cleaned text in place of the typed one; ``TypedTextRestorer`` undoes it before entities are found.

    Config: ``correct_typos`` (true).
    """

    def __init__(self, config: dict[str, Any]) -> None:
        self._corrector = corrector() if config["correct_typos"] else None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TextCleaner:
        """Called by Rasa."""
        return cls(config)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Called by Rasa."""
        return {"correct_typos": True}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Called by Rasa: other words or rules clean otherwise."""
        return fingerprint.of_language()

    def process(self, messages: list[Message]) -> list[Message]:
        """Clean each message; those that are clean already stay as they are."""
        for message in messages:
            typed = message.get(TEXT)
            if typed and not typed.startswith(PAYLOAD) and (cleaned := self.cleaned(typed)) != typed:
                message.set(TYPED_TEXT, typed)
                message.set(TEXT, cleaned)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Clean each example; entities that are marked in it keep their words."""
        self.process(training_data.training_examples)
        for example in training_data.training_examples:
            if example.get(TYPED_TEXT) and example.get(ENTITIES):
                places = places_in(example.get(TEXT), example.get(TYPED_TEXT))
                moved = [
                    entity | {"start": places[entity["start"]], "end": places[entity["end"]]}
                    for entity in example.get(ENTITIES)
                ]
                example.set(ENTITIES, moved)
        return training_data

    def cleaned(self, text: str) -> str:
        """The normal form, typos corrected."""
        normal = normalise(text)
        return self._corrector.correct(normal).text if self._corrector else normal
