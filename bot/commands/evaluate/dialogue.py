"""``wenzheng eval dialogue``: whether typed messages are decided as people who labelled them would."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from bot.commands.console import fail
from bot.commands.evaluate.dialogue_rows import read_turns
from bot.commands.evaluate.report import cases_table, figures_table, last_line, progress, rounded
from bot.settings import Settings, get_settings

WORST = 25


@dataclass(frozen=True)
class Decided:
    """One turn as it was labelled and as it was decided. ``entries``: those shown; ``points`` of the first of them."""

    text: str
    wanted: str
    right_entries: tuple[tuple[str, ...], ...]
    right_aspects: tuple[str, ...]
    act: str
    entries: tuple[str, ...]
    points: tuple[str, ...]
    has_point: bool
    offers: bool

    @property
    def is_question(self) -> bool:
        """Whether something was asked."""
        return self.wanted in QUESTION_ACTS

    @property
    def known(self) -> bool:
        """Whether the knowledge base has all that was asked."""
        return bool(self.right_entries) and all(self.right_entries)

    @property
    def right_act(self) -> bool:
        """Whether it was treated as it was meant."""
        if self.is_question:
            if self.wanted == "ask_unclear":
                return self.act in ("choices", "answer", "unknown")
            return self.act == "answer" if self.known else self.act in ("unknown", "choices", "answer", "offer_ticket")
        return self.act in RIGHT[self.wanted] or (self.wanted == "story" and self.act == "answer" and self.offers)

    @property
    def right_entry(self) -> bool:
        """Whether each matter that is known was answered with a right entry, and none that is not known with any."""
        if not self.is_question or self.wanted == "ask_unclear":
            return True
        known = [ids for ids in self.right_entries if ids]
        if not known:
            return not self.entries
        return all(any(entry in ids for entry in self.entries) for ids in known)

    @property
    def right_aspect(self) -> bool:
        """Whether the point that was asked is shown, or the whole answer where the entry does not have it by itself."""
        if not (self.is_question and self.known and self.entries) or not self.right_aspects:
            return True
        return bool(set(self.points) & set(self.right_aspects)) or (not self.points and not self.has_point)

    @property
    def wrong_aspect(self) -> bool:
        """Whether other points alone are shown than the one that was asked."""
        asked = self.is_question and bool(self.right_aspects) and bool(self.points)
        return asked and not set(self.points) & set(self.right_aspects)


QUESTION_ACTS = frozenset({"ask", "ask_several", "ask_unclear", "elliptic", "correct"})
# What leads to the form: itself, its offer, and taking the offer.
REACHING = frozenset({"open_form", "offer_ticket", "fill_form", "take_offer"})
# What is right for each label that is no question.
RIGHT = {
    "story": ("offer_ticket", "open_form", "fill_form"), "fill": ("fill_form",),
    "file": ("open_form", "fill_form", "offer_ticket", "take_offer"),
    "change": ("fill_form",), "confirm": ("fill_form",), "cancel": ("fill_form", "follow", "drop_offer", "stray"),
    "follow": ("follow",), "rate": ("rate",), "accept": ("take_offer", "fill_form"), "decline": ("drop_offer", "fill_form"),
    "event": ("recommend", "answer"), "small_talk": ("small_talk",), "outside": ("refuse", "unknown"), "human": ("hand_over",),
}  # fmt: skip


def figures(decided: Sequence[Decided]) -> dict[str, object]:
    """Shares of 0–1, and how many turns they are of."""
    asked = [one for one in decided if one.is_question]
    known = [one for one in asked if one.known and one.wanted != "ask_unclear"]
    filed = [one for one in decided if one.wanted == "file"]
    several = [one for one in known if one.wanted == "ask_several"]
    return {
        "turns": len(decided),
        "right_act": _share(decided, lambda one: one.right_act),
        "right": _share(decided, lambda one: one.right_act and one.right_entry and not one.wrong_aspect),
        "right_to_the_point": _share(decided, lambda one: one.right_act and one.right_entry and one.right_aspect),
        "questions": len(asked),
        "known_questions": len(known),
        "outright": _share(known, lambda one: one.act == "answer"),
        "outright_right": _share(known, lambda one: one.act == "answer" and one.right_entry),
        "needless_choice": _share(known, lambda one: one.act == "choices"),
        "form_on_question": _share(asked, lambda one: one.act == "open_form"),
        "wrong_entry": _share(asked, lambda one: bool(one.entries) and not one.right_entry),
        "wrong_aspect": _share(known, lambda one: one.wrong_aspect and one.right_entry),
        "ours_refused": _share(known, lambda one: one.act == "refuse"),
        "file_lost": _share(filed, lambda one: one.act not in REACHING and not one.offers),
        "several_all_answered": _share(several, lambda one: one.right_entry),
    }


def dialogue(
    file: Annotated[
        Path | None,
        typer.Option("--in", help='JSON lines {"conversation","text","act","entry","aspect"}; else the held-out pens.'),
    ] = None,
) -> None:
    """Accuracy by act, costly errors, outright answers, needless choices."""
    settings = get_settings()
    said = read_turns(file)
    progress(f"{len(said)} turns")
    decided = decide_all(settings, said)
    found = figures(decided)
    figures_table("Dialogue", found)
    groups: dict[str, list[Decided]] = defaultdict(list)
    for one in decided:
        groups[one.wanted].append(one)
    rows = [
        (name, len(ones), _share(ones, lambda one: one.right_act), _decided_as(ones))
        for name, ones in sorted(groups.items())
    ]
    cases_table("By act", ("Wanted", "Turns", "Right", "Decided as"), rows)
    wrong = [one for one in decided if not (one.right_act and one.right_entry and not one.wrong_aspect)]
    cases_table(
        "Wrong", ("Text", "Wanted", "Decided", "Shown"),
        [(one.text, one.wanted, one.act, " ".join((*one.entries, *one.points))) for one in wrong[:WORST]],
    )  # fmt: skip
    by_act = {name: {"turns": count, "right": share} for name, count, share, _ in rows}
    last_line({"measure": "dialogue", **found, "acts": by_act})


def decide_all(settings: Settings, said: Sequence[object]) -> list[Decided]:
    """Decide every turn in the situation that its labels give, over the content files, without a running assistant."""
    from bot.commands.evaluate.dialogue_room import DecidingRoom
    from bot.setup_steps import SetupError

    try:
        with TemporaryDirectory(prefix="wenzheng-eval-") as folder:
            room = DecidingRoom(settings, Path(folder))
            return [Decided(**room.decided(one)) for one in said]  # type: ignore[arg-type]
    except SetupError as error:
        fail(str(error))


def _share(ones: Sequence[Decided], holds: object) -> float:
    return rounded(sum(bool(holds(one)) for one in ones) / len(ones)) if ones else 0.0  # type: ignore[operator]


def _decided_as(ones: Sequence[Decided]) -> str:
    return ", ".join(f"{act} {count}" for act, count in Counter(one.act for one in ones).most_common(4))
