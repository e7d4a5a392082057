"""The single measures of ``make bench-language``: each gives rows of measure, baseline, ours, and what is to be reached."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sklearn.model_selection import StratifiedGroupKFold

from bot.commands.evaluate import intents, retrieval, routing, scope
from bot.commands.evaluate.models import LoadedEncoder
from bot.settings import ROOT, Settings, get_settings
from knowledge_base.title_search import TitleSearch
from nlu.evaluation.metrics import macro_f1
from nlu.routing.examples import Example
from nlu.routing.model import RoutingModel
from nlu.tokenizer import Tokenizer
from tests.benchmarks import address_accuracy
from tests.benchmarks.language_baselines import SEARCHES, linear_svc
from tests.benchmarks.near_duplicates import groups_of

SERVICES_BARS = {"recall@1": 0.72, "recall@3": 0.90, "recall@5": 0.94}
STATUTES_BARS = {"recall@1": 0.52, "recall@10": 0.85}
ROUTING_BARS = {"whole text": 0.90, "first 20 characters": 0.875}
LARGEST_SHARE_TAKEN = 0.04
ADDRESS_BAR = 0.85
INTENTS_BAR = 0.93
LARGEST_PARSE_RATIO = 1.5
OPENING = 20
FOLDS = 5
SEED = 7
DEFAULT_PIPELINE = Path(__file__).parent / "rasa_default.yml"

Queries = Sequence[tuple[str, Sequence[str]]]


@dataclass(frozen=True)
class Measure:
    """One line of the table; ``bar`` is what ours must reach, from above where ``lower`` is better."""

    name: str
    ours: float
    bar: float | None = None
    baselines: Mapping[str, float] | None = None
    lower: bool = False
    # The best baseline must be passed too.
    above_baseline: bool = False

    @property
    def reached(self) -> bool | None:
        """Whether the bar holds; None where there is none."""
        if self.bar is None:
            return None
        holds = self.ours <= self.bar if self.lower else self.ours >= self.bar
        return holds and (
            not self.above_baseline or all(self.ours > value for value in (self.baselines or {}).values())
        )


def read(path: Path) -> list[dict[str, Any]]:
    """The rows of a benchmark file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def say(message: str) -> None:
    """A line on standard error."""
    print(f"… {message}", file=sys.stderr, flush=True)


def services(data: Path, loaded: LoadedEncoder) -> Iterator[Measure]:
    """Titles of services by colloquial queries."""
    rows = read(data / "services_dev.jsonl")
    titles = [(row["id"], row["title"]) for row in rows]
    yield from _searched(
        "services", titles, [(q, [row["id"]]) for row in rows for q in row["queries"]], loaded, SERVICES_BARS
    )


def statutes(data: Path, loaded: LoadedEncoder) -> Iterator[Measure]:
    """Statutes by lay questions: any of those that answer counts."""
    rows = read(data / "statutes_dev.jsonl")
    index = {name: f"{name} {text}" for row in rows for name, text in row["statutes"].items()}
    queries = [(row["query"], list(row["statutes"])) for row in rows]
    yield from _searched("statutes", list(index.items()), queries, loaded, STATUTES_BARS)


def _searched(
    name: str, index: Sequence[tuple[str, str]], queries: Queries, loaded: LoadedEncoder, bars: Mapping[str, float]
) -> Iterator[Measure]:
    say(f"{name}: {len(queries)} queries over {len(index)} titles")
    found = {label: retrieval.figures(retrieval.ask(make(index), queries)) for label, make in SEARCHES.items()}
    ours = retrieval.figures(retrieval.ask(TitleSearch(index, loaded.encoder, loaded.tokenizer), queries))
    for key in (*bars, "mrr"):
        yield Measure(f"{name} {key}", ours[key], bars.get(key), {label: one[key] for label, one in found.items()})


def routed(data: Path) -> Iterator[Measure]:
    """Functions of messages, cross-validated; near duplicates stay together."""
    rows = [Example("", row["text"], row["label"]) for row in read(data / "routing_train.jsonl")]
    labels = [row.label for row in rows]
    asked: dict[str, Callable[[str], str]] = {"whole text": str, "first 20 characters": lambda text: text[:OPENING]}
    ours: dict[str, list[str]] = {name: [""] * len(rows) for name in asked}
    theirs: dict[str, list[str]] = {name: [""] * len(rows) for name in asked}
    cutter = Tokenizer()
    parts = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED)
    for number, (learned, left) in enumerate(parts.split(rows, labels, groups_of([row.text for row in rows])), start=1):
        say(f"routing: fold {number} of {FOLDS}, {len(learned)} messages to learn from")
        train = [rows[place] for place in learned]
        model, baseline = (
            RoutingModel.train(
                routing.examples_for(train), cutter, pretrained=get_settings().encoder_choice.pretrained
            ),
            linear_svc(train),
        )
        for name, cut in asked.items():
            texts = [cut(rows[place].text) for place in left]
            for place, text, given in zip(left, texts, baseline.predict(texts), strict=True):
                ours[name][place], theirs[name][place] = model.route("", text).label, str(given)
    for name, bar in ROUTING_BARS.items():
        baselines = {"TF-IDF + LinearSVC": macro_f1(labels, theirs[name])}
        yield Measure(f"routing macro-F1, {name}", macro_f1(labels, ours[name]), bar, baselines)


def scoped(data: Path, loaded: LoadedEncoder) -> Iterator[Measure]:
    """Requests that are not the government's business, against those that are."""
    say("scope")
    model = scope.load_scope(loaded)
    business = [query for row in read(data / "services_dev.jsonl") for query in row["queries"]]
    other = [row["text"] for row in read(data / "out_of_scope_dev.jsonl")]
    found = scope.figures(scope.score(model, business), scope.score(model, other), model.threshold)
    yield Measure("scope AUC", found["auc"])
    yield Measure("scope: business accepted at our threshold", found["in_accepted"], scope.ACCEPTED)
    yield Measure("scope: others taken at our threshold", found["out_taken"], LARGEST_SHARE_TAKEN, lower=True)
    yield Measure(
        "scope: others taken, 92 % of business accepted", found["out_taken_at_92"], LARGEST_SHARE_TAKEN, lower=True
    )


def addresses(data: Path) -> Iterator[Measure]:
    """Spans of addresses."""
    say("addresses")
    found = address_accuracy.measure(data / "address_dev.jsonl")["groups"]
    yield Measure("addresses F1, all spans", float(found["all"]["f1"]), ADDRESS_BAR)
    for group in ("division", "town", "road", "number"):
        yield Measure(f"addresses F1, {group}", float(found[group]["f1"]))


def intents_compared(settings: Settings) -> Iterator[Measure]:
    """Our pipeline and Rasa's default one over the same folds of our own examples."""
    found = {}
    for name, config in {"ours": ROOT / "config.yml", "default": DEFAULT_PIPELINE}.items():
        say(f"intents: {config.name}")
        understood, more = intents.cross_validation(settings, FOLDS, config)
        found[name] = {**intents.figures(understood), **more}
    ours, default = found["ours"], found["default"]
    yield Measure(
        "intents macro-F1",
        float(ours["macro_f1"]),
        INTENTS_BAR,
        {"Rasa default": float(default["macro_f1"])},
        above_baseline=True,
    )
    yield Measure("intents accuracy", float(ours["accuracy"]), None, {"Rasa default": float(default["accuracy"])})
    times = {name: float(one["parse_ms_p50"]) for name, one in found.items()}
    yield Measure("parse p50, ms", times["ours"], None, {"Rasa default": times["default"]}, lower=True)
    ratio = round(times["ours"] / times["default"], 2)
    yield Measure("parse p50, times Rasa default", ratio, LARGEST_PARSE_RATIO, lower=True)
