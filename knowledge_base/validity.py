"""Whether an entry holds on a day and in a region, and if not, what stands in its way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from knowledge_base.regions import serves

TIME_ZONE = ZoneInfo("Asia/Shanghai")
ObstacleKind = Literal["unpublished", "elsewhere", "not_yet", "expired"]


def today() -> date:
    """The day it is where the citizens live."""
    return datetime.now(TIME_ZONE).date()


@dataclass(frozen=True)
class Obstacle:
    """Why an entry may not be shown.

    ``elsewhere``: it is said for ``region`` (GB/T 2260) only; ``not_yet``: it begins on ``day``; ``expired``: it held to
    the day before ``day``.
    """

    kind: ObstacleKind
    day: date | None = None
    region: str = ""


class Holding(Protocol):
    """What of an entry says when and where it holds."""

    @property
    def region(self) -> str:
        """Code of GB/T 2260; empty: everywhere."""

    @property
    def effective(self) -> date | None:
        """The first day."""

    @property
    def expires(self) -> date | None:
        """The first day no longer."""


def obstacle(row: Holding, on: date, region: str) -> Obstacle | None:
    """What keeps an entry from holding on that day in that region; None: nothing. Its status is not looked at."""
    if not serves(row.region, region):
        return Obstacle("elsewhere", region=row.region)
    if row.effective is not None and on < row.effective:
        return Obstacle("not_yet", row.effective)
    if row.expires is not None and row.expires <= on:
        return Obstacle("expired", row.expires)
    return None
