"""One component outside a server: trained, kept in a model storage, loaded again, asked."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData


def context(name: str) -> ExecutionContext:
    return ExecutionContext(GraphSchema({}), node_name=name)


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@contextmanager
def storage() -> Iterator[LocalModelStorage]:
    with folder() as path:
        yield LocalModelStorage.create(path)


def created(kind: type[GraphComponent], place: LocalModelStorage, **config: Any) -> Any:
    """The component as Rasa creates it for training."""
    name = kind.__name__
    return kind.create({**kind.get_default_config(), **config}, place, Resource(name), context(name))


def loaded(kind: type[GraphComponent], place: LocalModelStorage, **config: Any) -> Any:
    """The component as Rasa loads it to parse messages."""
    name = kind.__name__
    return kind.load({**kind.get_default_config(), **config}, place, Resource(name), context(name))


def message(text: str, intent: str = "", **data: Any) -> Message:
    return Message({TEXT: text} | ({INTENT: intent} if intent else {}) | data)


def training_data(*examples: Message) -> TrainingData:
    return TrainingData(list(examples))
