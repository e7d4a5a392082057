from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from api_room import Api
from console_room import ConsoleRoom


@pytest.fixture
def room(tmp_path: Path) -> Iterator[ConsoleRoom]:
    room = ConsoleRoom(tmp_path)
    yield room
    room.close()


@pytest.fixture
def api(room: ConsoleRoom) -> Api:
    return Api(room)
