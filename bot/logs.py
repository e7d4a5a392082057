"""Structured logs: one JSON object a line, personal data masked in whatever was said."""

from __future__ import annotations

import logging
import logging.config
import sys
import traceback
from collections.abc import Iterator
from typing import Any

import structlog
from sqlalchemy.exc import StatementError

from bot.database import refusal_of
from nlu.privacy import mask


def _masked(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return {key: mask(value) if isinstance(value, str) else value for key, value in event.items()}


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what led to it, the first cause last."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _rendered(chain: list[BaseException]) -> str:
    """The tracebacks of a chain. Databases quote values in their words ("Key (name)=(…) exists"): these are left out."""
    quoting = {id(one.orig) for one in chain if isinstance(one, StatementError)}
    parts = []
    for one in reversed(chain):
        name = type(one).__name__
        told = refusal_of(one) if isinstance(one, StatementError) else "…" if id(one) in quoting else str(one)
        parts.append("".join(traceback.format_tb(one.__traceback__)) + f"{name}: {told}")
        parts += [_rendered(list(_chain(inner))) for inner in getattr(one, "exceptions", ())]
    return "\n\n".join(parts)


def _exception(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """``exc_info`` as text under ``exception``, and nothing of a database's words in the message either."""
    given = event.pop("exc_info", None)
    given = sys.exc_info() if given is True else given
    error = given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        chain = list(_chain(error))
        event["exception"] = _rendered(chain)
        for one in chain:
            if isinstance(one, StatementError):
                event["event"] = str(event["event"]).replace(str(one), refusal_of(one))
    return event


def configure_logging(level: str) -> None:
    """Every logger of this process, libraries included, writes JSON lines to standard error."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _exception,
        _masked,
    ]
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "json": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        structlog.processors.JSONRenderer(ensure_ascii=False),
                    ],
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
            "root": {"handlers": ["stderr"], "level": level},
            "loggers": {
                # Access lines hold addresses and queries; our own metrics count requests.
                "uvicorn.access": {"level": "WARNING"},
                "httpx": {"level": "WARNING"},
            },
        }
    )
