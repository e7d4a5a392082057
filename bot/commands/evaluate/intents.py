"""``wenzheng eval intents``: whether messages get their intent, from a file or by cross-validation over our examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.commands.console import fail
from bot.commands.evaluate.rasa import run_in_rasa
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
from bot.commands.evaluate.rows import IntentRow, read_rows, wrong_input
from bot.settings import ROOT, Settings, get_settings
from bot.setup_steps import rasa_paths
from nlu.evaluation.metrics import f1_by_label


@dataclass(frozen=True)
class Understood:
    """One message: its right intent, the one given and how sure."""

    text: str
    right: str
    given: str
    confidence: float


def figures(understood: Sequence[Understood]) -> dict[str, object]:
    """Accuracy, macro-F1, confusions, and F1 of every intent."""
    right, given = [one.right for one in understood], [one.given for one in understood]
    by_intent = {name: rounded(value) for name, value in f1_by_label(right, given).items()}
    return {**classified(right, given), "intents": by_intent}


def worst(understood: Sequence[Understood]) -> list[Understood]:
    """The surest errors."""
    return sorted((one for one in understood if one.right != one.given), key=lambda one: -one.confidence)[:WORST]


def predictions_of_file(settings: Settings, file: Path) -> tuple[list[Understood], dict[str, Any]]:
    """What the trained Rasa model makes of a file; ends the command if there is no model."""
    rows = read_rows(file, IntentRow)
    paths = rasa_paths(settings)
    if not paths.ready:
        fail("The Rasa model for this dialogue is not trained. Run: wenzheng train")
    progress(f"Understanding {len(rows)} messages")
    answer = run_in_rasa(
        settings, "nlu.evaluation.rasa_intents", ["--model", str(paths.model), "--in", str(file.resolve())]
    )
    given = answer.pop("predictions")
    return [
        Understood(row.text, row.intent, one["intent"], rounded(one["confidence"]))
        for row, one in zip(rows, given, strict=True)
    ], answer


def cross_validation(settings: Settings, folds: int, config: Path) -> tuple[list[Understood], dict[str, Any]]:
    """Every example of ours as a model that never saw it understands it."""
    if not config.is_file():
        wrong_input(f"{config} cannot be read: no such file")
    progress(f"Training {folds} times on our own examples with {config.name}; this takes minutes")
    answer = run_in_rasa(
        settings, "nlu.evaluation.intent_folds", ["--folds", str(folds), "--config", str(config.resolve())]
    )
    return [Understood(**one) for one in answer.pop("predictions")], answer


def intents(
    file: Annotated[
        Path | None, typer.Option(help='JSON lines {"text","intent"}; without it: cross-validation over our examples.')
    ] = None,
    folds: Annotated[int, typer.Option(min=2, help="Parts the examples are cut into for cross-validation.")] = 5,
    config: Annotated[Path, typer.Option(help="Rasa configuration to cross-validate.")] = ROOT / "config.yml",
) -> None:
    """Accuracy, macro-F1 and F1 of each intent, confusions, and the surest errors."""
    settings = get_settings()
    if file is None:
        understood, more = cross_validation(settings, folds, config)
    else:
        understood, more = predictions_of_file(settings, file)
    found, cases = {**figures(understood), **more}, worst(understood)
    figures_table("Intents", found)
    confusions_table([one.right for one in understood], [one.given for one in understood])
    cases_table(
        "Surest errors",
        ("Message", "Right", "Given", "Confidence"),
        ((one.text, one.right, one.given, one.confidence) for one in cases),
    )
    last_line({"measure": "intents", **found, "worst": [asdict(one) for one in cases]})
