"""What a citizen's message means: words are understood, buttons are read, and never the one as the other. Inside Rasa.

Rasa itself takes any text that begins with ``/`` for a command (``/restart``, ``/intent{"entity": …}``): the last node of
its graph replaces what the pipeline understood. Here typed text runs through the pipeline without that node, and a
button's payload through nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.nlu.classifiers.regex_message_handler import RegexMessageHandler
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.core.constants import USER_INTENT_BACK, USER_INTENT_RESTART, USER_INTENT_SESSION_START
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.nlu.training_data.message import Message

COMMAND = "/"
# Rasa acts on these by itself, outside all rules.
RASAS_OWN = frozenset({USER_INTENT_RESTART, USER_INTENT_BACK, USER_INTENT_SESSION_START})
# Parameters of buttons (domain.yml).
BUTTONS_OWN = frozenset({"entry_id", "ticket_kind", "ticket_field"})
NOT_UNDERSTOOD = {"name": DEFAULT_NLU_FALLBACK_INTENT_NAME, "confidence": 1.0}


def read(processor: MessageProcessor, message: UserMessage, *, pressed: bool) -> dict[str, Any]:
    """Text, intent, ranking and entities, as ``processor.parse_message`` gives them."""
    if pressed and (message.text or "").startswith(COMMAND):
        return _of_button(processor, message)
    return _of_words(processor, message)


def _of_button(processor: MessageProcessor, message: UserMessage) -> dict[str, Any]:
    payload = Message.build(message.text)
    read = YAMLStoryReader.unpack_regex_message(payload, processor.domain, RegexMessageHandler.__name__)
    if read is payload or read.get("intent")["name"] in RASAS_OWN:
        return {"text": message.text, "intent": NOT_UNDERSTOOD, "entities": [], "intent_ranking": [NOT_UNDERSTOOD]}
    return dict(read.as_dict(only_output_properties=True))


def _of_words(processor: MessageProcessor, message: UserMessage) -> dict[str, Any]:
    target = understanding(processor)
    tracker = DialogueStateTracker.from_events(message.sender_id, [])
    results = processor.graph_runner.run(
        inputs={PLACEHOLDER_MESSAGE: [message], PLACEHOLDER_TRACKER: tracker}, targets=[target]
    )
    (understood,) = results[target]
    parsed = {"text": message.text, "intent": {"name": None, "confidence": 0.0}, "entities": []}
    parsed |= understood.as_dict(only_output_properties=True)
    ranking = [intent for intent in parsed.get("intent_ranking") or [] if intent["name"] not in RASAS_OWN]
    return parsed | {
        "text": message.text,
        "intent": NOT_UNDERSTOOD if parsed["intent"]["name"] in RASAS_OWN else parsed["intent"],
        "intent_ranking": ranking,
        "entities": [entity for entity in parsed["entities"] if entity["entity"] not in BUTTONS_OWN],
    }


def understanding(processor: MessageProcessor) -> str:
    """The node of the graph that holds what the pipeline understood, before commands are read from the text."""
    metadata = processor.model_metadata
    nodes: Mapping[str, Any] = metadata.predict_schema.nodes
    last = nodes[metadata.nlu_target]
    if not issubclass(last.uses, RegexMessageHandler):
        raise RuntimeError("Rasa's graph does not end with the reader of commands: typed text cannot be told from them")
    return str(last.needs["messages"])
