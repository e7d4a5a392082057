"""``wenzheng run``: prepare what is missing, start everything, watch it, stop it on Ctrl-C."""

from __future__ import annotations

import signal
import time

import httpx

from bot.commands.console import done, fail, screen, step
from bot.commands.train import train_what_changed
from bot.processes import Supervisor, check_ports, plans
from bot.settings import Settings, get_settings
from bot.setup_steps import SetupError, prepare_database
from knowledge_base.content_schema import ContentError

READY_SECONDS = 180
WATCH_SECONDS = 0.5


def run() -> None:
    """Start the assistant: Redis (embedded unless REDIS_URL is set), Rasa, the app and the worker."""
    settings = get_settings()
    try:
        check_ports(plans(settings), settings.host)
        report = prepare_database(settings)
        done(f"Database is ready ({report.added} entries added, {report.updated} updated)")
        train_what_changed(settings)
        supervisor = Supervisor(settings, lambda words: screen.print(f"  {words}", soft_wrap=True))
        signal.signal(signal.SIGTERM, supervisor.request_stop)
        signal.signal(signal.SIGINT, supervisor.request_stop)
        try:
            supervisor.start()
            _wait_until_ready(settings, supervisor)
            while not supervisor.stopping:
                supervisor.watch()
                time.sleep(WATCH_SECONDS)
        finally:
            supervisor.stop()
    except (SetupError, ContentError) as error:
        fail(str(error))


def _wait_until_ready(settings: Settings, supervisor: Supervisor) -> None:
    started = time.monotonic()
    missing = "app"
    with step("Starting") as progress:
        while not supervisor.stopping:
            supervisor.watch()
            passed = time.monotonic() - started
            progress(min(0.97, passed / 25))
            if passed > READY_SECONDS:
                tails = "\n\n".join(
                    f"--- {p.log}\n{p.log_tail()}" for p in supervisor.processes if p.plan.name in missing
                )
                raise SetupError(f"Not ready after {READY_SECONDS} s; still missing: {missing}\n{tails}")
            try:
                answer = httpx.get(f"http://{settings.host}:{settings.port}/readyz", timeout=3, trust_env=False)
                states: dict[str, str] = answer.json()["checks"]
                missing = ", ".join(name for name, state in states.items() if state != "ok")
                if not missing:
                    break
            except (httpx.HTTPError, ValueError, KeyError):
                missing = "app"
            time.sleep(WATCH_SECONDS)
    if not supervisor.stopping:
        _print_addresses(settings)


def _print_addresses(settings: Settings) -> None:
    base = settings.base_url
    screen.print()
    screen.print("[bold]问政 is ready.[/]")
    rows = [
        ("Chat", f"{base}/"),
        ("Embedding", f"{base}/embed"),
        ("Console", f"{base}/console   (first account: wenzheng account add NAME --role curator)"),
        (
            "WeChat",
            f"{base}/wechat"
            + ("" if settings.wechat_token.get_secret_value() else "   (off: set WENZHENG_WECHAT_TOKEN)"),
        ),
        ("API", f"{base}/api/openapi.json"),
        ("Health", f"{base}/readyz"),
        ("Logs", str(settings.data_dir / "logs")),
    ]
    for name, value in rows:
        screen.print(f"  {name:<10} {value}", soft_wrap=True)
    screen.print("Ctrl-C stops everything.")
    screen.print()
