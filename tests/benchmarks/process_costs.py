"""What a process costs, from the kernel (https://man7.org/linux/man-pages/man5/proc_pid_status.5.html)."""

from __future__ import annotations

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def peak_megabytes(process_id: int) -> float:
    """The most memory the process ever held resident, in MB; 0 where the kernel does not say."""
    try:
        status = Path(f"/proc/{process_id}/status").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    for line in status.splitlines():
        if line.startswith("VmHWM:"):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0


def cpu_milliseconds(process_id: int) -> float:
    """Processor time used so far, in milliseconds; unlike a latency it is the same on a busy machine."""
    try:
        after_name = Path(f"/proc/{process_id}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    user, system = after_name[11], after_name[12]
    return (int(user) + int(system)) * 1000 / TICKS
