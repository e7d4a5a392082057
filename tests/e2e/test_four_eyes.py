"""A city where nobody publishes what they wrote, and where colleagues sign in with the city's own accounts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from assistant import RunningAssistant, running_assistant
from browser import PHONE, BrowserErrors, NewContext, photograph, scrolls_sideways
from chat_page import ChatPage
from console_page import ConsolePage
from identity_provider import CLIENT_ID, CLIENT_SECRET, Provider, identity_provider
from playwright.sync_api import expect
from prerequisites import require_models

PASSWORD = "梧桐街-crane-2026"
QUESTION = "露台能不能搭葡萄架"
FIELDS = (
    ("标题", "搭葡萄架"),
    ("标准问", QUESTION),
    ("答案", "露台可以搭不固定的葡萄架，不要遮挡邻居的采光。"),
)


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with identity_provider() as provider:
        yield provider


@pytest.fixture(scope="module")
def assistant(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAssistant]:
    """In place of the assistant of the other stories."""
    require_models()
    settings = {
        "WENZHENG_FOUR_EYES": "true",
        "WENZHENG_OIDC_ISSUER": provider.issuer,
        "WENZHENG_OIDC_CLIENT_ID": CLIENT_ID,
        "WENZHENG_OIDC_CLIENT_SECRET": CLIENT_SECRET,
        "WENZHENG_OIDC_ROLES": '{"policy-office": ["curator"]}',
    }
    with running_assistant(tmp_path_factory.mktemp("four_eyes"), settings) as running:
        running.environment["WENZHENG_NEW_PASSWORD"] = PASSWORD
        running.wenzheng("account", "add", "zhangmin", "--role", "curator", "--display-name", "张敏")
        yield running


@pytest.fixture
def sign_in_outside(new_context: NewContext, provider: Provider, errors: BrowserErrors) -> Callable[..., ConsolePage]:
    """Signs somebody in through the city's identity provider, in a browser of their own."""
    errors.expected += (f"request to another host: {provider.issuer}/",)

    def sign_in(name: str, groups: list[str], address: str = "/", **options: object) -> ConsolePage:
        provider.person = {"sub": f"id-{name}", "preferred_username": name, "name": "李娜", "groups": groups}
        console = ConsolePage(new_context(**options).new_page()).open(address)
        photograph(console.page, "console-login-identity")
        console.page.get_by_text("单位账号登录").click()
        return console

    return sign_in


def test_what_one_wrote_another_publishes(
    sign_in: Callable[..., ConsolePage], sign_in_outside: Callable[..., ConsolePage], chat: ChatPage
) -> None:
    writer = sign_in("zhangmin").open("/knowledge/new")
    for label, text in FIELDS:
        writer.fill(label, text)
    expect(writer.page.get_by_role("button", name="发布", exact=True)).to_have_count(0)
    writer.press("保存草稿")
    expect(writer.page.get_by_role("button", name="提交审核")).to_be_visible()
    expect(writer.page.get_by_role("button", name=re.compile("发布"))).to_have_count(0)
    writer.press("提交审核")
    writer.told("已提交审核")
    expect(writer.page.get_by_role("button", name=re.compile("发布"))).to_have_count(0)
    photograph(writer.page, "console-four-eyes-writer")
    address = writer.page.url.split("/console")[1].split("?")[0]

    reviewer = sign_in_outside("lina", ["policy-office"], address)
    expect(reviewer.page).to_have_url(re.compile(re.escape(address)))
    photograph(reviewer.page, "console-four-eyes-reviewer")
    reviewer.press("通过并发布")
    reviewer.told("已发布，市民现在就能问到")
    assert "葡萄架" in chat.ask(QUESTION).part("wz-answer").inner_text()


def test_a_colleague_of_the_city_is_told_what_is_managed_elsewhere_and_stays_out_without_a_role(
    sign_in_outside: Callable[..., ConsolePage],
) -> None:
    inside = sign_in_outside("zhaoyi", ["policy-office"], "/my-account", viewport=PHONE)
    expect(inside.page.get_by_text("您用单位账号登录")).to_be_visible()
    expect(inside.page.get_by_label("现在的密码")).to_have_count(0)
    photograph(inside.page, "console-my-account-identity")
    assert not scrolls_sideways(inside.page)

    outside = sign_in_outside("zhaoyi", ["tennis"], "/knowledge")
    expect(outside.page.get_by_role("alert")).to_contain_text("没有使用工作台的权限")
    photograph(outside.page, "console-login-no-role")
