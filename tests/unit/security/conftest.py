from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from security_fakes import StaffRoom


@pytest.fixture
def room(tmp_path: Path) -> Iterator[StaffRoom]:
    room = StaffRoom(tmp_path)
    yield room
    room.close()
