"""``wenzheng index``: migrate the database, bring the content files in, build the index once and say what is in it."""

from __future__ import annotations

import time

from bot.commands.console import done, fail, step
from bot.container import build_knowledge, build_storage
from bot.settings import get_settings
from bot.setup_steps import SetupError, find_encoder, prepare_database, train_encoder
from knowledge_base.content_schema import ContentError, load_city, load_yaml


def index() -> None:
    """Bring the content files into the database and check that everything can be found."""
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
        knowledge = build_knowledge(build_storage(settings), city, load_yaml(settings.content_dir / "topics.yml"))
        total = knowledge.list_entries(status="published", limit=1).total
        done(f"Index: {total} published entries in {time.monotonic() - started:.1f} s")
    except (SetupError, ContentError) as error:
        fail(str(error))
