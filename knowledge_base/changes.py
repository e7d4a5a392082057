"""Telling other processes which entries changed, so that a publish is visible everywhere within a second."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable

import redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
CHANNEL = "wenzheng:knowledge"
RETRY_SECONDS = 1.0


class ChangeFeed:
    """Publishes ids of changed entries on Redis and calls ``apply`` with those other processes published."""

    def __init__(self, redis_url: str, name: str) -> None:
        self._redis = redis.Redis.from_url(redis_url)
        self._name = name
        self._stopped = threading.Event()

    def announce(self, entry_ids: list[str]) -> None:
        """Tell the others; raises OSError when Redis is unreachable."""
        try:
            self._redis.publish(CHANNEL, json.dumps([self._name, entry_ids]))
        except RedisError as error:
            raise OSError("Redis is unreachable") from error

    def follow(self, apply: Callable[[list[str]], None], reload: Callable[[], object]) -> None:
        """Listen in a thread. Once connected, everything is read again: changes may have been missed before."""

        def listen() -> None:
            missed = True
            while not self._stopped.is_set():
                try:
                    with self._redis.pubsub(ignore_subscribe_messages=True) as subscription:  # type: ignore[no-untyped-call]
                        subscription.subscribe(CHANNEL)
                        if missed:
                            reload()
                        missed = False
                        while not self._stopped.is_set():
                            message = subscription.get_message(timeout=1.0)
                            if message:
                                sender, entry_ids = json.loads(message["data"])
                                if sender != self._name:
                                    apply(entry_ids)
                except (RedisError, OSError):
                    missed = True
                    logger.warning("knowledge changes: Redis is unreachable; trying again")
                    self._stopped.wait(RETRY_SECONDS)
                except Exception as error:  # the database refuses, for example: this thread must outlive it
                    missed = True
                    logger.warning("knowledge changes were not taken over (%s); trying again", type(error).__name__)
                    self._stopped.wait(RETRY_SECONDS)

        threading.Thread(target=listen, name="knowledge-changes", daemon=True).start()

    def stop(self) -> None:
        """Stop listening."""
        self._stopped.set()
