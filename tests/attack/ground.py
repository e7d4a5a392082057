"""Where trials are made: a running assistant, the records in its database, and citizens who only want an answer."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.attack.trial import Scale
from tests.support.assistant import RunningAssistant
from tests.support.citizen import Citizen, Reply
from tests.support.records import Records
from tests.support.wechat_simulator import WeChatSimulator

WECHAT = {
    "WENZHENG_WECHAT_TOKEN": "attack-token",
    "WENZHENG_WECHAT_APP_ID": "wx0123456789abcdef",
    "WENZHENG_WECHAT_AES_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
}
QUESTION, ENTRY = "居住证怎么办", "residence_permit.apply"
STATUS = Path("/proc")


@dataclass
class Ground:
    """What every trial gets."""

    assistant: RunningAssistant
    records: Records
    scale: Scale

    def citizen(self) -> Citizen:
        """A citizen in a conversation of their own."""
        return Citizen(self.assistant.base_url)

    def wechat(self) -> WeChatSimulator:
        """WeChat's side, with the keys of this assistant."""
        return WeChatSimulator(*WECHAT.values())

    def memory(self, module: str = "bot.app") -> float:
        """Resident memory of a process, in MB."""
        status = (STATUS / str(self.assistant.process_id(module)) / "status").read_text(encoding="utf-8")
        return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS:"))

    def log_bytes(self) -> int:
        """How much the app's log holds, the files put aside included."""
        return sum(file.stat().st_size for file in (self.assistant.settings.data_dir / "logs").glob("app*"))


@dataclass
class Others:
    """What citizens saw who asked their question while something was going on."""

    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def worst(self) -> float:
        """The longest wait, in seconds."""
        return max(self.seconds, default=0.0)

    def __str__(self) -> str:
        median = statistics.median(self.seconds) if self.seconds else 0.0
        return f"{len(self.seconds)} questions of others answered, {median:.2f} s in the middle, {self.worst:.2f} s at worst"


@contextmanager
def others_asking(ground: Ground, pause: float = 0.1) -> Iterator[Others]:
    """Two citizens who ask again and again meanwhile."""
    seen, stop = Others(), threading.Event()

    def ask() -> None:
        citizen = ground.citizen()
        while not stop.is_set():
            started = time.monotonic()
            try:
                response = citizen.post(QUESTION, timeout=30)
                if response.status_code == 200 and Reply(response.json()).part("answer")["entry_id"] == ENTRY:
                    seen.seconds.append(time.monotonic() - started)
                else:
                    seen.failures.append(f"{response.status_code} {response.text[:80]}")
            except (httpx.HTTPError, AssertionError) as error:
                seen.failures.append(type(error).__name__)
            stop.wait(pause)
        citizen.close()

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)
