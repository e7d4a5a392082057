"""Whatever somebody wrote, it is words: scripts planted in every stored text run on no page, for nobody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from assistant import running_app
from browser import WIDE, BrowserErrors, photograph
from planting import (
    CONVERSATION_ID,
    DOCUMENT_ID,
    ENTRY_ID,
    HTML,
    MARK,
    PAYLOADS,
    TURN_ID,
    plant,
    plant_phrase,
    plant_record,
    unplanted,
)
from playwright.sync_api import Browser, BrowserContext, Page
from prerequisites import require_models

from bot.container import Storage, build_storage
from bot.security.roles import role_table
from bot.settings import Settings
from bot.setup_steps import prepare_database
from channels.console.site import UNEXPECTED

ROLES = tuple(role_table().roles)
PASSWORD = "梧桐街-crane-2026"
# Page, the permission it takes, and buttons on it that show more: a dialog, a contact.
PAGES: list[tuple[str, str, tuple[str, ...]]] = [
    ("/", "", ()),
    ("/my-account", "", ("停用",)),
    ("/knowledge", "knowledge.read", ()),
    ("/knowledge/new", "knowledge.edit", ()),
    ("/knowledge/new?unresolved=1", "unresolved.answer", ()),
    (f"/knowledge/new?turn={TURN_ID}", "knowledge.edit", ()),
    (f"/knowledge/{ENTRY_ID}0", "knowledge.read", ("停用", "放弃修改", "退回")),
    (f"/knowledge/{ENTRY_ID}2/history", "knowledge.read", ()),
    (f"/knowledge/{ENTRY_ID}3/history?old=1&new=2", "knowledge.read", ("恢复这个版本",)),
    ("/knowledge/import", "knowledge.edit", ()),
    ("/knowledge/documents", "knowledge.read", ()),
    (f"/knowledge/documents/{DOCUMENT_ID}", "knowledge.read", ()),
    ("/knowledge/vocabulary", "knowledge.read", ("修改", "历史", "停用")),
    ("/knowledge/golden", "knowledge.read", ()),
    ("/knowledge/hit-test", "knowledge.read", ()),
    ("/knowledge/hit-test/1", "knowledge.read", ()),
    ("/knowledge/hit-test/bulk", "knowledge.edit", ()),
    ("/knowledge/use", "knowledge.read", ()),
    ("/knowledge/rates", "knowledge.read", ()),
    (f"/knowledge/answers?entry={ENTRY_ID}0", "conversations.read", ()),
    (f"/knowledge/answers?document={DOCUMENT_ID}", "conversations.read", ()),
    ("/conversations", "conversations.read", ()),
    ("/dangers", "conversations.read", ()),
    ("/dangers?closed=1", "conversations.read", ()),
    (f"/conversations/{CONVERSATION_ID}", "conversations.read", ("关联到条目", "作为训练语句", "处理完了")),
    ("/conversations/training", "conversations.read", ()),
    ("/tickets", "tickets.read", ()),
    ("/tickets/{number}", "tickets.read", ("受理", "查看联系方式")),
    ("/unresolved", "unresolved.read", ()),
    ("/unresolved/1", "unresolved.read", ()),
    ("/accounts", "accounts.manage", ()),
    ("/new-account", "accounts.manage", ()),
    ("/accounts/planted0", "accounts.manage", ("停用",)),
    ("/audit", "audit.read", ()),
]
# Pages whose planted words must be there to be read, and a piece of them.
SHOWN = {
    "/knowledge": PAYLOADS[4],
    f"/conversations/{CONVERSATION_ID}": HTML,
    "/tickets/{number}": PAYLOADS[6],
    "/unresolved/1": HTML,
    "/accounts": PAYLOADS[3],
    "/accounts/planted0": PAYLOADS[2],
    "/knowledge/vocabulary": PAYLOADS[5],
    "/knowledge/golden": PAYLOADS[7],
    "/knowledge/hit-test/1": PAYLOADS[8],
    f"/knowledge/documents/{DOCUMENT_ID}": HTML,
    "/audit": PAYLOADS[2],
}
READY = "() => document.querySelector('#app .wz-main h1, #app .wz-main .wz-state, #app .wz-main .wz-card')"
# What the markup must not have: attributes that came out of a text, addresses that are scripts.
FOUND = """() => [...document.querySelectorAll('#app *, .q-dialog *')].flatMap(one => [...one.attributes]
    .filter(it => it.name.startsWith('on') || (['href', 'src', 'action', 'to'].includes(it.name)
        && !/^(\\/(?!\\/)|#|data:image\\/)/.test(it.value)))
    .map(it => one.tagName + ' ' + it.name + '=' + it.value))
    .concat([...document.querySelectorAll('#app script, #app iframe, .q-dialog script')].map(one => one.outerHTML))"""


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Storage, str]]:
    """Where an app runs with payloads in its database and an account for each role; and the planted ticket's number."""
    require_models()
    folder = tmp_path_factory.mktemp("planted")
    settings = Settings(data_dir=folder)
    prepare_database(settings)
    storage = build_storage(settings)
    for role in ROLES:
        name = f"{role} {HTML}"[:30]
        storage.accounts.create(role, PASSWORD, roles=[role], display_name=name, department="city_management")
    number = plant(storage)
    plant_phrase(storage)
    with running_app(folder) as address:
        yield address, storage, number
    storage.engine.dispose()


def test_every_column_of_words_is_planted(planted: tuple[str, Storage, str]) -> None:
    assert unplanted(planted[1]) == set()


@pytest.mark.parametrize("role", ROLES)
def test_no_planted_script_runs_on_any_page(planted: tuple[str, Storage, str], browser: Browser, role: str) -> None:
    base_url, storage, number = planted
    plant_record(storage)
    errors = BrowserErrors(base_url)
    # Without the policy of the pages: the texts themselves must be harmless.
    context = browser.new_context(base_url=base_url, locale="zh-CN", viewport=WIDE, bypass_csp=True)
    ran: list[object] = []
    context.expose_function("wzRan", lambda what: ran.append(what))
    context.on("page", errors.watch)
    _sign_in(context, storage, role, base_url)
    page = context.new_page()
    may = role_table().roles[role].may
    for address, permission, buttons in PAGES:
        if permission and permission not in may:
            refused = context.request.get(f"/console{address.format(number=number)}")
            assert MARK not in refused.text().replace(_name_of(role), ""), address
            continue
        _open(page, address.format(number=number), buttons)
        assert page.evaluate(FOUND) == [], address
        words = page.locator("#app").inner_text()
        assert UNEXPECTED not in words, address
        if address in SHOWN:
            assert SHOWN[address] in " ".join(words.split()), address
    page.wait_for_timeout(300)
    assert ran == []
    errors.check()
    context.close()


def test_the_policy_of_the_pages_stops_what_would_slip_through(
    planted: tuple[str, Storage, str], browser: Browser
) -> None:
    base_url, storage, _ = planted
    context = browser.new_context(base_url=base_url, locale="zh-CN", viewport=WIDE)
    ran: list[object] = []
    context.expose_function("wzRan", lambda what: ran.append(what))
    _sign_in(context, storage, "administrator", base_url)
    page = context.new_page()
    _open(page, "/accounts", ())
    inject = "html => document.querySelector('#app').insertAdjacentHTML('beforeend', html)"
    page.evaluate(inject, '<img src=x onerror="wzRan(1)"><a id=out href="javascript:wzRan(2)">x</a>')
    page.evaluate("document.querySelector('#out').click()")
    page.evaluate("""() => document.body.append(Object.assign(document.createElement('script'), {text: 'wzRan(3)'}))""")
    page.wait_for_timeout(300)
    assert ran == []
    photograph(page, "console-accounts-planted")
    context.close()


def _sign_in(context: BrowserContext, storage: Storage, role: str, base_url: str) -> None:
    token = storage.accounts.open_session(storage.accounts.principal(role), browser=HTML[:80])
    context.add_cookies([{"name": "wenzheng_session", "value": token, "url": f"{base_url}/console"}])


def _name_of(role: str) -> str:
    return f"{role} {HTML}"[:30]


def _open(page: Page, address: str, buttons: tuple[str, ...]) -> None:
    page.goto(f"/console{address}")
    page.wait_for_function(READY)
    for name in buttons:
        button = page.get_by_role("button", name=name).first
        if not button.count() or not button.is_visible():
            continue
        button.click()
        page.wait_for_timeout(800)  # a dialog opens, or what was asked for is shown in place
        assert page.evaluate(FOUND) == [], f"{address} {name}"
        page.keyboard.press("Escape")
        if page.locator(".q-dialog").count():
            page.goto(f"/console{address}")
            page.wait_for_function(READY)
