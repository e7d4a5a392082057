"""How many files and connections a process may have open: as many as the system allows, not what a shell happens to give."""

from __future__ import annotations

import resource

# Where the system sets no limit; more than any city's assistant needs.
ENOUGH = 65_536
# Below this a few hundred open widgets, each a connection, are in danger of finding the door shut.
TOO_FEW = 4_096


def raise_limit() -> int:
    """Raise the soft limit to the hard one; returns what is in force. Children inherit it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH if hard == resource.RLIM_INFINITY else hard
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return soft if soft != resource.RLIM_INFINITY else ENOUGH
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError):  # macOS refuses more than its own ceiling
        return soft
    return wanted
