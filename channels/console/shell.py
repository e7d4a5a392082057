"""The frame around every page: title bar, navigation by permission, sign-out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nicegui import ui

from bot.security.roles import Principal, role_table
from channels.console.addresses import MOUNT, MY_ACCOUNT, SIGN_OUT_FORM
from channels.console.danger_bell import AlertWatch
from channels.console.markup import attributes

STYLES = (Path(__file__).parent / "console.css").read_text(encoding="utf-8")
# Open where there is room, closed on a narrow screen; decided in the browser, without a question from the server.
DRAWER = 'show-if-above width=220 aria-label="主导航"'
# Label, address, icon, the permission it takes.
NAVIGATION = [
    ("首页", "/", "home", None),
    ("未解决的问题", "/unresolved", "help_outline", "unresolved.read"),
    ("对话记录", "/conversations", "forum", "conversations.read"),
    ("知识库", "/knowledge", "menu_book", "knowledge.read"),
    ("处境危险", "/dangers", "volunteer_activism", "conversations.read"),
    ("工单", "/tickets", "assignment", "tickets.read"),
    ("账号管理", "/accounts", "manage_accounts", "accounts.manage"),
    ("操作记录", "/audit", "history", "audit.read"),
]


def draw_base(title: str) -> None:
    """Colours, styles and the tab's title; for every page, signed in or not."""
    ui.page_title(f"{title} · 问政工作台")
    ui.colors(primary="#1d5fa8", secondary="#47627f", positive="#23784b", negative="#b3261e", warning="#9a5b00")
    ui.add_css(STYLES)


@contextmanager
def draw_shell(principal: Principal, city_name: str, title: str, path: str, alerts: AlertWatch) -> Iterator[None]:
    """The frame; what is drawn inside the ``with`` becomes the page's content."""
    draw_base(title)
    ui.link("跳到正文", "#content").classes("wz-skip")
    with ui.left_drawer(value=False, bordered=True).classes("wz-drawer").props(DRAWER) as drawer:
        _draw_navigation(principal, path)
    with ui.header().classes("wz-header"):
        ui.button(icon="menu", on_click=drawer.toggle).props(
            'flat round dense color=white aria-label="打开导航"'
        ).classes("wz-menu-button")
        ui.label("问政工作台").classes("wz-brand")
        ui.label(city_name).classes("wz-city")
        ui.space()
        if principal.may("conversations.read") and not principal.owes:
            alerts.draw(ui.context.client)
        _draw_person(principal)
    with ui.element("div").classes("wz-main").props("id=content tabindex=-1"):
        yield


def _draw_navigation(principal: Principal, path: str) -> None:
    with ui.element("nav").classes("wz-nav"):
        for label, address, icon, permission in NAVIGATION:
            if permission is not None and (principal.owes or not principal.may(permission)):
                continue
            here = path.removeprefix(MOUNT).rstrip("/") or "/"
            current = here == address or (address != "/" and here.startswith(f"{address}/"))
            with ui.link(target=address).classes("wz-nav-item wz-nav-current" if current else "wz-nav-item") as link:
                ui.icon(icon).props("aria-hidden=true")
                ui.label(label)
            if current:
                link.props("aria-current=page")


def _draw_person(principal: Principal) -> None:
    labels = role_table().roles
    roles = "、".join(labels[role].label for role in principal.roles if role in labels)
    person = ui.button(icon="account_circle").props('flat round color=white aria-label="我的账号"')
    with person, ui.menu(), ui.column().classes("wz-person"):
        ui.label(principal.display_name).classes("wz-person-name")
        ui.label(f"{principal.username} · {roles}").classes("wz-muted")
        ui.link("我的账号", MY_ACCOUNT).classes("wz-link")
        with attributes(ui.element("form").props("method=post"), action=SIGN_OUT_FORM):
            ui.button("退出登录", icon="logout").props("type=submit outline dense")
