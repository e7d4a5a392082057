"""The queue: work that must not keep a citizen waiting, and periodic housekeeping."""

from __future__ import annotations

import logging
import signal

from huey import RedisHuey, crontab
from huey.consumer import Consumer
from redis.exceptions import RedisError

from bot.jobs import Jobs
from bot.logs import configure_logging
from bot.queue import add_push_task, create_queue
from bot.settings import Settings, get_settings

logger = logging.getLogger(__name__)
WORKERS = 2


def register_tasks(queue: RedisHuey, settings: Settings) -> None:
    """What this worker can do."""
    jobs = Jobs(settings)

    add_push_task(queue, jobs.push_message)

    @queue.periodic_task(crontab(minute="*"), name="recover_turns")
    def recover_turns() -> None:
        """Finish turns that a killed process left behind."""
        jobs.recover_turns()

    @queue.periodic_task(crontab(minute="*"), name="deliver_notices")
    def deliver_notices() -> None:
        """Bring ticket news to citizens that a killed process left behind."""
        jobs.deliver_notices()

    @queue.periodic_task(crontab(minute="17"), name="forget_old_drafts")
    def forget_old_drafts() -> None:
        """Delete drafts of tickets that are older than they may get."""
        jobs.forget_old_drafts()


def main() -> None:
    """Entry of the worker process."""
    settings = get_settings()
    configure_logging(settings.log_level)
    queue = create_queue(settings)
    register_tasks(queue, settings)
    consumer = Consumer(queue, workers=WORKERS, worker_type="thread", check_worker_health=True)
    signal.signal(signal.SIGTERM, lambda *_: consumer.stop_flag.set())
    try:
        consumer.run()
    except RedisError:
        logger.exception("the queue lost Redis")
        raise


if __name__ == "__main__":
    main()
