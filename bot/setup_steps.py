"""What must be there before the assistant can start: database, encoder, routing model, Rasa model. Nothing is made twice."""

from __future__ import annotations

import hashlib
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import inspect
from sqlalchemy.exc import OperationalError

from actions.deciding import trained as deciding_models
from bot.backup.switching import finish_interrupted_restore
from bot.calm_examples import calm_files, calm_texts, example_files, example_texts
from bot.database import create_database_engine, create_session_factory
from bot.locks import LockHeld, one_at_a_time
from bot.migrate import migrate
from bot.processor_kernels import processor_kernels
from bot.security.root_secret import secret_for
from bot.settings import ROOT, Settings
from bot.supervision.tied import tied
from channels.conversations import training_phrases
from channels.conversations.training_phrases import Phrase, TrainingPhrases
from knowledge_base import trained_encoder
from knowledge_base.content_schema import load_content
from knowledge_base.seed import SeedReport, seed
from knowledge_base.trained_encoder import Examples, TrainedEncoder, intent_examples
from nlu import model_files, spacy_pipeline
from nlu.danger import trained as danger_judges
from nlu.recogniser import trained as recognisers
from nlu.routing import trained as routing_models

NLU_EXAMPLES = ROOT / "bot" / "dialogue" / "nlu"
SCENARIOS = ROOT / "bot" / "dialogue" / "scenarios"
# What Rasa learns from; the scenarios are none of its business.
RASA_DATA = tuple(f"bot/dialogue/{part}" for part in ("nlu", "rules", "responses"))
OUTSIDE_INTENTS = ("out_of_scope",)
INSIDE_INTENTS = (
    "ask_service", "recommend_services", "file_ticket", "ask_materials", "ask_fee", "ask_time_limit", "ask_where",
    "ask_online", "ask_conditions", "ask_steps", "ask_legal_basis",
)  # fmt: skip
RASA_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
# What the trained weights depend on; recognisers of entities are not trained. Content and lexicon come in with the encoder.
RASA_INPUTS = (
    "config.yml", "domain.yml", *(f"{folder}/*.yml" for folder in RASA_DATA),
    "nlu/components/*.py", "nlu/encoder/*.py", "nlu/alignment.py", "nlu/shapes.py", "nlu/sounds.py", "nlu/spacy_pipeline.py",
    "nlu/text.py", "nlu/tokenizer.py", "nlu/typos.py", "nlu/vocabulary.py",
)  # fmt: skip
MODELS_KEPT = 3
SPACY_TIMEOUT = 300
TRAIN_TIMEOUT = 1800
RASA_SECONDS = 100.0

Progress = Callable[[float], None]


class SetupError(RuntimeError):
    """A step could not be done; the message says which and what to do."""


@dataclass(frozen=True)
class RasaPaths:
    """Where the Rasa model for the present inputs is, or will be. ``base`` stands for our own inputs without the staff's
    phrases, which are ``phrases``.
    """

    model: Path
    digest: str
    base: str
    phrases: tuple[Phrase, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether it is trained."""
        return self.model.is_file()

    @property
    def serving(self) -> Path:
        """The model to serve: while a phrase that just came in is not trained yet, the newest without it."""
        if self.ready:
            return self.model
        others = self.model.parent.glob(f"{self.base}*.tar.gz")
        return max(others, key=lambda file: file.stat().st_mtime, default=self.model)


def prepare_schema(settings: Settings) -> None:
    """Create the database or bring it to the present schema, one process at a time. Raises SetupError."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    finish_interrupted_restore(settings.data_dir)
    try:
        with one_at_a_time(settings.data_dir / "migration.lock"):
            migrate(settings.database_dsn)
    except LockHeld as error:
        who = f"process {error.holder.pid}" if error.holder else "another process"
        raise SetupError(f"The database is being brought to a new schema by {who}, which does not end") from error


def prepare_database(settings: Settings) -> SeedReport:
    """Create or migrate the schema and bring the content files in.

    Raises WrongSecretKey when the secret is not the one that the database was written with.
    """
    prepare_schema(settings)
    engine = create_database_engine(settings.database_dsn)
    try:
        secret_for(settings.secret_key.get_secret_value(), settings.data_dir, engine)
        return seed(create_session_factory(engine), load_content(settings.content_dir))
    finally:
        engine.dispose()


def find_encoder(settings: Settings) -> TrainedEncoder | None:
    """The encoder for the present content, if it is trained."""
    digest = trained_encoder.fingerprint(settings.content_dir, _example_files(), settings.encoder_choice)
    return trained_encoder.find(settings.models, digest, settings.encoder_choice)


def train_encoder(settings: Settings, progress: Progress = lambda share: None) -> TrainedEncoder:
    """Train and calibrate the encoder for the present content."""
    files = _example_files()
    digest = trained_encoder.fingerprint(settings.content_dir, files, settings.encoder_choice)
    inside, outside = (
        [text for file in files for text in intent_examples(file, intents)]
        for intents in (INSIDE_INTENTS, OUTSIDE_INTENTS)
    )
    return trained_encoder.train(
        settings.models,
        digest,
        settings.encoder_choice,
        load_content(settings.content_dir),
        Examples(inside, outside),
        progress,
    )


def find_routing(settings: Settings) -> Path | None:
    """The routing model of our present examples, if it is trained."""
    return routing_models.find(settings.models, settings.encoder_choice.pretrained)


def train_routing(settings: Settings, progress: Progress = lambda share: None) -> Path:
    """Train the routing model on our examples; what has learned from tickets is left alone."""
    return routing_models.train(settings.models, settings.encoder_choice.pretrained, progress)


def find_danger_judge(settings: Settings) -> Path | None:
    """The danger judge of the present corpus, if it is trained."""
    return danger_judges.find(settings.models, calm_files())


def train_danger_judge(settings: Settings, progress: Progress = lambda share: None) -> Path:
    """Train the danger judge on all pens but the held-out ones."""
    return danger_judges.train(settings.models, calm_files(), calm_texts(), progress)


def find_recogniser(settings: Settings) -> Path | None:
    """The recogniser of names of the present corpus, if it is trained."""
    return recognisers.find(settings.models, example_files())


def train_recogniser(settings: Settings, progress: Progress = lambda share: None) -> Path:
    """Train the recogniser of names on all pens but the held-out ones."""
    return recognisers.train(settings.models, example_files(), example_texts(), progress)


def find_deciding(settings: Settings) -> Path | None:
    """The models of deciding of the present conversations, if they are trained."""
    return deciding_models.find(settings.models, SCENARIOS, outside_requests(), settings.encoder_choice.pretrained)


def train_deciding(settings: Settings, progress: Progress = lambda share: None) -> Path:
    """Train the models of deciding on all pens but the held-out ones."""
    return deciding_models.train(
        settings.models, SCENARIOS, outside_requests(), settings.encoder_choice.pretrained, progress
    )


def outside_requests() -> list[str]:
    """Requests that are none of the city's business, as people write them."""
    return [text for file in _example_files() for text in intent_examples(file, OUTSIDE_INTENTS)]


def _example_files() -> list[Path]:
    return sorted(NLU_EXAMPLES.glob("*.yml"))


def rasa_paths(settings: Settings) -> RasaPaths:
    """Hash of all that the Rasa model is made from, and the model's path."""
    digest = hashlib.sha256()
    digest.update(trained_encoder.fingerprint(settings.content_dir, _example_files(), settings.encoder_choice).encode())
    for pattern in RASA_INPUTS:
        for file in sorted(ROOT.glob(pattern)):
            digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    base = digest.hexdigest()[:16]
    phrases = tuple(staff_phrases(settings))
    short = f"{base}-{training_phrases.digest(phrases)[:8]}" if phrases else base
    return RasaPaths(settings.models / "rasa" / f"{short}.tar.gz", short, base, phrases)


def staff_phrases(settings: Settings) -> list[Phrase]:
    """Training phrases that staff collected; none while there is no database or it cannot be reached."""
    finish_interrupted_restore(settings.data_dir)
    file = settings.database_dsn.removeprefix("sqlite:///")
    if file != settings.database_dsn and not Path(file).is_file():
        return []  # connecting would make an empty one
    engine = create_database_engine(settings.database_dsn)
    try:
        known = inspect(engine).has_table("training_phrases")
        return TrainingPhrases(create_session_factory(engine)).for_training() if known else []
    except OperationalError:
        return []
    finally:
        engine.dispose()


def _write_phrases(settings: Settings, phrases: tuple[Phrase, ...]) -> list[str]:
    """The staff's phrases as one more source of Rasa's training data."""
    if not phrases:
        return []
    file = settings.data_dir / "training" / "staff_phrases.yml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(training_phrases.as_rasa(phrases), encoding="utf-8")
    return [str(file)]


def _mark_trained(settings: Settings, phrases: tuple[Phrase, ...]) -> None:
    if phrases:
        engine = create_database_engine(settings.database_dsn)
        TrainingPhrases(create_session_factory(engine)).trained(phrases)
        engine.dispose()


def rasa_environment(settings: Settings) -> dict[str, str]:
    """The environment every Rasa command of ours runs in: our models, no telemetry, no download, caches in the data folder."""
    choice = settings.encoder_choice
    encoder = find_encoder(settings) if choice.own else None
    # Texts of a turn are too short to be shared among threads, which wait for each other by spinning.
    arithmetic = {"OPENBLAS_CORETYPE": processor_kernels(), "OPENBLAS_NUM_THREADS": "1"}
    return (
        {name: value for name, value in arithmetic.items() if value}
        | os.environ
        | {
            "WENZHENG_ENCODER_FOLDER": encoder.model if encoder else "",
            # A SentenceTransformer can only be read with torch, which Rasa's environment does not have.
            "WENZHENG_PRETRAINED": ",".join(choice.pretrained),
            "WENZHENG_SPACY": str(spacy_folder(settings)),
            "RASA_TELEMETRY_ENABLED": "false",
            "HF_HUB_OFFLINE": "1",
            "RASA_CACHE_DIRECTORY": str(settings.data_dir / "cache" / "rasa"),
            "MPLCONFIGDIR": str(settings.data_dir / "cache" / "matplotlib"),
            "TF_CPP_MIN_LOG_LEVEL": "2",
            "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
            "PYTHONWARNINGS": "ignore",
        }
    )


def spacy_folder(settings: Settings) -> Path:
    """Where the spaCy pipeline for the present lexicon is, or will be."""
    return settings.models / "spacy" / spacy_pipeline.fingerprint()


def build_spacy(settings: Settings) -> Path:
    """Build the spaCy pipeline that Rasa loads, if it is not there; raises SetupError with the place of the log."""
    target = spacy_folder(settings)
    if target.is_dir():
        return target
    log = settings.data_dir / "logs" / "spacy-build.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [str(RASA_PYTHON), "-m", "nlu.spacy_pipeline", str(target)]
    with log.open("wb") as output:
        done = subprocess.run(  # noqa: S603 - our own command
            tied(command), cwd=ROOT, env=rasa_environment(settings), stdout=output, stderr=subprocess.STDOUT,
            timeout=SPACY_TIMEOUT, check=False,
        )  # fmt: skip
    if done.returncode != 0 or not target.is_dir():
        raise SetupError(f"Building the spaCy pipeline failed. The reason is at the end of {log}")
    model_files.keep_newest(target.parent, MODELS_KEPT, target)
    return target


def train_rasa(settings: Settings, progress: Progress = lambda share: None) -> Path:
    """Train the Rasa model for the present dialogue; raises SetupError with the place of the log."""
    if not RASA_PYTHON.is_file():
        raise SetupError("The Rasa environment .venv-rasa is missing. Run: make setup")
    build_spacy(settings)
    paths = rasa_paths(settings)
    paths.model.parent.mkdir(parents=True, exist_ok=True)
    log = settings.data_dir / "logs" / "rasa-train.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [
        str(RASA_PYTHON), "-m", "rasa", "train",
        # `make dialogue` validates; here the same data would be read three times more.
        "--skip-validation", "--config", "config.yml", "--domain", "domain.yml", "--data", *RASA_DATA,
        *_write_phrases(settings, paths.phrases),
        "--out", str(paths.model.parent), "--fixed-model-name", f".{paths.digest}",
    ]  # fmt: skip
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own command
            tied(command), cwd=ROOT, env=rasa_environment(settings), stdout=output, stderr=subprocess.STDOUT
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
    _mark_trained(settings, paths.phrases)
    model_files.keep_newest(paths.model.parent, MODELS_KEPT, paths.model)
    progress(1.0)
    return paths.model
