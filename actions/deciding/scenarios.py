"""Labelled conversations: what people of many kinds said, and what each turn wanted in its situation.

One file a pen, ``bot/dialogue/scenarios/<pen>.yml``; ``held_out/`` has the pens that are never trained on. ``docs/dialogue.md``
tells the form. The situation of a turn follows from the labels of the turns before it, never from those after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from actions.deciding.situation import Situation
from nlu.vocabulary import read_yaml

QUESTIONS = frozenset({"ask", "ask_several", "ask_unclear", "elliptic", "correct"})
ASK = "ask"
# Judged by the danger judge, which has corpora of its own.
DANGER = "danger"
OTHER_ACTS = frozenset(
    {"story", "file", "fill", "change", "confirm", "cancel", "follow", "rate", "accept", "decline", "event", "small_talk",
     "outside", "human"}
)  # fmt: skip
ACTS = QUESTIONS | OTHER_ACTS | {DANGER}
# What a good assistant did in answer to an act; where nothing stands, the act's own name says it.
REPLIES = {
    **dict.fromkeys(QUESTIONS, "answered"), "ask_unclear": "choices", "story": "offered", "file": "form", "fill": "form",
    "change": "form", "confirm": "filed", "cancel": "cancelled", "follow": "followed", "rate": "followed", "event": "listed",
    "accept": "accepted", "decline": "declined", "small_talk": "chatted", "outside": "refused", "human": "handed_over",
    "danger": "warned",
}  # fmt: skip
# Which field a reply asks for, by words of which it has one; the first that fits.
ASKING: Mapping[str, Sequence[str]] = {
    "confirm": ("确认", "对吗", "无误", "提交吗", "核对", "是否提交", "提交？"),
    "contact": ("电话", "手机", "号码", "称呼", "联系方式"),
    "where": ("哪里", "哪儿", "地址", "位置", "地点", "什么地方", "哪个小区", "哪条", "具体在"),
    "when": ("什么时候", "时间", "几点", "何时", "哪天", "几号", "多久了"),
}


class ScenarioError(ValueError):
    """A scenario file is not sound; the message names the place."""


@dataclass(frozen=True)
class Said:
    """One turn of a citizen. ``act``: what it wants. ``entries``: for each matter of it the entries that are right, none where
    the knowledge base has none. ``situation``: before it.
    """

    pen: str
    conversation: str
    text: str
    act: str
    situation: Situation
    matter: str = ""
    entries: tuple[tuple[str, ...], ...] = ()
    aspects: tuple[str, ...] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)
    about: str = ""
    reply: str = ""
    # The entry and matter spoken of before, empty where there is none in the knowledge base.
    entry_at_hand: str = ""
    matter_at_hand: str = ""

    @property
    def wish(self) -> str:
        """The act, where all kinds of questions are one."""
        return ASK if self.act in QUESTIONS else self.act


def files(folder: Path, held_out: bool = False) -> list[Path]:
    """The scenario files; ``held_out``: those of the pens that are never trained on."""
    return sorted((folder / "held_out" if held_out else folder).glob("*.yml"))


def read(paths: Iterable[Path]) -> list[Said]:
    """All turns in order; raises ScenarioError."""
    return [said for path in paths for said in _read_file(path)]


def _read_file(path: Path) -> Iterator[Said]:
    data = read_yaml(path)
    turns = [(str(name), turn) for name, turns in data["conversations"].items() for turn in turns]
    for number, (name, turn) in enumerate(turns, start=1):
        if turn.get("act") not in ACTS or not str(turn.get("said") or "").strip():
            raise ScenarioError(f"{path.name}: {name}, turn {number} of the file: said and one of the acts are needed")
    yield from in_order(str(data["pen"]), turns)


def in_order(pen: str, turns: Iterable[tuple[str, Mapping[str, Any]]]) -> Iterator[Said]:
    """Turns with the name of their conversation, in order, each in the situation that those before it leave."""
    before = Said(pen, "", "", "", Situation())
    for name, turn in turns:
        if name != before.conversation:
            before = Said(pen, name, "", "", Situation())
        said = replace(
            before,
            text=str(turn["said"]),
            act=str(turn["act"]),
            matter=str(turn.get("matter") or ""),
            entries=tuple(tuple(ids) for ids in turn.get("entries") or ()),
            aspects=tuple(turn.get("aspects") or ()),
            fields=turn.get("fields") or {},
            about=str(turn.get("about") or ""),
            reply=str(turn.get("reply") or ""),
        )
        yield said
        before = replace(said, **_after(said))


def _after(said: Said) -> dict[str, Any]:
    """What stands after a turn and the reply to it."""
    now = said.situation
    opened = said.act in ("file", "fill", "change") or (said.act == "accept" and now.did in ("offered", "form"))
    closed = said.act in ("confirm", "cancel", "follow", "rate")
    form = "ticket" if opened else "" if closed else now.form
    after: dict[str, Any] = {}
    at_hand, aspect = now.at_hand, now.aspect
    if said.act in QUESTIONS:
        found = said.entries[-1] if said.entries else ()
        after = {"entry_at_hand": found[0] if found else "", "matter_at_hand": said.matter.rsplit("|", 1)[-1]}
        at_hand, aspect = bool(said.matter), said.aspects[-1] if said.aspects else ""
    situation = Situation(
        did=REPLIES[said.act],
        form=form,
        asked=_asked(said.reply) if form else "",
        at_hand=at_hand,
        aspect=aspect,
        has_ticket=now.has_ticket or said.act in ("confirm", "follow", "rate"),
    )
    return {"situation": situation, **after}


def _asked(reply: str) -> str:
    return next((name for name, words in ASKING.items() if any(word in reply for word in words)), "what")
