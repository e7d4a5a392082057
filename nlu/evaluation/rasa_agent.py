"""A trained Rasa model asked directly, without a server. Only for Rasa's environment."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

PROGRESS_EVERY = 500


@dataclass(frozen=True)
class Prediction:
    """The likeliest intent, how sure (0–1), and whether the pipeline's fallback would have turned it down."""

    intent: str
    confidence: float
    fallback: bool
    milliseconds: float


@contextlib.contextmanager
def quiet_output() -> Iterator[None]:
    """Rasa prints to standard output and logs much: all that goes to standard error, and only errors are logged."""
    from rasa.utils.log_utils import configure_structlog

    logging.disable(logging.WARNING)
    configure_structlog(logging.ERROR)  # structlog would print every message in full
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        logging.disable(logging.NOTSET)


def progress(message: str) -> None:
    """A line on standard error."""
    print(message, file=sys.stderr, flush=True)


def result(figures: Mapping[str, object]) -> None:
    """The one line of JSON on standard output."""
    print(json.dumps(figures, ensure_ascii=False), flush=True)


def predict(model: str, texts: Sequence[str]) -> list[Prediction]:
    """Load the model archive ``model`` and let it understand every text.

    As ``rasa test`` does, the intent is what the classifier says, as if the pipeline had no FallbackClassifier.
    """
    from rasa.core.agent import Agent

    agent = Agent.load(model)
    return asyncio.run(_predict_all(agent, texts))


async def _predict_all(agent: Any, texts: Sequence[str]) -> list[Prediction]:
    if texts:
        await agent.parse_message(texts[0])  # what is made at the first message is no part of the time a message takes
    found = []
    for count, text in enumerate(texts, start=1):
        found.append(await _predict(agent, text))
        if count % PROGRESS_EVERY == 0:
            progress(f"  {count} of {len(texts)} messages")
    return found


async def _predict(agent: Any, text: str) -> Prediction:
    started = time.perf_counter()
    parsed = await agent.parse_message(text)
    took = (time.perf_counter() - started) * 1000
    intent, fallback = without_fallback(parsed)
    return Prediction(intent["name"] or "", round(float(intent["confidence"]), 4), fallback, round(took, 3))


def without_fallback(parsed: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """The classifier's own intent, and whether the FallbackClassifier had put itself in its place."""
    from rasa.nlu.classifiers.fallback_classifier import is_fallback_classifier_prediction, undo_fallback_prediction

    # Undoing takes the second of the ranking, whoever is first: it is right only where the fallback is first.
    fallback = bool(is_fallback_classifier_prediction(parsed))
    intent: dict[str, Any] = (undo_fallback_prediction(parsed) if fallback else parsed)["intent"]
    return intent, fallback
