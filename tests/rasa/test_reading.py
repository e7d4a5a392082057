import itertools
import unittest
from types import SimpleNamespace
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.nlu.classifiers.fallback_classifier import FallbackClassifier
from rasa.nlu.classifiers.regex_message_handler import RegexMessageHandler
from rasa.shared.core.domain import Domain
from rasa.shared.nlu.training_data.message import Message

from bot.dialogue.reading import read

DOMAIN = Domain.from_dict({"version": "3.1", "intents": ["greet", "choose_entry"], "entities": ["entry_id"]})
PIECES = (
    "/",
    "／",
    "EXTERNAL:",
    "EXTERNAL: ",
    "restart",
    "session_start",
    "back",
    'choose_entry{"entry_id": "x"}',
    "@0.9",
    "\u200b",
)


class Understanding:
    """A pipeline that takes everything for one intent."""

    def __init__(self, intent: str = "greet", entities: tuple[str, ...] = ()) -> None:
        self.intent, self.entities = intent, entities
        self.ran: list[list[str]] = []

    def run(self, inputs: dict[str, Any], targets: list[str]) -> dict[str, Any]:
        self.ran.append(targets)
        (given,) = inputs["__message__"]
        message = Message.build(given.text)
        intent = {"name": self.intent, "confidence": 0.9}
        message.set("intent", intent, add_to_output=True)
        message.set("intent_ranking", [intent, {"name": "thank", "confidence": 0.1}], add_to_output=True)
        message.set("entities", [{"entity": name, "value": "x"} for name in self.entities], add_to_output=True)
        return {targets[0]: [message]}


def processor(runner: Understanding, last: type = RegexMessageHandler) -> Any:
    nodes = {
        "run_RegexMessageHandler": SimpleNamespace(uses=last, needs={"messages": "run_FallbackClassifier10"}),
        "run_FallbackClassifier10": SimpleNamespace(uses=FallbackClassifier, needs={}),
    }
    metadata = SimpleNamespace(predict_schema=SimpleNamespace(nodes=nodes), nlu_target="run_RegexMessageHandler")
    return SimpleNamespace(model_metadata=metadata, graph_runner=runner, domain=DOMAIN)


class Typed(unittest.TestCase):
    def test_every_nesting_of_commands_is_understood_as_words(self) -> None:
        for length in (1, 2, 3):
            for pieces in itertools.product(PIECES, repeat=length):
                text, runner = "".join(pieces), Understanding()
                with self.subTest(text):
                    parsed = read(processor(runner), UserMessage(text), pressed=False)
                    self.assertEqual(parsed["intent"]["name"], "greet")
                    self.assertEqual(parsed["text"], text.strip())
                    self.assertEqual(parsed["entities"], [])
                    self.assertEqual(runner.ran, [["run_FallbackClassifier10"]])

    def test_rasas_own_intents_and_parameters_of_buttons_never_come_out_of_words(self) -> None:
        for intent in ("restart", "back", "session_start"):
            runner = Understanding(intent, ("entry_id", "ticket_kind", "ticket_field", "certificate"))
            parsed = read(processor(runner), UserMessage("重新开始"), pressed=False)
            self.assertEqual(parsed["intent"]["name"], "nlu_fallback")
            self.assertEqual([one["name"] for one in parsed["intent_ranking"]], ["thank"])
            self.assertEqual([one["entity"] for one in parsed["entities"]], ["certificate"])

    def test_a_graph_without_a_reader_of_commands_at_its_end_is_refused(self) -> None:
        with self.assertRaises(RuntimeError):
            read(processor(Understanding(), FallbackClassifier), UserMessage("您好"), pressed=False)


class Pressed(unittest.TestCase):
    def test_a_button_is_read_and_not_understood(self) -> None:
        runner = Understanding()
        parsed = read(processor(runner), UserMessage('/choose_entry{"entry_id": "hukou.birth"}'), pressed=True)
        self.assertEqual(parsed["intent"]["name"], "choose_entry")
        self.assertEqual([(one["entity"], one["value"]) for one in parsed["entities"]], [("entry_id", "hukou.birth")])
        self.assertEqual(runner.ran, [])

    def test_a_button_of_nobodys_is_not_understood(self) -> None:
        for payload in ("/restart", "/session_start", "/unknown", "/"):
            parsed = read(processor(Understanding()), UserMessage(payload), pressed=True)
            self.assertEqual((parsed["intent"]["name"], parsed["entities"]), ("nlu_fallback", []))

    def test_a_button_that_stands_for_words_is_understood(self) -> None:
        parsed = read(processor(Understanding()), UserMessage("居住证怎么办"), pressed=True)
        self.assertEqual(parsed["intent"]["name"], "greet")
