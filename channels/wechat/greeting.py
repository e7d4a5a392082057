"""What a new follower is told: the greeting and quick questions of all channels."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from actions.messages import Button
from bot.settings import Settings
from channels.errors import texts
from knowledge_base.content_schema import load_city


class CityGreeting:
    """The Chinese greeting with the city's name, read when it is first needed."""

    def __init__(self, settings: Settings) -> None:
        self._city_file = settings.content_dir / "city.yml"

    def __call__(self) -> tuple[str, Sequence[Button]]:
        """The words, and the quick questions as choices."""
        return self._words, [Button(title=question, payload="") for question in texts()["quick_questions"]]

    @cached_property
    def _words(self) -> str:
        words: str = texts()["greeting"]["zh"]
        return words.format(city=load_city(self._city_file)["city"]["name"])
