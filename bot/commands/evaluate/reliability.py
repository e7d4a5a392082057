"""``wenzheng eval reliability``: whether probabilities are what they say."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import inspect
from sqlalchemy.engine import make_url

from bot.commands.console import fail, screen
from bot.commands.evaluate.models import LoadedEncoder, load_present_encoder
from bot.commands.evaluate.report import last_line, progress, reliability_table, rounded
from bot.commands.evaluate.rows import Row, read_rows
from bot.container import build_knowledge, build_storage
from bot.settings import Settings, get_settings
from bot.setup_steps import SetupError, outside_requests
from knowledge_base import recalibration
from knowledge_base.calibration import Calibration
from knowledge_base.calibration_data import hold_out, nonsense
from knowledge_base.content_schema import ContentError, load_city, load_content, load_yaml, own_name
from knowledge_base.reliability import Prediction, Reliability, predict
from knowledge_base.reliability import reliability as table_of
from knowledge_base.service import KnowledgeService
from knowledge_base.validity import today

HELD_OUT = "Held-out phrasings of the content files, and requests that are none of our business"


class AskedRow(Row):
    """What somebody asks, and the id of the entry that answers it; empty where none does."""

    query: str
    id: str = ""


def reliability(
    questions: Annotated[
        Path | None, typer.Option(help='JSON lines {"query","id"}: also measure these; no id: no entry answers it.')
    ] = None,
) -> None:
    """How often the best hit is right beside how probable it is said to be: golden set, held-out phrasings, a file."""
    settings = get_settings()
    rows = read_rows(questions, AskedRow) if questions is not None else []
    found = {"held_out": table_of(held_out(settings, load_present_encoder(settings)))}
    knowledge = _knowledge(settings)
    if knowledge is not None:
        if (golden := knowledge.golden_reliability()).count:
            found["golden"] = golden
        if rows:
            tester = knowledge.hit_tests.tester
            asked = [(row.query, row.id) for row in rows]
            found["file"] = table_of(predict(tester.searcher, asked, tester.clock(), tester.region))
    elif rows:
        fail("There is no knowledge base to ask yet. Run: wenzheng index")
    titles = {"held_out": HELD_OUT, "golden": "Golden set", "file": str(questions)}
    for name, table in found.items():
        reliability_table(titles[name], table)
        screen.print()
    if settings.encoder_choice.own:
        progress("the encoder in use was trained on the held-out phrasings too: figures on them are somewhat too good")
    last_line({"measure": "reliability", **{name: _figures(table) for name, table in found.items()}})


def held_out(settings: Settings, loaded: LoadedEncoder) -> list[Prediction]:
    """Search the content files without a part of their phrasings for these phrasings, other requests and nonsense."""
    from knowledge_base.index.dense import DenseIndex
    from knowledge_base.index.lexical import LexicalIndex
    from knowledge_base.phrases import phrases_of
    from knowledge_base.search import SearchRules

    entries = [entry for content in load_content(settings.content_dir) for entry in content.entries]
    asked = [*hold_out(entries).questions, *((text, "") for text in [*outside_requests(), *nonsense(entries)])]
    gone = {text for text, right in asked if right}
    kept = [
        one.model_copy(
            update={"similar": [text for text in (*one.similar, *one.asked) if text not in gone], "details": []}
        )
        for one in entries
    ]
    progress(f"{len(asked)} questions over {len(kept)} entries")
    lexical, dense = LexicalIndex(loaded.tokenizer), DenseIndex(loaded.encoder)
    phrases = [phrase for entry in kept for phrase in phrases_of(entry)]
    lexical.replace([], phrases)
    dense.replace([], phrases)
    trained = loaded.trained.calibration
    calibration = recalibration.in_force(settings.data_dir, trained, Calibration.load(trained))
    city = own_name(load_city(settings.content_dir / "city.yml"))
    rules = SearchRules(calibration, settings.answer_threshold, settings.clarify_threshold, city=city)
    searcher = rules.searcher(lexical, dense, _Everything({entry.id: entry.title for entry in kept}))
    return predict(searcher, asked, today())


class _Everything:
    """Entries that hold everywhere and always."""

    def __init__(self, titles: dict[str, str]) -> None:
        self._titles = titles

    def obstacle(self, entry_id: str, on: date, region: str) -> None:
        """Nothing stands in the way."""

    def names(self, entry_id: str) -> tuple[str, str]:
        """The title, in place of both."""
        return self._titles[entry_id], self._titles[entry_id]


def _knowledge(settings: Settings) -> KnowledgeService | None:
    """The knowledge base, if there is a database; nothing is made or migrated for a measurement."""
    url = make_url(settings.database_dsn)
    if url.drivername.startswith("sqlite") and not Path(url.database or "").is_file():
        return None
    storage = build_storage(settings)
    if not inspect(storage.engine).has_table("golden_questions"):
        return None
    try:
        city = load_city(settings.content_dir / "city.yml")
        return build_knowledge(storage, city, load_yaml(settings.content_dir / "topics.yml"))
    except (SetupError, ContentError) as error:
        fail(str(error))


def _figures(table: Reliability) -> dict[str, object]:
    bins = [{name: rounded(value) for name, value in asdict(one).items()} for one in table.bins]
    return {"count": table.count, "brier": rounded(table.brier), "ece": rounded(table.ece), "bins": bins}
