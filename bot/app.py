"""Composition root of the web process: the public app and, on its own loopback port, the internal one."""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import gc
import logging
import signal
from collections.abc import AsyncIterator, Iterator

import uvicorn
import uvloop
from fastapi import FastAPI
from starlette.types import ASGIApp

from actions.registry import build_executor
from bot import health, public_doors
from bot.connection_limits import HARD_SHARE, ConnectionLimits, limited_protocol
from bot.container import Container, build
from bot.internal_api import create_internal_app
from bot.logs import configure_logging
from bot.one_write import OneWriteProtocol
from bot.open_files import raise_limit
from bot.private_files import make_private, set_private_umask
from bot.security.encryption import derive_key, internal_token
from bot.security.root_secret import WrongSecretKey
from bot.settings import Settings, get_settings
from channels.console import app as console
from channels.console.services import ConsoleServices
from channels.errors import texts
from channels.knowledge_api import app as knowledge_api
from channels.rate_limit import RedisRateLimiter
from channels.recovery import Recovery
from channels.web import api, pages, problems
from channels.web.schemas import ConfigBody
from channels.web.streams import StreamPlaces
from channels.wechat.api import create_router as create_wechat_router
from channels.wechat.channel import WeChatChannel
from knowledge_base.golden.background import BackgroundReplay

logger = logging.getLogger(__name__)
# New objects before a collection; a turn makes some ten thousand, and nearly all go by reference count.
GC_THRESHOLD = 50_000
# What a page of the console sends at once; NiceGUI's own limit is a little below.
SOCKET_BYTES = 1024 * 1024
# Files that are open beside connections: the database, indexes, logs, Redis.
OTHER_FILES = 256


def widget_config(container: Container) -> ConfigBody:
    """What the widget shows before anything is said."""
    city = container.city["city"]["name"]
    return ConfigBody(
        title=f"{city}政务服务助手",
        city=city,
        max_length=container.storage.settings.max_message_length,
        quick_questions=texts()["quick_questions"],
        greeting={locale: words.format(city=city) for locale, words in texts()["greeting"].items()},
    )


def create_app(container: Container) -> FastAPI:
    """The public app: widget, WeChat, console, health."""
    storage = container.storage
    settings = storage.settings
    wechat = WeChatChannel(settings, storage.gateway, storage.cipher)

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        storage.bus.start()
        container.changes.follow(container.knowledge.refresh, container.knowledge.load)
        golden = BackgroundReplay(container.knowledge.ask_golden)
        golden.start()
        recovery = Recovery(storage.gateway)
        recovery.start()
        yield
        await recovery.stop()
        golden.stop()
        container.changes.stop()
        await wechat.close()
        await storage.gateway.close()
        await storage.bus.stop()
        await storage.rasa.close()

    app = FastAPI(
        title="Wenzheng 问政",
        summary="Citizen service assistant",
        version="0.1.0",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        redirect_slashes=False,  # such a redirect is made of the request's Host
    )
    problems.install(app)
    public_doors.install(app, settings, container.imports.limits.file_bytes)
    app.include_router(health.create_router(container))
    app.include_router(
        api.create_router(
            storage.gateway,
            storage.conversations,
            storage.bus,
            RedisRateLimiter(settings.redis_dsn, settings.conversation_rate_limit),
            widget_config(container),
            StreamPlaces(settings.streams_per_conversation, settings.streams_per_address),
        )
    )
    app.include_router(create_wechat_router(wechat))
    pages.mount(app)
    services = ConsoleServices(
        knowledge=container.knowledge,
        imports=container.imports,
        documents=container.documents,
        tickets=storage.tickets,
        unresolved=container.unresolved,
        transcripts=container.transcripts,
        deciding=container.actions.deciding,
        accounts=storage.accounts,
        identity=storage.identity,
        topics=container.topics,
        city_name=container.city["city"]["name"],
    )
    app.mount(knowledge_api.MOUNT, knowledge_api.create_knowledge_api(services))
    console.mount(
        app,
        services,
        storage_secret=derive_key(storage.secret, "console").hex(),
        secure=settings.base_url.startswith("https"),
    )
    return app


class _InternalServer(uvicorn.Server):
    """Leaves signals to the public server, which stops both."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def public_config(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    """How the public port is served: with limits on connections, and addresses told by known proxies only."""
    limits = ConnectionLimits(
        header_seconds=settings.header_timeout, connections=min(settings.max_connections, _files_allowed())
    )
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        http=limited_protocol(limits, public_doors.too_many_connections),
        ws_max_size=SOCKET_BYTES,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_keep_alive=settings.keep_alive,
        timeout_graceful_shutdown=5,
    )


def _files_allowed() -> int:
    """How many connections the system lets this process have; the limit is raised as far as it may be."""
    return max(64, int((raise_limit() - OTHER_FILES) / HARD_SHARE))


async def serve(settings: Settings) -> None:
    """Run both servers until a signal."""
    container = build(settings)
    storage = container.storage
    internal_app = create_internal_app(
        build_executor(container.actions), storage.gateway, storage.conversations, internal_token(storage.secret)
    )
    public = uvicorn.Server(public_config(create_app(container), settings))
    internal = _InternalServer(
        uvicorn.Config(
            internal_app,
            host="127.0.0.1",
            port=settings.internal_port,
            log_config=None,
            access_log=False,
            http=OneWriteProtocol,
        )
    )
    # Indexes and libraries stay for ever: the garbage collector need not look at them again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_THRESHOLD)
    internal_task = asyncio.create_task(internal.serve())
    await public.serve()
    internal.should_exit = True
    await internal_task


def main() -> None:
    """Entry of the web process."""
    set_private_umask()
    raise_limit()
    # What each thread is doing, for the supervisor to ask when this process is silent.
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    settings = get_settings()
    configure_logging(settings.log_level)
    for path in make_private(settings.data_dir):
        logger.warning("others can read %s, and it cannot be changed", path)
    try:
        uvloop.run(serve(settings))
    except WrongSecretKey as error:
        logger.critical("%s", error)
        raise SystemExit(1) from error


if __name__ == "__main__":
    main()
