"""What systemd wants to know of a service (https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html).

So the supervisor itself, which watches all others, is started again too when it falls silent.
"""

from __future__ import annotations

import contextlib
import os
import socket

ADDRESS = "NOTIFY_SOCKET"


def tell_systemd(state: str) -> None:
    """Send ``READY=1``, ``WATCHDOG=1`` or ``STOPPING=1``; nothing where systemd did not start us."""
    address = os.environ.get(ADDRESS, "")
    if not address:
        return
    if address.startswith("@"):  # a name without a file
        address = "\0" + address[1:]
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        notify.setblocking(False)
        notify.sendto(state.encode(), address)
