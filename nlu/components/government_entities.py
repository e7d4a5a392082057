"""Entities as the whole assistant finds them: numbers, times, places, names from the government lexicon."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.components.text_cleaner import PAYLOAD
from nlu.entities.find import find_entities
from nlu.entities.span import Span
from nlu.text import simplified

PLACE = ("entity", "start", "end")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class GovernmentEntityExtractor(GraphComponent, EntityExtractorMixin):  # type: ignore[misc]  # rasa ships no types
    """Adds the spans of :mod:`nlu.entities`; the value is the standard one.

    What another extractor found in the same place and of the same kind gives way: its value is only the words. Config:
    ``dimensions``, the kinds that are wanted (null: all).
    """

    def __init__(self, config: dict[str, Any]) -> None:
        self._dimensions = set(config["dimensions"] or ())

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> GovernmentEntityExtractor:
        """Called by Rasa."""
        return cls(config)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Called by Rasa."""
        return {"dimensions": None}

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities of each message to those it has."""
        for message in messages:
            text = message.get(TEXT)
            if not text or text.startswith(PAYLOAD):
                continue
            found = self.filter_irrelevant_entities(
                self.add_extractor_name([_entity(span) for span in find_entities(same_places(text))]), self._dimensions
            )
            places = {tuple(entity[key] for key in PLACE) for entity in found}
            others = [
                entity for entity in message.get(ENTITIES, []) if tuple(entity.get(key) for key in PLACE) not in places
            ]
            message.set(ENTITIES, others + found, add_to_output=True)
        return messages


def _entity(span: Span) -> dict[str, Any]:
    return {"entity": span.kind, "start": span.start, "end": span.end, "value": span.value}


def same_places(text: str) -> str:
    """Letters and digits in half width, characters simplified, where that keeps every character in its place."""
    narrow = "".join(map(_narrow, text))
    simple = simplified(narrow)
    return simple if len(simple) == len(text) else narrow


@lru_cache(maxsize=4096)
def _narrow(char: str) -> str:
    folded = unicodedata.normalize("NFKC", char) if char.isalnum() else char
    return folded if len(folded) == 1 else char
