"""Mounting the console on the app."""

from __future__ import annotations

from fastapi import FastAPI
from nicegui import app as console
from nicegui import background_tasks, ui
from starlette.requests import Request
from starlette.responses import RedirectResponse

from channels.console import identity_sign_in, sign_in
from channels.console.addresses import MOUNT
from channels.console.cookies import HOST_PREFIX, Cookies
from channels.console.guard import SignedInOnly
from channels.console.page_policy import PagePolicy
from channels.console.pages import (
    account,
    account_list,
    audit_log,
    conversation,
    conversation_list,
    danger_list,
    entry_use,
    golden_set,
    hit_test,
    hit_test_bulk,
    hit_test_compare,
    home,
    knowledge_documents,
    knowledge_entry,
    knowledge_history,
    knowledge_import,
    knowledge_list,
    login,
    my_account,
    past_answers,
    rates,
    ticket,
    ticket_list,
    training_phrases,
    unresolved_list,
    unresolved_question,
    vocabulary,
)
from channels.console.services import ConsoleServices
from channels.console.site import Site, not_found

PAGES = (
    home,
    knowledge_list,
    knowledge_import,
    knowledge_documents,
    vocabulary,
    golden_set,  # before the page of any entry
    hit_test,
    hit_test_bulk,  # before the page of any test
    hit_test_compare,
    entry_use,
    rates,
    past_answers,
    knowledge_entry,
    knowledge_history,
    danger_list,
    conversation_list,
    training_phrases,  # before the page of any conversation
    conversation,
    ticket_list,
    ticket,
    unresolved_list,
    unresolved_question,
    my_account,
    account_list,
    account,
    audit_log,
)
RECONNECT_SECONDS = 120.0


def mount(app: FastAPI, services: ConsoleServices, storage_secret: str, *, secure: bool = False) -> None:
    """Put the console at ``/console``; once in a process, before the app starts.

    ``storage_secret`` signs NiceGUI's own cookie, which holds nothing but a random browser id. ``secure``: the public
    address is https, so cookies travel over TLS only.
    """
    app.include_router(sign_in.create_router(services.accounts, secure=secure))
    if services.identity is not None:
        app.include_router(identity_sign_in.create_router(services.accounts, services.identity, secure=secure))
    app.include_router(login.create_router(services, Cookies(secure=secure)))
    app.add_api_route(MOUNT, _home, methods=["GET", "HEAD"], include_in_schema=False)
    site = Site(services)
    for one in PAGES:
        one.register(site)
    _register_not_found(site)
    console.add_middleware(PagePolicy)  # inside of the compression that NiceGUI adds
    ui.run_with(
        app,
        mount_path=MOUNT,
        title="问政工作台",
        favicon="🏛️",
        language="zh-CN",
        storage_secret=storage_secret,
        session_middleware_kwargs={
            "session_cookie": f"{HOST_PREFIX}wenzheng_browser" if secure else "wenzheng_browser",
            "path": "/" if secure else MOUNT,
            "same_site": "lax",
            "https_only": secure,
        },
        # What was typed survives a short loss of the connection.
        reconnect_timeout=RECONNECT_SECONDS,
        show_welcome_message=False,
    )
    console.router.redirect_slashes = False  # such a redirect is made of the request's Host
    console.on_startup(lambda: background_tasks.create(site.open_pages.watch(), name="open pages"))
    console.on_startup(lambda: background_tasks.create(site.alert_watch.watch(), name="danger alerts"))
    # Added last, so that it stands before everything else.
    console.add_middleware(SignedInOnly, accounts=services.accounts, secure=secure)


async def _home() -> RedirectResponse:
    return RedirectResponse(f"{MOUNT}/")


def _register_not_found(site: Site) -> None:
    @ui.page("/{path:path}")
    async def anything_else(request: Request) -> None:
        ui.context.client.status_code = 404
        await site.show(request, "没有这个页面", not_found)
