"""What the slots of a ticket's form hold: the draft in them, as it is filed and as it is read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from actions.ticket_words import FIELDS, load_ticket_words
from actions.tickets.drafts import TicketDraft
from actions.turns import Turn

DRAFT_SLOTS = (
    *(f"ticket_{field}" for field in FIELDS),
    "ticket_kind",
    "ticket_kind_label",
    "ticket_summary",
    "ticket_confirm",
    "ticket_outcome",
    "ticket_bad_phones",
    "ticket_missed",
    "ticket_resume",
    "ticket_key",
)


def cleared(**values: Any) -> dict[str, Any]:
    """Every slot of the form: empty, but for ``values``."""
    return {**dict.fromkeys(DRAFT_SLOTS), **values}


def summary_of(slots: Mapping[str, Any]) -> str:
    """What was told, a line a field."""
    words = load_ticket_words()
    values = {field: slots.get(f"ticket_{field}") for field in FIELDS}
    return "\n".join(
        words.texts["summary_line"].format(label=words.field_labels[field], value=value)
        for field, value in values.items()
        if value
    )


def draft_of(turn: Turn) -> TicketDraft:
    """The draft as it is filed."""
    words = load_ticket_words()
    contact = turn.slot("ticket_contact")
    anonymous = contact == words.texts["anonymous_value"]
    return TicketDraft(
        kind=turn.slot("ticket_kind") or words.default_kind,
        what=turn.slot("ticket_what"),
        where=turn.slot("ticket_where"),
        when=turn.slot("ticket_when"),
        contact="" if anonymous else contact,
        anonymous=anonymous,
    )
