"""``wenzheng eval scope``: whether government business is told from all else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.console import fail
from bot.commands.evaluate.models import LoadedEncoder, load_present_encoder
from bot.commands.evaluate.report import WORST, cases_table, figures_table, last_line, progress, rounded
from bot.commands.evaluate.rows import TextRow, read_rows
from bot.settings import get_settings
from nlu.evaluation.metrics import area_under_curve, threshold_accepting
from nlu.scope import ScopeModel

# Of government business this share is to be accepted when the threshold is chosen from the data.
ACCEPTED = 0.92

Scored = list[tuple[str, float]]


def score(model: ScopeModel, texts: Sequence[str]) -> Scored:
    """Each text with its probability of being government business."""
    return [(text, model.probability(text)) for text in texts]


def figures(inside: Scored, outside: Scored, threshold: float) -> dict[str, float]:
    """Shares at the model's threshold, AUC, and the share taken where 92 % of the government business is accepted."""
    business, other = [value for _, value in inside], [value for _, value in outside]
    chosen = threshold_accepting(ACCEPTED, business)
    return {
        "in": len(inside),
        "out": len(outside),
        "threshold": rounded(threshold),
        "in_accepted": rounded(_reaching(threshold, business)),
        "out_taken": rounded(_reaching(threshold, other)),
        "auc": rounded(area_under_curve(business, other)),
        "threshold_at_92": rounded(chosen),
        "out_taken_at_92": rounded(_reaching(chosen, other)),
    }


def load_scope(loaded: LoadedEncoder) -> ScopeModel:
    """The scope model trained with the encoder; ends the command with a message if it is not there."""
    try:
        return loaded.trained.load_scope(loaded.tokenizer, loaded.encoder, get_settings().scope_threshold)
    except FileNotFoundError:
        fail("The scope model for this content is not trained. Run: wenzheng train --force")


def scope(
    inside: Annotated[Path, typer.Option("--in", help='JSON lines {"text"}: government business.')],
    outside: Annotated[Path, typer.Option("--out", help='JSON lines {"text"}: requests that are not.')],
) -> None:
    """The share of government business accepted, the share of all else taken for it, AUC, and the worst cases."""
    business, other = ([row.text for row in read_rows(path, TextRow)] for path in (inside, outside))
    model = load_scope(load_present_encoder(get_settings()))
    progress(f"{len(business)} requests inside, {len(other)} outside")
    inner, outer = score(model, business), score(model, other)
    found = figures(inner, outer, model.threshold)
    turned_away = sorted((one for one in inner if one[1] < model.threshold), key=lambda one: one[1])[:WORST]
    taken = sorted((one for one in outer if one[1] >= model.threshold), key=lambda one: -one[1])[:WORST]
    figures_table("Scope", found)
    cases_table("Government business turned away", ("Text", "Probability"), turned_away)
    cases_table("Taken for government business", ("Text", "Probability"), taken)
    last_line(
        {"measure": "scope", **found, "worst_in": _listed(turned_away), "worst_out": _listed(taken)},
    )


def _reaching(threshold: float, values: Sequence[float]) -> float:
    return sum(value >= threshold for value in values) / len(values)


def _listed(cases: Scored) -> list[dict[str, object]]:
    return [{"text": text, "probability": rounded(value)} for text, value in cases]
