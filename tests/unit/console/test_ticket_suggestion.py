"""What staff see of the suggested department: on the ticket's page and in the dialog that assigns it."""

from __future__ import annotations

import pytest
from console_room import ConsoleRoom
from nicegui import Client, ui

from actions.tickets.errors import TicketNotFound
from actions.tickets.scope import EVERY_TICKET
from actions.tickets.views import SuggestionView
from bot.security.errors import PermissionDenied
from channels.console.pages.ticket import TicketPage
from channels.console.suggestion import UNSURE, preselected, suggestion_text
from channels.console.ticket_dialog import TicketDialog

SURE = SuggestionView("ecology", "云州市生态环境局", "环境保护", 0.873, "污水、排放")
SURE_TEXT = "建议：云州市生态环境局（把握 87%，依据：污水、排放）"


def accepted(room: ConsoleRoom, probability: float = 0.873) -> str:
    room.routing.probability = probability
    number = room.ticket("小工厂排污水")
    room.tickets.for_staff(EVERY_TICKET).change(number, "accept", actor="test")
    return number


def drawn(client: Client) -> tuple[list[str], list[object]]:
    """The labels of a page and the values of its selects."""
    elements = list(client.elements.values())
    labels = [element.text for element in elements if isinstance(element, ui.label)]
    return labels, [element.value for element in elements if isinstance(element, ui.select)]


async def nothing() -> None:
    pass


@pytest.mark.parametrize(
    ("suggestion", "text"),
    [
        (SURE, SURE_TEXT),
        (SuggestionView("ecology", "生态环境局", "环境保护", 0.999, ""), "建议：生态环境局（把握 99%）"),
        (SuggestionView("", "", "环境保护", 0.3, "污水"), UNSURE),
        (SuggestionView("", "", "", None, ""), UNSURE),
        # Filed before a model was asked: nothing is said about how sure it is.
        (SuggestionView("police", "公安局", "", None, ""), "建议：公安局"),
    ],
)
def test_a_suggestion_says_how_sure_it_is_and_why(suggestion: SuggestionView, text: str) -> None:
    assert suggestion_text(suggestion) == text


def test_only_a_department_that_still_exists_is_preselected() -> None:
    assert preselected(SURE, {"ecology": "生态环境局"}) == "ecology"
    assert preselected(SURE, {"police": "公安局"}) is None
    assert preselected(SuggestionView("", "", "", None, ""), {"police": "公安局"}) is None


@pytest.mark.parametrize(
    ("probability", "chosen", "text"), [(0.873, "ecology", SURE_TEXT), (0.3, None, UNSURE)], ids=["sure", "unsure"]
)
def test_the_dialog_chooses_what_is_suggested_and_nothing_where_the_model_is_not_sure(
    room: ConsoleRoom, probability: float, chosen: str | None, text: str
) -> None:
    number = accepted(room, probability)
    desk = room.desk("manager")
    [assign] = [step for step in desk.ticket_actions(number) if step.action == "assign"]
    with Client(ui.page("/test")) as client:
        TicketDialog(desk, desk.ticket(number), assign, nothing)
        labels, selected = drawn(client)
    assert selected == [chosen]
    assert [label for label in labels if label in (SURE_TEXT, UNSURE)] == [text]


def test_the_page_shows_the_suggestion_until_a_department_has_the_ticket(room: ConsoleRoom) -> None:
    number = accepted(room)
    desk = room.desk("manager")

    def handling() -> list[str]:
        with Client(ui.page("/test")) as client:
            TicketPage._draw_handling(desk.ticket(number))
            return drawn(client)[0]

    assert f"未派单，{SURE_TEXT}" in handling()
    desk.change_ticket(number, "assign", department="city_management")
    assert "云州市城市管理局" in handling()
    assert not [label for label in handling() if "建议" in label]


def test_who_may_not_see_a_ticket_does_not_see_what_is_suggested_for_it(room: ConsoleRoom) -> None:
    number = accepted(room)
    assert room.desk("auditor").ticket(number).suggestion == SURE
    for desk in (room.desk("handler", department="ecology"), room.desk("curator")):
        with pytest.raises((PermissionDenied, TicketNotFound)):
            desk.ticket(number)


def test_a_suggestion_does_not_stop_another_choice(room: ConsoleRoom) -> None:
    number = accepted(room)
    room.desk("manager").change_ticket(number, "assign", department="police")
    assert room.tickets.for_staff(EVERY_TICKET).get(number).department == "police"
    assert room.tickets.for_staff(EVERY_TICKET).get(number).suggestion.department == "ecology"
