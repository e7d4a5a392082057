"""``wenzheng run``: prepare what is missing, start everything, watch it, stop it on Ctrl-C."""

from __future__ import annotations

import signal
import time

import httpx

from bot.commands.console import done, fail, screen, step
from bot.commands.train import train_what_changed
from bot.open_files import raise_limit
from bot.private_files import make_private
from bot.processes import Supervisor, check_ports
from bot.settings import ROOT, Settings, get_settings
from bot.setup_steps import SetupError, prepare_database
from bot.supervision.instance import only_instance
from bot.supervision.systemd import tell_systemd
from knowledge_base.content_schema import ContentError

WATCH_SECONDS = 0.5


def run() -> None:
    """Start the assistant: Redis (our own unless REDIS_URL is set), Rasa, the app and the worker."""
    settings = get_settings()
    try:
        with only_instance(settings):
            check_ports(settings)
            raise_limit()
            _make_private(settings)
            report = prepare_database(settings)
            done(f"Database is ready ({report.added} entries added, {report.updated} updated)")
            train_what_changed(settings)
            _supervise(settings)
    except (SetupError, ContentError) as error:
        fail(str(error))


def _make_private(settings: Settings) -> None:
    left = make_private(settings.data_dir, ROOT / ".env")
    if left:
        screen.print(f"  Others can read {left[0]}, and it cannot be changed: {len(left)} in all", soft_wrap=True)


def _supervise(settings: Settings) -> None:
    supervisor = Supervisor(settings, lambda words: screen.print(f"  {words}", soft_wrap=True))
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:  # nohup: a closed terminal is no reason to stop
            signal.signal(number, supervisor.request_stop)
    try:
        supervisor.start()
        _wait_until_ready(settings, supervisor)
        while not supervisor.stopping:
            supervisor.watch()
            tell_systemd("WATCHDOG=1")
            time.sleep(WATCH_SECONDS)
    finally:
        tell_systemd("STOPPING=1")
        supervisor.stop()


def _wait_until_ready(settings: Settings, supervisor: Supervisor) -> None:
    started = time.monotonic()
    missing = "app"
    with step("Starting") as progress:
        while not supervisor.stopping:
            supervisor.watch()
            tell_systemd("WATCHDOG=1")
            passed = time.monotonic() - started
            progress(min(0.97, passed / 25))
            if passed > settings.start_seconds:
                tails = "\n\n".join(
                    f"--- {p.log}\n{p.log_tail()}" for p in supervisor.processes if p.plan.name in missing
                )
                raise SetupError(
                    f"Not ready after {settings.start_seconds:.0f} s (WENZHENG_START_SECONDS); still missing: {missing}\n{tails}"
                )
            try:
                answer = httpx.get(f"{_own_address(settings)}/readyz", timeout=3, trust_env=False)
                states: dict[str, str] = answer.json()["checks"]
                missing = ", ".join(name for name, state in states.items() if state != "ok")
                if not missing:
                    break
            except (httpx.HTTPError, ValueError, KeyError):
                missing = "app"
            time.sleep(WATCH_SECONDS)
    if not supervisor.stopping:
        tell_systemd("READY=1")
        _print_addresses(settings)


def _own_address(settings: Settings) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - read, not bound
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"


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
