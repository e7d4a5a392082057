"""How probable it is that a question speaks of the item at hand, and not of another or of one that is not known.

A logistic function of a few figures; the weights were fitted on the labelled conversations (``make fit-dialogue``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from knowledge_base.results import PublishedEntry, SearchResult
from nlu.encoder.ports import Encoder
from nlu.text import content_only, normalise
from nlu.vocabulary import read_yaml

WEIGHTS_FILE = Path(__file__).parent / "at_hand.yml"
LONG = 60


@dataclass(frozen=True)
class Weights:
    """``weights``: by name of the figure. ``going_on`` and ``turning``: how a text begins that goes on, or turns elsewhere."""

    bias: float
    weights: Mapping[str, float]
    going_on: tuple[str, ...]
    turning: tuple[str, ...]


@lru_cache(maxsize=1)
def load_weights(path: Path = WEIGHTS_FILE) -> Weights:
    """The weights in force."""
    data = read_yaml(path)
    return Weights(float(data["bias"]), data["weights"], tuple(data["going_on"]), tuple(data["turning"]))


def joined(entry: PublishedEntry, text: str) -> str:
    """The question as it would be asked of this item with its name."""
    return f"{entry.title}，{text}"


def figures(
    text: str,
    entry: PublishedEntry,
    alone: SearchResult,
    together: SearchResult,
    encoder: Encoder | None,
) -> dict[str, float]:
    """What is looked at. ``alone``: found by the text, ``together``: by the text with the item's name before it."""
    plain, words = content_only(normalise(text)), load_weights()
    pairs = {plain[place : place + 2] for place in range(len(plain) - 1)}
    said = normalise(_all_said(entry))
    by_id = {hit.entry_id: hit.probability for hit in alone.hits}
    with_name = {hit.entry_id: hit.probability for hit in together.hits}
    first = alone.hits[0] if alone.hits else None
    near = float(encoder.encode([text])[0] @ encoder.encode([entry.question])[0]) if encoder is not None else 0.0
    return {
        "alone": first.probability if first else 0.0,
        "alone_is_other": first.probability if first and first.entry_id != entry.id else 0.0,
        "found_alone": by_id.get(entry.id, 0.0),
        "among_found": float(entry.id in by_id),
        "together": with_name.get(entry.id, 0.0),
        "together_first": together.hits[0].probability if together.hits else 0.0,
        "covered": sum(pair in said for pair in pairs) / len(pairs) if pairs else 1.0,
        "near": near,
        "length": min(len(plain), LONG) / LONG,
        "going_on": float(plain.startswith(words.going_on)),
        "turning": float(plain.startswith(words.turning)),
    }


def probability(values: Mapping[str, float]) -> float:
    """From 0 to 1."""
    weights = load_weights()
    score = weights.bias + sum(weight * values[name] for name, weight in weights.weights.items())
    return 1 / (1 + math.exp(-score))


def _all_said(entry: PublishedEntry) -> str:
    facts = entry.facts.model_dump() if entry.facts else {}
    lists = [value if isinstance(value, str) else "".join(value) for value in facts.values()]
    return "".join([entry.title, entry.question, entry.answer, *lists])
