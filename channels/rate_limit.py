"""Rate limits in Redis, shared by all processes, with fixed windows of the ``limits`` library (one round trip a hit)."""

from __future__ import annotations

import logging

from limits import parse
from limits.aio.storage import RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.errors import StorageError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


class RedisRateLimiter:
    """``allow`` answers whether one more hit fits; without Redis everything is allowed, and said so in the log."""

    def __init__(self, redis_url: str, limit: str) -> None:
        self._limit = parse(limit)
        storage = RedisStorage(f"async+{redis_url}", implementation="redispy", wrap_exceptions=True)
        self._strategy = FixedWindowRateLimiter(storage)

    async def allow(self, key: str) -> bool:
        """Count one hit for ``key``; false when the limit is reached."""
        try:
            return await self._strategy.hit(self._limit, key)
        except (StorageError, RedisError, OSError):
            logger.warning("rate limit not checked: Redis is unreachable")
            return True
