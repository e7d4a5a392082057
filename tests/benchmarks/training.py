"""How long the two training steps take, from nothing, into a folder of their own."""

from __future__ import annotations

import time
from pathlib import Path

from bot.settings import Settings
from bot.setup_steps import train_encoder, train_rasa


def training_seconds(folder: Path) -> dict[str, float]:
    """Seconds for the sentence encoder and for the Rasa model."""
    settings = Settings(data_dir=folder)
    started = time.monotonic()
    train_encoder(settings)
    encoder = time.monotonic()
    train_rasa(settings)
    return {
        "encoder_seconds": round(encoder - started, 1),
        "rasa_seconds": round(time.monotonic() - encoder, 1),
    }
