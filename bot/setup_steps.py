"""What must be there before the assistant can start: database, encoder, Rasa model. Nothing is made twice."""

from __future__ import annotations

import hashlib
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.database import create_database_engine, create_session_factory
from bot.migrate import migrate
from bot.settings import ROOT, Settings
from knowledge_base import trained_encoder
from knowledge_base.content_schema import load_content
from knowledge_base.seed import SeedReport, seed
from knowledge_base.trained_encoder import TrainedEncoder

OUTSIDE_EXAMPLES = ROOT / "bot" / "dialogue" / "nlu" / "out_of_scope.yml"
RASA_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
RASA_INPUTS = ("config.yml", "domain.yml", "bot/dialogue")
TRAIN_TIMEOUT = 1800
RASA_SECONDS = 100.0

Progress = Callable[[float], None]


class SetupError(RuntimeError):
    """A step could not be done; the message says which and what to do."""


@dataclass(frozen=True)
class RasaPaths:
    """Where the Rasa model for the present inputs is, or will be."""

    model: Path
    digest: str

    @property
    def ready(self) -> bool:
        """Whether it is trained."""
        return self.model.is_file()


def prepare_database(settings: Settings) -> SeedReport:
    """Create or migrate the schema and bring the content files in."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    migrate(settings.database_dsn)
    engine = create_database_engine(settings.database_dsn)
    try:
        return seed(create_session_factory(engine), load_content(settings.content_dir))
    finally:
        engine.dispose()


def find_encoder(settings: Settings) -> TrainedEncoder | None:
    """The encoder for the present content, if it is trained."""
    digest = trained_encoder.fingerprint(settings.content_dir, OUTSIDE_EXAMPLES, settings.encoder)
    return trained_encoder.find(settings.models, digest, settings.encoder)


def train_encoder(settings: Settings, progress: Progress = lambda share: None) -> TrainedEncoder:
    """Train and calibrate the encoder for the present content."""
    digest = trained_encoder.fingerprint(settings.content_dir, OUTSIDE_EXAMPLES, settings.encoder)
    return trained_encoder.train(
        settings.models,
        digest,
        settings.encoder,
        load_content(settings.content_dir),
        trained_encoder.outside_examples(OUTSIDE_EXAMPLES),
        progress,
    )


def rasa_paths(settings: Settings) -> RasaPaths:
    """Hash of all that the Rasa model is made from, and the model's path."""
    digest = hashlib.sha256()
    for name in RASA_INPUTS:
        path = ROOT / name
        files = [path] if path.is_file() else sorted(path.rglob("*.yml"))
        for file in files:
            digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    short = digest.hexdigest()[:16]
    return RasaPaths(settings.models / "rasa" / f"{short}.tar.gz", short)


def rasa_environment(settings: Settings) -> dict[str, str]:
    """The environment every Rasa command of ours runs in: no telemetry, no download, caches in the data folder."""
    return os.environ | {
        "RASA_TELEMETRY_ENABLED": "false",
        "HF_HUB_OFFLINE": "1",
        "RASA_CACHE_DIRECTORY": str(settings.data_dir / "cache" / "rasa"),
        "MPLCONFIGDIR": str(settings.data_dir / "cache" / "matplotlib"),
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONWARNINGS": "ignore",
    }


def train_rasa(settings: Settings, progress: Progress = lambda share: None) -> Path:
    """Train the Rasa model for the present dialogue; raises SetupError with the place of the log."""
    if not RASA_PYTHON.is_file():
        raise SetupError("The Rasa environment .venv-rasa is missing. Run: make setup")
    paths = rasa_paths(settings)
    paths.model.parent.mkdir(parents=True, exist_ok=True)
    log = settings.data_dir / "logs" / "rasa-train.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [
        str(RASA_PYTHON), "-m", "rasa", "train",
        "--config", "config.yml", "--domain", "domain.yml", "--data", "bot/dialogue",
        "--out", str(paths.model.parent), "--fixed-model-name", f".{paths.digest}",
    ]  # fmt: skip
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command, cwd=ROOT, env=rasa_environment(settings), stdout=output, stderr=subprocess.STDOUT
        )
        started = time.monotonic()
        try:
            while process.poll() is None:
                passed = time.monotonic() - started
                if passed > TRAIN_TIMEOUT:
                    raise SetupError(f"Training Rasa took longer than {TRAIN_TIMEOUT} s. Log: {log}")
                progress(min(0.97, passed / RASA_SECONDS))
                time.sleep(0.3)
        finally:
            if process.poll() is None:
                process.kill()
    made = paths.model.parent / f".{paths.digest}.tar.gz"
    if process.returncode != 0 or not made.is_file():
        raise SetupError(f"Training Rasa failed. The reason is at the end of {log}")
    made.rename(paths.model)
    for old in sorted(paths.model.parent.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)[:-3]:
        old.unlink()
    progress(1.0)
    return paths.model
