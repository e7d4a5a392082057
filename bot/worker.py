"""The queue: work that must not keep a citizen waiting, and periodic housekeeping."""

from __future__ import annotations

import faulthandler
import logging
import signal
from collections.abc import Callable
from typing import Any

from huey import RedisHuey, crontab
from huey.consumer import Consumer, Scheduler
from redis.exceptions import RedisError

from bot.heartbeat import Heartbeat, heartbeat_file
from bot.jobs import JOB_SECONDS, Jobs
from bot.logs import configure_logging
from bot.open_files import raise_limit
from bot.private_files import set_private_umask
from bot.queue import add_push_task, create_queue
from bot.security.root_secret import WrongSecretKey
from bot.settings import Settings, get_settings

logger = logging.getLogger(__name__)
WORKERS = 2
STOPPING_SECONDS = 8
# A job gives up by itself after JOB_SECONDS; one that is still there a minute later hangs.
HANGING_SECONDS = JOB_SECONDS + 60
DRAFTS_MINUTE, FORGET_MINUTE = "7", "17"
# At night in China (UTC+8), several times: what a killed run left, or one whose time was over, the next one does.
RETENTION_MINUTE, RETENTION_HOURS = "27", "18-21"


def register_tasks(queue: RedisHuey, jobs: Jobs, heartbeat: Heartbeat) -> None:
    """What this worker can do."""

    def push_message(conversation_id: str, seq: int, last_try: bool) -> None:
        with heartbeat.job():
            jobs.push_message(conversation_id, seq, last_try=last_try)

    add_push_task(queue, push_message)

    def periodic(minute: str, work: Callable[[], object], hour: str = "*") -> None:
        @queue.periodic_task(crontab(minute=minute, hour=hour), name=work.__name__)
        def task() -> None:
            with heartbeat.job():
                work()

    periodic("*", jobs.recover_turns)
    periodic("*", jobs.deliver_notices)
    periodic(DRAFTS_MINUTE, jobs.forget_old_drafts)
    periodic(FORGET_MINUTE, jobs.forget_in_redis)
    periodic(RETENTION_MINUTE, jobs.run_retention, RETENTION_HOURS)


class BeatingConsumer(Consumer):  # type: ignore[misc]  # huey ships no types
    """Renews the heartbeat once a second, from the scheduler's own loop: one that hangs beats no more."""

    def __init__(self, queue: RedisHuey, heartbeat: Heartbeat, **options: Any) -> None:
        self._heartbeat = heartbeat
        super().__init__(queue, **options)

    def _create_scheduler(self) -> Scheduler:
        scheduler = super()._create_scheduler()
        loop = scheduler.loop

        def beating(now: Any = None) -> None:
            loop(now)
            self._heartbeat.beat()

        scheduler.loop = beating
        return scheduler


def prepare(settings: Settings) -> Jobs:
    """The services, built at once: a wrong secret key must stop the worker before it takes anything from the queue."""
    jobs = Jobs(settings)
    jobs.begin()
    return jobs


def main() -> None:
    """Entry of the worker process."""
    set_private_umask()
    raise_limit()
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    settings = get_settings()
    configure_logging(settings.log_level)
    try:
        jobs = prepare(settings)
    except WrongSecretKey as error:
        logger.critical("%s", error)
        raise SystemExit(1) from error
    queue = create_queue(settings)
    heartbeat = Heartbeat(heartbeat_file(settings.data_dir), HANGING_SECONDS)
    register_tasks(queue, jobs, heartbeat)
    consumer = BeatingConsumer(
        queue,
        heartbeat,
        workers=WORKERS,
        worker_type="thread",
        check_worker_health=True,
        # What a job has taken off the queue is done before the process ends; the supervisor waits a little longer.
        graceful_signal="TERM",
        shutdown_timeout=STOPPING_SECONDS,
    )
    try:
        consumer.run()
    except RedisError:
        logger.exception("the queue lost Redis")
        raise


if __name__ == "__main__":
    main()
