"""``/healthz``: the process lives. ``/readyz``: everything it needs answers, each named. ``/metrics``: Prometheus."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import redis.asyncio
from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from bot.container import Container

CHECK_SECONDS = 2.5


def create_router(container: Container) -> APIRouter:
    """The routes for orchestrators and monitoring."""
    router = APIRouter(tags=["operation"])
    storage = container.storage
    client = redis.asyncio.Redis.from_url(storage.settings.redis_dsn)

    async def database() -> bool:
        def ask() -> bool:
            with storage.engine.connect() as connection:
                return connection.execute(text("SELECT 1")).scalar() == 1

        return await asyncio.to_thread(ask)

    async def redis_answers() -> bool:
        return bool(await client.ping())

    async def knowledge() -> bool:
        return bool(container.knowledge.search("居住证怎么办", limit=1).hits)

    checks: dict[str, Callable[[], Awaitable[bool]]] = {
        "database": database,
        "redis": redis_answers,
        "rasa": storage.rasa.ready,
        "knowledge_base": knowledge,
    }

    async def state(check: Callable[[], Awaitable[bool]]) -> str:
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                return "ok" if await check() else "unavailable"
        except Exception as error:  # a probe reports every failure by its kind
            return type(error).__name__

    @router.get("/healthz")
    async def read_health() -> dict[str, str]:
        """The process lives."""
        return {"status": "ok"}

    @router.get("/readyz")
    async def read_readiness() -> JSONResponse:
        """200 when every dependency answers, 503 otherwise."""
        states = dict(zip(checks, await asyncio.gather(*map(state, checks.values())), strict=True))
        ready = all(value == "ok" for value in states.values())
        return JSONResponse({"status": "ok" if ready else "unavailable", "checks": states}, 200 if ready else 503)

    @router.get("/metrics", include_in_schema=False)
    async def read_metrics() -> Response:
        """Prometheus text format."""
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router
