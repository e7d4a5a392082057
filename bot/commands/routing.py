"""``wenzheng routing``: the model that suggests departments learns from the city's closed tickets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import typer
from rich.table import Table

from actions.tickets.catalogue import CatalogueError
from actions.tickets.legal_clock import BEIJING
from bot.commands.console import done, fail, screen, step
from bot.container import build_storage
from bot.masking import mask_names
from bot.settings import Settings, get_settings
from bot.setup_steps import SetupError, prepare_schema
from nlu.routing.examples import Example
from nlu.routing.learning import Gain, TooFewTickets, learn, learnable, measure
from nlu.routing.trained import Learned, fingerprint, keep_learned
from nlu.tokenizer import Tokenizer

NEWEST = 20_000

app = typer.Typer(help="The model that suggests departments for tickets.", no_args_is_help=True)


@app.callback()
def routing() -> None:
    """The model that suggests departments for tickets."""


@app.command("train")
def train(
    force: Annotated[bool, typer.Option(help="Keep the new model even if it is worse.")] = False,
) -> None:
    """Learn from closed tickets which function of government a matter belongs to; our own examples stay in."""
    settings = get_settings()
    cutter = Tokenizer()
    try:
        tickets = learnable(_closed_tickets(settings), cutter)
        _show(tickets)
        with step("Measuring: five folds of the closed tickets") as progress:
            gain = measure(tickets, cutter, progress, settings.encoder_choice.pretrained)
    except (TooFewTickets, CatalogueError, SetupError) as error:
        fail(f"Nothing was trained: {error}.")
    screen.print(
        f"Macro-F1 on {gain.tickets} closed tickets of {gain.functions} functions: "
        f"{gain.before:.3f} with our examples alone, {gain.after:.3f} with the tickets",
        soft_wrap=True,
    )
    if gain.after < gain.before and not force:
        fail(
            "Nothing was saved: routing would be worse than with our examples alone. --force keeps the new model anyway."
        )
    _keep(settings, tickets, cutter, gain)


def _closed_tickets(settings: Settings) -> list[Example]:
    prepare_schema(settings)
    mask_names(settings)
    storage = build_storage(settings)
    try:
        return storage.tickets.closed_examples(NEWEST)
    finally:
        storage.engine.dispose()


def _show(tickets: Sequence[Example]) -> None:
    table = Table("Function", "Closed tickets", box=None, pad_edge=False)
    for label, count in Counter(one.label for one in tickets).most_common():
        table.add_row(label, str(count))
    screen.print(table)


def _keep(settings: Settings, tickets: Sequence[Example], cutter: Tokenizer, gain: Gain) -> None:
    with step("Learning"):
        model = learn(tickets, cutter, settings.encoder_choice.pretrained)
        at = datetime.now(BEIJING).isoformat(timespec="seconds")
        digest = fingerprint(settings.encoder_choice.pretrained)
        about = Learned(at, digest, len(tickets), round(gain.before, 4), round(gain.after, 4))
        kept = keep_learned(settings.data_dir, model, about)
    done(f"Saved in {kept.folder}. A running assistant uses it after a restart.")
