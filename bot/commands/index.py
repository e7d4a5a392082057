"""``wenzheng index``: migrate the database, bring the content files in, build the index once and say what is in it."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from bot.commands.console import done, fail, step
from bot.container import build_knowledge, build_storage
from bot.settings import get_settings
from bot.setup_steps import SetupError, find_encoder, prepare_database, train_encoder
from knowledge_base.content_schema import ContentError, load_city, load_yaml
from knowledge_base.index.engine import EngineUnavailable


def index(
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Forget what was saved of the index and make it anew.")
    ] = False,
) -> None:
    """Bring the content files into the database, build the index and keep it for the next start."""
    settings = get_settings()
    try:
        report = prepare_database(settings)
        done(
            f"Database: {report.added} entries added, {report.updated} updated, "
            f"{report.kept} left as staff edited them, {report.retired} retired"
        )
        if find_encoder(settings) is None:
            with step("Training the sentence encoder") as progress:
                train_encoder(settings, progress)
        started = time.monotonic()
        city = load_city(settings.content_dir / "city.yml")
        topics = load_yaml(settings.content_dir / "topics.yml")
        with step("Building the index anew" if rebuild else "Loading the index") as progress:
            knowledge = build_knowledge(build_storage(settings), city, topics, anew=rebuild, progress=progress)
            kept = knowledge.keeper.save() if knowledge.keeper is not None else None
        total = knowledge.list_entries(status="published", limit=1).total
        done(f"Index: {total} published entries in {time.monotonic() - started:.1f} s")
        if kept is not None:
            done(f"Kept for the next start in {kept}")
    except (SetupError, ContentError, EngineUnavailable) as error:
        fail(str(error))
