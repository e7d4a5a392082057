"""All that staff see of conversations and make of them, in one hand."""

from __future__ import annotations

from dataclasses import dataclass

from bot.database import SessionFactory
from channels.conversations.danger_alerts import DangerAlerts
from channels.conversations.entry_use import EntryUseReport
from channels.conversations.past_answers import PastAnswers
from channels.conversations.reader import ConversationReader
from channels.conversations.training_phrases import TrainingPhrases
from channels.conversations.turn_deeds import TurnDeeds


@dataclass(frozen=True)
class Transcripts:
    """The services behind the pages 对话记录, 使用情况 and 危险提醒."""

    reader: ConversationReader
    deeds: TurnDeeds
    training: TrainingPhrases
    use: EntryUseReport
    past_answers: PastAnswers
    alerts: DangerAlerts

    @classmethod
    def over(cls, sessions: SessionFactory, intents: dict[str, str]) -> Transcripts:
        """All of them; ``intents``: what a training phrase may stand for, id → words."""
        return cls(
            ConversationReader(sessions),
            TurnDeeds(sessions),
            TrainingPhrases(sessions, intents),
            EntryUseReport(sessions),
            PastAnswers(sessions),
            DangerAlerts(sessions),
        )
