"""One supervisor on one data folder: a second one would start a second Redis and a second app on the same files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.locks import Holder, LockHeld, held
from bot.settings import Settings
from bot.setup_steps import SetupError


def instance_lock(data_dir: Path) -> Path:
    """What a running supervisor holds; ``bot.locks.holder_of`` says who."""
    return data_dir / "run" / "assistant.lock"


@contextmanager
def only_instance(settings: Settings) -> Iterator[None]:
    """Be the only supervisor on this data folder; raises SetupError that says which process is."""
    ports = {
        "WENZHENG_PORT": settings.port,
        "WENZHENG_INTERNAL_PORT": settings.internal_port,
        "WENZHENG_RASA_PORT": settings.rasa_port,
        "WENZHENG_REDIS_PORT": settings.redis_port,
    }
    try:
        with held(instance_lock(settings.data_dir), ports):
            yield
    except LockHeld as error:
        raise SetupError(_words(settings.data_dir, error.holder)) from error


def _words(data_dir: Path, holder: Holder | None) -> str:
    if holder is None:
        return f"Another assistant runs on {data_dir}. Stop it first, or set another WENZHENG_DATA_DIR and other ports."
    ports = ", ".join(str(port) for port in holder.ports.values())
    return (
        f"The assistant runs already on {data_dir}: process {holder.pid}, since {holder.since:%Y-%m-%d %H:%M:%S}, "
        f"on ports {ports}. Stop it with Ctrl-C in its terminal or: kill {holder.pid}. For a second one beside it, set another "
        "WENZHENG_DATA_DIR and other ports."
    )
