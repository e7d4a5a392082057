"""A ticket before it is filed: what the form collected."""

from __future__ import annotations

from dataclasses import dataclass, replace

from actions.tickets.catalogue import TicketCatalogue
from actions.tickets.errors import InvalidDraft

MAX_TEXT = 2000
MAX_LENGTHS = {"where": 300, "when": 100, "contact": 40, "contact_name": 40}
FIELD_LABELS = {"what": "事情经过", "where": "地点", "when": "时间", "contact": "联系电话", "contact_name": "称呼"}


@dataclass(frozen=True)
class TicketDraft:
    """What happened, where and when, in the citizen's own words.

    ``kind`` is a key of the catalogue's kinds. ``contact`` is a telephone number or empty; an anonymous draft keeps
    neither contact nor name, whatever was typed.
    """

    kind: str
    what: str
    where: str = ""
    when: str = ""
    contact: str = ""
    contact_name: str = ""
    anonymous: bool = False


def check_draft(draft: TicketDraft, catalogue: TicketCatalogue) -> TicketDraft:
    """The draft trimmed, and stripped of contact data if anonymous; raises InvalidDraft."""
    if draft.kind not in catalogue.kinds:
        raise InvalidDraft(catalogue.words("unknown_kind", kind=draft.kind), field="kind")
    trimmed = replace(draft, **{field: getattr(draft, field).strip() for field in FIELD_LABELS})
    if not trimmed.what:
        raise InvalidDraft(catalogue.words("what_required"), field="what")
    for field, limit in {"what": MAX_TEXT, **MAX_LENGTHS}.items():
        if len(getattr(trimmed, field)) > limit:
            message = catalogue.words("field_too_long", field=FIELD_LABELS[field], limit=limit)
            raise InvalidDraft(message, field=field)
    return replace(trimmed, contact="", contact_name="") if trimmed.anonymous else trimmed
