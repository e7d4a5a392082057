"""Rate limits in Redis, shared by all processes, with fixed windows of the ``limits`` library (one round trip a hit)."""

from __future__ import annotations

import asyncio
import logging
from ipaddress import IPv6Address, ip_address, ip_network

from limits import parse
from limits.aio.storage import RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.errors import StorageError
from redis.exceptions import RedisError
from starlette.requests import HTTPConnection

logger = logging.getLogger(__name__)
IPV6_PREFIX = 64
# So long a Redis that hangs is waited for.
SECONDS = 0.5


def address_of(connection: HTTPConnection) -> str:
    """Whose requests are counted together: an IPv4 address, or a /64 of IPv6, which is what one home or telephone has.

    Anything else, as a socket without an address, counts as one.
    """
    host = connection.client.host if connection.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or ip_network((int(address), IPV6_PREFIX), strict=False).network_address)
    return str(address)


class RedisRateLimiter:
    """``allow`` answers whether one more hit fits; without Redis everything is allowed, and said so in the log."""

    def __init__(self, redis_url: str, limit: str) -> None:
        self._limit = parse(limit)
        storage = RedisStorage(f"async+{redis_url}", implementation="redispy", wrap_exceptions=True)
        self._strategy = FixedWindowRateLimiter(storage)

    async def allow(self, key: str) -> bool:
        """Count one hit for ``key``; false when the limit is reached."""
        try:
            async with asyncio.timeout(SECONDS):
                return await self._strategy.hit(self._limit, key)
        except (StorageError, RedisError, OSError):  # a time-out is an OSError
            logger.warning("rate limit not checked: Redis is unreachable")
            return True
