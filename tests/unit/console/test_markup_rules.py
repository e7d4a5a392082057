"""What NiceGUI parses is written in the source; what is computed or stored is set as a value."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markup_rules import violations, violations_in
from nicegui import ui
from nicegui.props import Props

from channels.console import markup
from channels.console.markup import attributes, is_local

CONSOLE = Path(markup.__file__).parent


def test_the_console_gives_parsers_nothing_but_its_own_source() -> None:
    assert violations_in(CONSOLE) == []


@pytest.mark.parametrize(
    "line",
    [
        "ui.button().props(f'aria-label=\"{title}\"')",
        "ui.button().props('aria-label=\"%s\"' % title)",
        "ui.button().props('aria-label=' + title)",
        "ui.button().props('aria-label={}'.format(title))",
        "ui.button().props(title)",
        "ui.button().props(add=title)",
        "ui.button().props(' '.join(titles))",
        "ui.button().props('flat' if quiet else title)",
        "ui.button().props(looks[title])",
        "ui.label().style(f'width: {share}')",
        "ui.label().classes('chip ' + tone)",
        "ui.label().classes(replace=tone)",
        "ui.html(text)",
        "ui.html(content=f'<b>{text}</b>')",
        "ui.markdown(text)",
        "ui.run_javascript(f'say({text})')",
        "ui.add_head_html(text)",
        "ui.add_body_html('<script>' + text)",
        "ui.add_css(text)",
        "client.run_javascript(text)",
        "table.add_slot('body', text)",
        "table.add_slot('body', template=f'{text}')",
        "table.run_method(text)",
        "button.on('click', js_handler=text)",
        "run_script(text)",
        "TEXT = input()\nui.html(TEXT)",
        "TEXT = 'a'\nTEXT = words\nui.html(TEXT)",
        "TEXT = 'a'\ndef draw(TEXT):\n    ui.html(TEXT)",
    ],
)
def test_each_way_of_putting_words_into_markup_is_caught(line: str) -> None:
    assert violations(line)


@pytest.mark.parametrize(
    "line",
    [
        "ui.button().props('flat dense')",
        "ui.button().props(remove='loading')",
        "ui.button().props('flat' if quiet else 'outline')",
        "LOOK = 'flat'\nui.button().props(LOOK)",
        "LOOKS = {'a': 'flat'}\nui.button().props(LOOKS[look])",
        "run_script('location.href = $target', target=address)",
        "attributes(ui.button().props('flat'), aria_label=f'停用 {title}')",
        "STYLES = (Path(__file__).parent / 'console.css').read_text(encoding='utf-8')\nui.add_css(STYLES)",
    ],
)
def test_literals_and_values_pass(line: str) -> None:
    assert violations(line) == []


@given(st.text())
def test_any_text_is_set_as_a_value_and_adds_no_other_property(text: str) -> None:
    element = _Element()
    attributes(element, aria_label=text)  # type: ignore[type-var]
    assert dict(element.props) == {"aria-label": text}


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "//evil.example", "https://evil.example", "/\\evil.example", ""]
)
def test_an_address_that_leads_out_of_the_console_is_refused(address: str) -> None:
    assert not is_local(address)
    with pytest.raises(ValueError, match="leads out"):
        attributes(_Element(), href=address)  # type: ignore[type-var]


def test_a_handler_is_no_attribute() -> None:
    with pytest.raises(ValueError, match="handler"):
        attributes(_Element(), onclick="alert(1)")  # type: ignore[type-var]


def test_values_of_a_script_are_literals_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    monkeypatch.setattr(ui, "run_javascript", ran.append)
    markup.run_script("go($target)", target='");alert("1')
    assert ran == ['go("\\");alert(\\"1")']


class _Element:
    """An element without a page around it."""

    def __init__(self) -> None:
        self.props: Props = Props(element=self)  # type: ignore[arg-type]

    def update(self) -> None:
        """Nothing is sent anywhere."""
