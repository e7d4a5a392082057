"""``wenzheng eval routing``: whether messages reach the responsible function of government."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.evaluate import routing_folds
from bot.commands.evaluate.report import (
    WORST,
    cases_table,
    classified,
    confusions_table,
    figures_table,
    last_line,
    progress,
    rounded,
)
from bot.commands.evaluate.rows import LabelledRow, read_rows, wrong_input
from bot.settings import get_settings
from nlu.routing.examples import Example, own_examples
from nlu.routing.model import RoutingModel
from nlu.tokenizer import Tokenizer


@dataclass(frozen=True)
class Routed:
    """One message: the right and the given function, how sure, and the words that decided."""

    text: str
    right: str
    given: str
    probability: float
    words: tuple[str, ...]


def examples_for(rows: Sequence[Example]) -> list[Example]:
    """What the model learns from: ``rows`` and our own examples of the functions that occur in them."""
    labels = {row.label for row in rows}
    return [*(example for example in own_examples() if example.label in labels), *rows]


def route(model: RoutingModel, rows: Sequence[Example]) -> list[Routed]:
    """Let the model route every message."""
    found = []
    for row in rows:
        result = model.route(row.title, row.text)
        text = row.text or row.title
        found.append(Routed(text, row.label, result.label, rounded(result.probability), result.words))
    return found


def figures(routed: Sequence[Routed]) -> dict[str, object]:
    """Accuracy, macro-F1 and confusions."""
    return classified([one.right for one in routed], [one.given for one in routed])


def worst(routed: Sequence[Routed]) -> list[Routed]:
    """The surest errors."""
    return sorted((one for one in routed if one.right != one.given), key=lambda one: -one.probability)[:WORST]


def _read(path: Path) -> list[Example]:
    return [Example(row.title, row.text, row.label) for row in read_rows(path, LabelledRow)]


def _over_our_examples() -> None:
    routed = routing_folds.out_of_fold()
    parts = list(dict.fromkeys(one.part for one in routed))
    found = {part: routing_folds.figures([one for one in routed if one.part == part]) for part in parts}
    figures_table("Routing, five folds over our own examples", found)
    last_line({"measure": "routing", "folds": routing_folds.FOLDS, **found})


def routing(
    train: Annotated[
        Path | None, typer.Option(help='JSON lines {"text","label","title"?} to learn from, beside our own.')
    ] = None,
    test: Annotated[Path | None, typer.Option(help='JSON lines {"text","label","title"?} to measure on.')] = None,
) -> None:
    """Accuracy and macro-F1 of routing messages, by title and text and by the title alone, and the surest errors.

    Without files: five folds over our own examples, with the share of messages that the model is sure of.
    """
    if train is None and test is None:
        _over_our_examples()
        return
    if train is None or test is None:
        wrong_input("--train and --test are needed both, or neither")
    learned, asked = _read(train), _read(test)
    if len({row.label for row in learned}) < 2:
        wrong_input(f"{train} has one label only. Routing needs at least two to choose from")
    examples = examples_for(learned)
    progress(f"Training on {len(examples)} messages ({len(examples) - len(learned)} of them our own)")
    model = RoutingModel.train(examples, Tokenizer(), pretrained=get_settings().encoder_choice.pretrained)
    progress(f"Routing {len(asked)} messages")
    routed = route(model, asked)
    found, cases = figures(routed), worst(routed)
    titled = [Example(row.title, "", row.label) for row in asked if row.title]
    if titled:
        found["title_only"] = figures(route(model, titled))
    figures_table("Routing", {"trained_on": len(examples), **found})
    confusions_table([one.right for one in routed], [one.given for one in routed])
    cases_table(
        "Surest errors",
        ("Message", "Right", "Given", "Probability", "Words"),
        ((one.text, one.right, one.given, one.probability, " ".join(one.words)) for one in cases),
    )
    last_line({"measure": "routing", "trained_on": len(examples), **found, "worst": [asdict(one) for one in cases]})
