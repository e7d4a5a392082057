"""A worker whose threads hang beats no more, one that is well does, even on a full disk."""

import threading
from pathlib import Path

from bot.heartbeat import Heartbeat
from bot.supervision.probes import beats


def test_a_job_that_hangs_stops_the_heartbeat_until_it_ends(tmp_path: Path) -> None:
    now = [0.0]
    heartbeat = Heartbeat(tmp_path / "run" / "heartbeat", longest=360, clock=lambda: now[0])
    probe = beats(tmp_path / "run" / "heartbeat")
    heartbeat.beat()
    assert probe(0)
    begun, end = threading.Event(), threading.Event()

    def work() -> None:
        with heartbeat.job():
            begun.set()
            end.wait(30)

    thread = threading.Thread(target=work)
    thread.start()
    begun.wait(30)
    now[0] = 300.0
    heartbeat.beat()
    assert probe(0)
    now[0] = 361.0
    heartbeat.beat()
    assert not probe(0)
    end.set()
    thread.join()
    heartbeat.beat()
    assert probe(0)


def test_a_heartbeat_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("no folder", encoding="utf-8")
    Heartbeat(tmp_path / "run" / "heartbeat", longest=360).beat()
