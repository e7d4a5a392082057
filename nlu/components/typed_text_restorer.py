"""After the classifier and before entities are found: the message's text is again what was typed."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT, TEXT_TOKENS
from rasa.shared.nlu.training_data.message import Message

from nlu.alignment import places_in
from nlu.components.text_cleaner import TYPED_TEXT


# Rasa leaves entity extractors that learn nothing out of training, where the cleaned text must stay to the end.
@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class TypedTextRestorer(GraphComponent):  # type: ignore[misc]  # rasa ships no types
    """Undoes what ``TextCleaner`` did, so that the tracker holds the citizen's words and places of entities are theirs."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TypedTextRestorer:
        """Called by Rasa."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Restore the text of each message that was cleaned, and the places of its tokens."""
        for message in messages:
            typed = message.get(TYPED_TEXT)
            if typed is None:
                continue
            tokens = message.get(TEXT_TOKENS)
            if tokens:
                places = places_in(typed, message.get(TEXT))
                for token in tokens:
                    token.start, token.end = places[token.start], places[token.end]
            message.set(TEXT, typed)
        return messages
