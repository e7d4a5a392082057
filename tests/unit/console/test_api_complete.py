"""What the console's desks can do with knowledge, programs can do too."""

from __future__ import annotations

import inspect

import pytest
from api_room import Api
from console_room import ConsoleRoom
from test_api_refusals import REQUESTS

from bot.security.errors import PermissionDenied
from channels.console.accounts_desk import AccountsDesk
from channels.console.danger_desk import DangerDesk
from channels.console.desk_base import DeskBase
from channels.console.golden_desk import GoldenDesk
from channels.console.hit_test_desk import HitTestDesk
from channels.console.import_desk import ImportDesk
from channels.console.knowledge_desk import KnowledgeDesk
from channels.console.transcript_desk import TranscriptDesk
from channels.console.use_desk import UseDesk
from channels.console.vocabulary_desk import VocabularyDesk

DESKS: dict[str, type[DeskBase]] = {
    one.__name__: one for one in (KnowledgeDesk, ImportDesk, GoldenDesk, HitTestDesk, VocabularyDesk, UseDesk)
}
# Not about the knowledge base; or about conversations, and citizens' words do not leave the console by a token.
OTHER_DESKS = {AccountsDesk, DangerDesk, TranscriptDesk}
# Not deeds but what pages look up; the API tells it elsewhere, or a program has no use for it.
ELSEWHERE = {
    "KnowledgeDesk.four_eyes": "in /me",
    "KnowledgeDesk.wrote": "written_by of an entry",
    "KnowledgeDesk.rates": "they are a file of the city, changed there",
    "ImportDesk.limits": "413 where a file is too large",
    "HitTestDesk.limits": "413 where a file is too large",
    "HitTestDesk.here": "the region where none is given",
    "HitTestDesk.today": "the day where none is given",
    "HitTestDesk.region_name": "a program knows names of divisions",
    "HitTestDesk.look": "what the dialogue would do is no matter of the knowledge base",
    "HitTestDesk.sheet": "a bulk test is told as JSON",
    "VocabularyDesk.four_eyes": "in /me",
    "UseDesk.rules": "lists are made by them",
    "UseDesk.answers_of_entry": "citizens' words do not leave the console by a token",
    "UseDesk.answers_of_document": "citizens' words do not leave the console by a token",
}


def test_every_deed_of_the_desks_has_its_request() -> None:
    deeds = {
        f"{desk}.{name}"
        for desk, cls in DESKS.items()
        for name, _ in inspect.getmembers(cls)
        if not name.startswith("_")
    }
    assert deeds == set(REQUESTS) | set(ELSEWHERE)


def test_no_desk_of_the_console_is_forgotten(room: ConsoleRoom) -> None:
    parts = {type(one) for _, one in inspect.getmembers(room.desk("curator")) if isinstance(one, DeskBase)}
    assert parts == set(DESKS.values()) - {KnowledgeDesk} | OTHER_DESKS


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_does_its_deed(api: Api, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    desk, deed = name.split(".")
    method, address, options = REQUESTS[name]
    address = address.format(entry=api.room.entry())

    def reached(*_: object, **__: object) -> None:
        raise PermissionDenied(name)

    monkeypatch.setattr(DESKS[desk], deed, reached)
    assert api.staff("curator").request(method, address, **options).json()["detail"] == name
