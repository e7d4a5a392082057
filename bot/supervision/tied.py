"""Runs a program that ends with its parent: ``python tied.py PARENT COMMAND …``. Needs the standard library alone.

Rasa and Redis are other people's programs and do not watch their parent; killed with SIGKILL it cannot stop them. On Linux
the kernel does it (``PR_SET_PDEATHSIG``, https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html): the setting
outlives ``exec`` and the process keeps its number. It is made here, in the child's own single thread, and not in a
``preexec_fn``, which can hang between ``fork`` and ``exec`` of a program with threads. Elsewhere a small watcher looks
every half second whether the parent is still there.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1
LOOK_SECONDS = 0.5


def tied(command: Sequence[str]) -> list[str]:
    """The command that runs ``command`` tied to this process. It keeps the process number, so signals reach it."""
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *command]


def tie(parent: int, *, kernel: bool = sys.platform == "linux") -> None:
    """Let this process end when ``parent`` ends; ``kernel``: by the kernel, not by a watcher."""
    if kernel and ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) == 0:
        # The parent may have died before the kernel was told.
        if os.getppid() != parent:
            os._exit(1)
        return
    _start_watcher(parent)


def _start_watcher(parent: int) -> None:
    """Leave a grandchild behind that kills our process group when ``parent`` is gone, and goes when we are."""
    tied = os.getpid()
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    if os.fork():
        os._exit(0)
    # Not in the group that it kills, and with no file of ours: nobody must wait for it to let go of a pipe.
    os.setsid()
    os.closerange(0, 256)
    while _parent_of(tied) == parent:
        time.sleep(LOOK_SECONDS)
    if _parent_of(tied) is not None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(tied, signal.SIGKILL)
    os._exit(0)


def _parent_of(process: int) -> int | None:
    """The parent of a process by ``ps``, which every Unix has; None if it is gone."""
    listing = subprocess.run(
        ["/bin/ps", "-o", "ppid=,stat=", "-p", str(process)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    fields = listing.stdout.split()
    return int(fields[0]) if len(fields) == 2 and not fields[1].startswith("Z") else None


if __name__ == "__main__":
    tie(int(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])
