"""What every handler does around its one deed: read the tracker, work off the event loop, give the reply to Rasa."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.replies import Reply, Say
from actions.services import ActionServices
from actions.turns import Turn, turn_of
from bot.pools import ACTIONS, run_in

Events = list[dict[str, Any]]


class Handler(Action):  # type: ignore[misc]  # rasa_sdk ships no types
    """An action; subclasses name it and say what it replies."""

    action_name: str
    ends_turn = True

    def __init__(self, services: ActionServices) -> None:
        self.services = services

    def name(self) -> str:
        """The action's name in ``domain.yml``."""
        return self.action_name

    @abstractmethod
    def reply(self, turn: Turn) -> Reply:
        """What this action answers; runs in a worker thread."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Called by Rasa."""
        turn = turn_of(
            {
                "sender_id": tracker.sender_id,
                "latest_message": tracker.latest_message,
                "events": tracker.events,
                "slots": tracker.slots,
                "active_loop": tracker.active_loop,
            }
        )
        outside = self.ends_turn and not tracker.active_loop.get("name")
        reply = await run_in(ACTIONS, self._attended if outside else self.reply, turn)
        events = deliver(reply, dispatcher, tracker.slots)
        if outside and not reply.next_action:
            # Outside forms every rule goes on to listen: saying so spares Rasa a prediction.
            events.append(FollowupAction("action_listen"))
        return events

    def _attended(self, turn: Turn) -> Reply:
        """The reply outside forms, where a form that was lost may have to be spoken of."""
        return self.services.unfinished.attend(turn, self.reply(turn))


class FormHandler(Handler):
    """A form's ``validate_…`` action. Rasa takes a message that sets no slot for misunderstood, so one always is set."""

    ends_turn = False

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Called by Rasa for every message while the form is open."""
        events = await super().run(dispatcher, tracker, domain)
        message = (tracker.latest_message.get("metadata") or {}).get("message_id")
        return [SlotSet("form_heard", message or tracker.latest_message.get("message_id")), *events]


def deliver(reply: Reply, dispatcher: CollectingDispatcher, slots: Mapping[str, Any]) -> Events:
    """Hand messages and trace to the dispatcher; returns the events that change slots, open or close forms, or go on."""
    for message in reply.messages:
        if isinstance(message, Say):
            buttons = [button.model_dump() for button in message.buttons]
            dispatcher.utter_message(response=message.response, buttons=buttons, **message.params)
        else:
            dispatcher.utter_message(json_message={"part": message.part.model_dump(mode="json")})
    if reply.trace is not None:
        dispatcher.utter_message(json_message={"trace": reply.trace.model_dump(mode="json")})
    events: Events = [
        SlotSet(name, value)
        for name, value in reply.slots.items()
        if name == "requested_slot" or slots.get(name) != value
    ]
    if reply.close_form:
        events += [SlotSet("requested_slot", None), ActiveLoop(None)]
    if reply.next_action:
        events.append(FollowupAction(reply.next_action))
    return events
