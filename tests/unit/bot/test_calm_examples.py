"""The calm sentences that the danger judge learns from."""

from bot.calm_examples import calm_texts
from knowledge_base.content_schema import load_content


def entry_texts(entry_id: str) -> set[str]:
    entries = [entry for content in load_content() for entry in content.entries if entry.id == entry_id]
    return {text for entry in entries for text in (entry.question, *entry.similar)}


def test_what_somebody_in_danger_may_ask_is_not_called_calm() -> None:
    calm = set(calm_texts())
    for entry_id in ("family.domestic_violence_help", "emergency.drowning", "public_security.stalking"):
        assert entry_texts(entry_id)
        assert not entry_texts(entry_id) & calm


def test_everyday_questions_are_calm_and_the_names_of_pens_are_none_of_them() -> None:
    calm = set(calm_texts())
    assert entry_texts("residence_permit.apply") & calm
    assert not {"p51", "house"} & calm
