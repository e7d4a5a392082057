"""``wenzheng eval retrieval``: whether a title is found by what people ask."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Protocol

import typer

from bot.commands.evaluate.models import load_present_encoder
from bot.commands.evaluate.report import WORST, cases_table, figures_table, last_line, progress, rounded
from bot.commands.evaluate.rows import QueryRow, TitleRow, read_rows
from bot.settings import get_settings
from nlu.evaluation.metrics import mean_reciprocal_rank, recall_at

RECALLS = (1, 3, 5, 10)
# Right results below this rank count as not found.
DEPTH = 100


class Search(Protocol):
    """What is measured: see :class:`knowledge_base.title_search.TitleSearch`."""

    def search(self, query: str, limit: int) -> Sequence[tuple[str, float]]:
        """Ids with scores, best first."""


@dataclass(frozen=True)
class Asked:
    """One query: the rank of its first right result (from 1; None: not found) and the id that came first."""

    query: str
    right: tuple[str, ...]
    rank: int | None
    first: str
    score: float


def ask(search: Search, queries: Sequence[tuple[str, Collection[str]]], depth: int = DEPTH) -> list[Asked]:
    """Put every query; each comes with all ids that are right for it."""
    found = []
    for query, right in queries:
        hits = search.search(query, depth)
        rank = next((place for place, (name, _) in enumerate(hits, start=1) if name in right), None)
        first, score = hits[0] if hits else ("", 0.0)
        found.append(Asked(query, tuple(right), rank, first, rounded(float(score))))
    return found


def figures(asked: Sequence[Asked]) -> dict[str, float]:
    """How many queries, recall at several depths and mean reciprocal rank."""
    ranks = [one.rank for one in asked]
    recalls = {f"recall@{k}": rounded(recall_at(k, ranks)) for k in RECALLS}
    return {"queries": len(ranks), **recalls, "mrr": rounded(mean_reciprocal_rank(ranks))}


def worst(asked: Sequence[Asked]) -> list[Asked]:
    """The queries whose right result came last, surest errors first; right ones are left out."""
    wrong = [one for one in asked if one.rank != 1]
    return sorted(wrong, key=lambda one: (-(one.rank or DEPTH + 1), -one.score))[:WORST]


def retrieval(
    index: Annotated[Path, typer.Option(help='JSON lines {"id","title"}: what can be found.')],
    queries: Annotated[Path, typer.Option(help='JSON lines {"id","query"}: what is asked, and which id is right.')],
) -> None:
    """Recall@1/3/5/10 and MRR of finding titles by queries, and the worst cases."""
    rows = read_rows(index, TitleRow)
    titles = {row.id: row.title for row in rows}
    asked_rows = read_rows(
        queries, QueryRow, lambda row: None if row.id in titles else f'"id": {row.id!r} is not in {index}'
    )
    from knowledge_base.title_search import TitleSearch

    loaded = load_present_encoder(get_settings())
    progress(f"{len(asked_rows)} queries over {len(titles)} titles")
    search = TitleSearch([(row.id, row.title) for row in rows], loaded.encoder, loaded.tokenizer)
    asked = ask(search, [(row.query, (row.id,)) for row in asked_rows])
    found, cases = figures(asked), worst(asked)
    figures_table(f"Retrieval over {len(titles)} titles", found)
    cases_table(
        "Worst cases",
        ("Query", "Right", "Rank", "First"),
        ((one.query, titles[one.right[0]], one.rank or f">{DEPTH}", titles.get(one.first, "")) for one in cases),
    )
    shown = [asdict(one) | {"right": one.right[0]} for one in cases]
    last_line({"measure": "retrieval", "titles": len(titles), **found, "worst": shown})
