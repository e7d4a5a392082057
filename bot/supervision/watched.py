"""One running process: started, watched, started again when it dies or falls silent, stopped."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.settings import ROOT
from bot.supervision.answering import Listener, Patience, Probe
from bot.supervision.log_files import Pump, RotatingFile
from bot.supervision.tied import tied

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
CALM_AFTER = 60.0
# How long a silent process may take to end by itself before it is killed.
TERM_SECONDS = 3.0
LOG_TAIL_LINES = 12

Say = Callable[[str], None]


@dataclass(frozen=True)
class ProcessPlan:
    """How one process is started.

    ``stdin``: what it reads at its start, for what must not be seen in a list of processes. ``probe``: asks whether it
    answers; without one it only has to live.
    ``tells_why``: on SIGUSR1 it writes into its log what each of its threads is doing.
    """

    name: str
    command: Sequence[str]
    environment: dict[str, str]
    stdin: str = ""
    probe: Probe | None = None
    tells_why: bool = False


@dataclass(frozen=True)
class Watching:
    """How processes are watched: where their output goes, how large a log and how many older ones, how patient we are."""

    logs: Path
    patience: Patience
    log_bytes: int = 20_000_000
    older_logs: int = 5


class WatchedProcess:
    """One process and what to do when it dies or is silent. All methods are for the thread that started the supervisor:
    on Linux children end with the thread that started them.
    """

    def __init__(self, plan: ProcessPlan, watching: Watching, say: Say) -> None:
        self.plan = plan
        self.log = watching.logs / f"{plan.name}.log"
        self._output = RotatingFile(self.log, watching.log_bytes, watching.older_logs)
        self._listener = Listener(plan.probe, watching.patience, plan.name) if plan.probe else None
        self._say = say
        self._pause = FIRST_PAUSE
        self._started = 0.0
        self._restart_at = 0.0
        self._kill_at = 0.0
        self._pump: Pump | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; its output is added to its log."""
        self._pump = Pump(self._output, self.plan.name)
        with self._pump.writer() as output:
            self._process = subprocess.Popen(
                tied(self.plan.command),
                cwd=ROOT,
                env=self.plan.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.PIPE if self.plan.stdin else subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C reaches the supervisor alone, which stops the rest in order
            )
        self._hand_over_stdin(self._process)
        self._started = time.monotonic()
        self._restart_at = self._kill_at = 0.0
        if self._listener:
            self._listener.started()

    def _hand_over_stdin(self, process: subprocess.Popen[bytes]) -> None:
        if process.stdin is None:
            return
        # It may have died already; watching will tell.
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(self.plan.stdin.encode())
            process.stdin.close()

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def process_id(self) -> int:
        """Its process id; 0 before it was started."""
        return self._process.pid if self._process else 0

    def watch(self) -> None:
        """One look: start it again if it died, after a pause; end it if it is silent. Never waits."""
        if self._process is None:
            return
        if not self.alive:
            self._start_again(self._process.returncode)
        elif self._kill_at:
            if time.monotonic() >= self._kill_at:
                self._kill_group(self._process.pid)
        elif self._listener and (silent := self._listener.silent_for()):
            self._end_silent(silent)

    def _end_silent(self, seconds: float) -> None:
        self._say(
            f"{self.plan.name} lives but has not answered for {seconds:.0f} s; ending it to start it again. Log: {self.log}"
        )
        self._kill_at = time.monotonic() + TERM_SECONDS
        if self._process is not None:
            if self.plan.tells_why:
                self._process.send_signal(signal.SIGUSR1)
            self._process.send_signal(signal.SIGTERM)

    def _start_again(self, code: int) -> None:
        now = time.monotonic()
        if not self._restart_at:
            if now - self._started > CALM_AFTER:
                self._pause = FIRST_PAUSE
            self._restart_at = now + self._pause
            self._say(
                f"{self.plan.name} stopped (exit code {code}); "
                f"starting it again in {self._pause:.0f} s. Log: {self.log}"
            )
            self._pause = min(LONGEST_PAUSE, self._pause * 2)
        elif now >= self._restart_at:
            try:
                self.start()
            except OSError as error:  # no memory, no process, no file left: the others must go on being watched
                self._restart_at = now + self._pause
                self._say(f"{self.plan.name} cannot be started ({error}); trying again in {self._pause:.0f} s")
            else:
                self._say(f"{self.plan.name} was started again")

    def ask_to_stop(self) -> None:
        """Send SIGTERM."""
        if self._listener:
            self._listener.end()
        if self._process is not None and self.alive:
            self._process.send_signal(signal.SIGTERM)

    def stop(self, deadline: float) -> None:
        """Wait for the end until ``deadline`` (monotonic seconds), then kill the process and all it started."""
        if self._process is None or self._pump is None:
            return
        try:
            self._process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._kill_group(self._process.pid)
            self._process.wait()
        self._pump.finish()
        self._output.close()

    @staticmethod
    def _kill_group(leader: int) -> None:
        with contextlib.suppress(ProcessLookupError):  # it ended by itself
            os.killpg(leader, signal.SIGKILL)

    def log_tail(self) -> str:
        """The last lines of its log."""
        return self._output.tail(LOG_TAIL_LINES)
