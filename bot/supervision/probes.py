"""How each kind of process is asked whether it answers. Each question is bounded in time."""

from __future__ import annotations

import contextlib
import http.client
import os
import time
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, BusyLoadingError, RedisError, ResponseError
from redis.retry import Retry

from bot.supervision.answering import Probe

LOOK_AGAIN_SECONDS = 0.1


def http_answers(port: int, path: str) -> Probe:
    """Whether a server on this loopback port sends any HTTP response: a refusal also shows that its event loop turns."""

    def probe(seconds: float) -> bool:
        # A connection of its own each time: one that was left open says nothing about new ones.
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)) as connection:
            try:
                connection.request("GET", path)
                connection.getresponse()
            except (OSError, http.client.HTTPException):
                return False
        return True

    return probe


def redis_answers(url: str) -> Probe:
    """Whether a Redis sends any reply to PING: while it loads its file it says so, which is an answer."""

    def probe(seconds: float) -> bool:
        once = Retry(NoBackoff(), 0)
        client = redis.Redis.from_url(url, socket_timeout=seconds, socket_connect_timeout=seconds, retry=once)
        try:
            client.ping()
        except (BusyLoadingError, AuthenticationError, ResponseError):
            return True
        except RedisError:
            return False
        finally:
            client.close()
        return True

    return probe


def beats(heartbeat: Path) -> Probe:
    """Whether a process that listens on nothing refreshes its heartbeat file. Clocks may jump: any change counts."""
    last = _changed(heartbeat)  # what an earlier life left behind is no answer

    def probe(seconds: float) -> bool:
        nonlocal last
        deadline = time.monotonic() + seconds
        while True:
            beat = _changed(heartbeat)
            if beat not in {-1, last}:
                last = beat
                return True
            if time.monotonic() >= deadline:
                return False
            time.sleep(LOOK_AGAIN_SECONDS)

    return probe


def unless_waiting(probe: Probe, needed: Probe) -> Probe:
    """Blame nobody who waits for something that is silent itself: starting it again would help nothing."""

    def asked(seconds: float) -> bool | None:
        if probe(seconds):
            return True
        return False if needed(seconds) else None

    return asked


def _changed(path: Path) -> int:
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116 - ten times a second
    except OSError:
        return -1
