"""A sum within a conversation: it begins with a button or with what was told, asks for the rest, and shows its arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from actions.answers import answer_card, payload, written_source
from actions.calculating.catalogue import Calculator, load_catalogue
from actions.calculating.fields import Field
from actions.messages import AnswerPart, Button, TextPart, Trace
from actions.ports import KnowledgeSearch
from actions.replies import Reply
from actions.turns import Turn

SLOT = "calculation"


class Calculating:
    """``today`` gives the day by which rules with an end are taken."""

    def __init__(self, knowledge: KnowledgeSearch, today: Callable[[], date]) -> None:
        self._knowledge = knowledge
        self._today = today

    def pressed(self, turn: Turn) -> Reply | None:
        """A button that begins a sum, or gives one of its values; None where there is no such sum."""
        calculator = load_catalogue().calculators.get(str(turn.entities.get("calculator") or ""))
        if calculator is None:
            return None
        chosen = str(turn.entities.get("value") or "")
        known = self._known(turn, calculator) if chosen else {}
        field = calculator.next(known)
        if chosen and field is not None and field.choices and chosen in field.choices:
            known = {**known, field.name: chosen}
        return self._go_on(calculator, known)

    def asked(self, turn: Turn) -> Field | None:
        """What was asked just now; None where no sum is open."""
        calculator = self._open(turn)
        return calculator.next(self._known(turn, calculator)) if calculator else None

    def fits(self, turn: Turn) -> bool:
        """Whether a typed message is a value that the open sum asked for."""
        field = self.asked(turn)
        return field is not None and bool(field.read(turn.said))

    def took(self, turn: Turn) -> Reply:
        """Go on with what was typed, which fits."""
        calculator = self._open(turn)
        assert calculator is not None  # noqa: S101 - it fits; narrows the type
        known = self._known(turn, calculator)
        field = calculator.next(known)
        assert field is not None  # noqa: S101 - the same
        told = {name: value for name, value in calculator.told(turn.said).items() if name not in known}
        return self._go_on(calculator, {**known, **told, field.name: field.read(turn.said)})

    def beside_answer(self, turn: Turn, entry_id: str, reply: Reply) -> None:
        """Where the entry that was answered has a sum and the message tells what it needs: the sum too, or what is missing."""
        calculator = load_catalogue().by_entry.get(entry_id)
        told = calculator.told(turn.said) if calculator else {}
        if calculator is None or not told:
            return
        rest = self._go_on(calculator, told)
        reply.messages += rest.messages
        reply.slots[SLOT] = rest.slots[SLOT]

    def _open(self, turn: Turn) -> Calculator | None:
        return load_catalogue().calculators.get(str(_state(turn).get("name") or ""))

    def _known(self, turn: Turn, calculator: Calculator) -> Mapping[str, str]:
        state = _state(turn)
        return dict(state["values"]) if state.get("name") == calculator.name else {}

    def _go_on(self, calculator: Calculator, values: Mapping[str, str]) -> Reply:
        field = calculator.next(values)
        trace = Trace(decision="answer", reason="calculation", entry_id=calculator.entry)
        if field is not None:
            reply = Reply(trace, slots={SLOT: {"name": calculator.name, "values": dict(values)}})
            return reply.show(TextPart(text=field.ask, buttons=_choices(calculator, field)))
        # The item stays at hand: what is asked next goes on about it.
        reply = Reply(trace, slots={SLOT: None, "entry_id": calculator.entry, "facet": None, "did": "answered"})
        return reply.show(self._card(calculator, values))

    def _card(self, calculator: Calculator, values: Mapping[str, str]) -> AnswerPart:
        result = calculator.formula(values, self._today())
        entry = self._knowledge.entry(calculator.entry)
        told = "、".join(field.spoken(values[field.name]) for field in calculator.fields if field.name in values)
        again = Button(title=load_catalogue().again, payload=payload("calculate", calculator=calculator.name))
        return AnswerPart(
            entry_id=calculator.entry,
            title=f"{calculator.title}（{told}）",
            text=result.text,
            items=list(result.lines),
            sources=[written_source(source) for source in calculator.sources],
            facets=[again, *(answer_card(entry).facets if entry else [])],
        )


def _state(turn: Turn) -> Mapping[str, Any]:
    state = turn.slots.get(SLOT)
    return state if isinstance(state, Mapping) else {}


def _choices(calculator: Calculator, field: Field) -> list[Button]:
    return [
        Button(title=label, payload=payload("calculate", calculator=calculator.name, value=key))
        for key, (label, _) in (field.choices or {}).items()
    ]
