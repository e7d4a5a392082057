"""What the assistant says, independent of any channel. Handlers make parts, channels render them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, TypeAdapter

Decision = Literal["answer", "clarify", "action", "unresolved", "smalltalk", "emergency"]


class Button(BaseModel):
    """A choice: ``title`` is what the citizen sees and says, ``payload`` what the dialogue receives."""

    title: str
    payload: str


class Source(BaseModel):
    """Where an answer comes from; ``issuer`` is empty where only the law and its article are known."""

    title: str
    issuer: str = ""
    number: str = ""
    article: str = ""
    effective: date | None = None


class TextPart(BaseModel):
    """Plain text, with choices below it where there are any."""

    type: Literal["text"] = "text"
    text: str
    buttons: list[Button] = []


class AnswerPart(BaseModel):
    """An answer card. ``facet`` names what was asked of the item (materials, fee …), empty for the whole answer."""

    type: Literal["answer"] = "answer"
    entry_id: str
    title: str
    text: str
    facet: str = ""
    items: list[str] = []
    ordered: bool = False
    sources: list[Source] = []
    facets: list[Button] = []
    related: list[Button] = []


class ServiceStep(BaseModel):
    """One service of a life event, with why or when it is due, and the law or document it rests on."""

    title: str
    note: str = ""
    source: str = ""
    button: Button


class ServicesPart(BaseModel):
    """Recommended services, in the order they are best done."""

    type: Literal["services"] = "services"
    title: str
    intro: str = ""
    services: list[ServiceStep]


class TicketEventLine(BaseModel):
    """One line of a ticket's history that the citizen may see."""

    at: datetime
    text: str


class TicketPart(BaseModel):
    """A ticket as its citizen sees it; the query code only on the card that is given when it is filed.

    On its way and where it is stored the card holds the code as ``sealed_code``; ``code`` is in clear only in what the
    conversation's owner is given to read. ``due_label`` says what happens by ``due`` at the latest.
    """

    type: Literal["ticket"] = "ticket"
    number: str
    code: str = ""
    sealed_code: str = ""
    kind_label: str
    status: str
    status_label: str
    summary: str
    department: str = ""
    due: datetime | None = None
    due_label: str = ""
    text: str = ""
    history: list[TicketEventLine] = []


class EmergencyPart(BaseModel):
    """Life may be at risk: who to call now. ``possible``: it may be so, and an ordinary reply follows."""

    type: Literal["emergency"] = "emergency"
    text: str
    phones: list[Button]
    level: Literal["certain", "possible"] = "certain"


class StaffPart(BaseModel):
    """Words of a member of staff: a reply to a ticket, a message in a hand-over."""

    type: Literal["staff"] = "staff"
    text: str
    author: str = ""
    ticket_number: str = ""


Part = Annotated[
    TextPart | AnswerPart | ServicesPart | TicketPart | EmergencyPart | StaffPart, Field(discriminator="type")
]
PARTS: TypeAdapter[list[Part]] = TypeAdapter(list[Part])
PART: TypeAdapter[Part] = TypeAdapter(Part)


class TraceHit(BaseModel):
    """One search hit as it is kept with the turn."""

    id: str
    title: str
    score: float


class Candidate(BaseModel):
    """An act that competed for a turn: how probable it is that it was wanted (0–1), and what it was expected to cost."""

    act: str
    probability: float
    cost: float


class Trace(BaseModel):
    """What a handler decided and on what grounds; stored with the turn, never shown to the citizen.

    ``candidates``: the acts that competed, cheapest first; none where a button was pressed.
    """

    decision: Decision
    reason: str = ""
    entry_id: str = ""
    facet: str = ""
    ticket_number: str = ""
    hits: list[TraceHit] = []
    candidates: list[Candidate] = []
    latency_ms: dict[str, float] = {}
