"""Query codes taken out of what Rasa remembers. Runs inside Rasa.

What the assistant's own actions keep of a code is sealed (actions/tickets/access.py); here the citizen's words are covered,
when the turn is over and nothing reads them any more for what they mean.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from rasa.shared.core.events import Event, SlotSet, UserUttered

from nlu.entities.query_code import MASK, mask_query_codes

# Slots that hold a whole message of the citizen's.
WORDS = frozenset({"last_question"})


def redacted(events: Iterable[Event]) -> list[Event]:
    """The events, those that hold a query code replaced by ones that do not."""
    return [_redacted(event) for event in events]


def _redacted(event: Event) -> Event:
    if isinstance(event, UserUttered) and event.text:
        covered = mask_query_codes(event.text)
        return event if covered == event.text else _without_code(event, covered)
    if isinstance(event, SlotSet) and event.key in WORDS and isinstance(event.value, str):
        covered = mask_query_codes(event.value)
        return event if covered == event.value else SlotSet(event.key, covered, timestamp=event.timestamp)
    return event


def _without_code(event: UserUttered, covered: str) -> UserUttered:
    """The same message with other words; entities that were found in the covered places go with them."""
    clean = copy.copy(event)
    clean.text = covered
    clean.entities = _outside(event.entities, covered)
    clean.parse_data = {
        **event.parse_data,
        "text": covered,
        "entities": _outside(event.parse_data["entities"], covered),
    }
    return clean


def _outside(entities: Iterable[dict[str, Any]], covered: str) -> list[dict[str, Any]]:
    return [entity for entity in entities if MASK not in covered[entity.get("start", 0) : entity.get("end", 0)]]
