"""``make bench-search``: search at a thousand, a hundred thousand and a million texts, beside four other engines.

``SIZES=1000,100000`` and ``ENGINES=product,bm25s`` choose, ``TIME_LIMIT`` (seconds an engine and size) and ``MEMORY_GB``
bound. Every engine runs in a process of its own, one after the other; what takes too long or too much is told in the table.
The exit code tells whether measuring worked, not whether the numbers are good.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bot.settings import ROOT
from tests.benchmarks.numbers import Spread
from tests.benchmarks.report import machine
from tests.benchmarks.search_engine import OURS, TEXTS
from tests.benchmarks.search_measure import MB, EngineFindings, Loaded
from tests.benchmarks.search_peers import PEERS
from tests.benchmarks.search_product import trained_encoder
from tests.benchmarks.search_report import Found

SIZES = (1_000, 100_000, 1_000_000)
TIME_LIMIT = 3_600
MEMORY_GB = 9.0
FLOAT_BYTES = 4
QUALITY = "quality"


def main() -> None:
    """Entry of ``make bench-search``."""
    trained_encoder()  # said at once if it is missing
    sizes = [int(size) for size in os.environ.get("SIZES", "").split(",") if size] or list(SIZES)
    engines = [name for name in os.environ.get("ENGINES", "").split(",") if name] or [OURS, *PEERS, QUALITY]
    path = ROOT / os.environ.get("ARTEFACTS", "artefacts") / "bench-search.json"
    found = Found(machine())
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="wenzheng-bench-search-") as folder:
            texts = _run(TEXTS, size, Path(folder))
            if texts.note:
                found.engines.append(texts)
                continue
            raw = (Path(folder) / "vectors.npy").stat().st_size / MB
            for engine in (name for name in engines if name != QUALITY):
                one = _run(engine, size, Path(folder))
                one.raw_vectors_mb = round(raw, 1)
                found.engines.append(one)
                found.save(path)
    if QUALITY in engines:
        print("· quality on real phrasings", flush=True)
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.search_quality"], stdout=subprocess.PIPE, check=True
        )
        found.quality = json.loads(done.stdout.splitlines()[-1])
    found.save(path)
    found.show()
    print(f"Written to {path}")


def _run(engine: str, size: int, folder: Path) -> EngineFindings:
    """One engine in its own process; where that fails the findings have a note instead of numbers."""
    print(f"· {engine}, {size:,} texts", flush=True)
    memory = os.environ.get("MEMORY_GB", str(MEMORY_GB))
    command = [
        sys.executable,
        "-m",
        "tests.benchmarks.search_engine",
        engine,
        str(size),
        str(folder),
        "--memory-gb",
        memory,
    ]
    log, started = folder / f"{engine}.log", time.monotonic()
    with log.open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True, start_new_session=True
        )
        last = ""
        signal.signal(signal.SIGALRM, lambda *_: os.killpg(process.pid, signal.SIGKILL))
        signal.alarm(int(os.environ.get("TIME_LIMIT", TIME_LIMIT)))
        for line in process.stdout or ():
            last = line
            if not line.startswith("{"):
                print(line, end="", flush=True)
        process.wait()
        signal.alarm(0)
    if process.returncode == 0:
        return _read(json.loads(last))
    took = time.monotonic() - started
    reason = log.read_text(encoding="utf-8").strip().splitlines()[-1:] or [""]
    note = f"stopped after {took:.0f} s" if process.returncode == -signal.SIGKILL else f"failed: {reason[0][:100]}"
    print(f"  {note}", flush=True)
    return EngineFindings(engine, size, note=note)


def _read(data: dict[str, object]) -> EngineFindings:
    findings = EngineFindings(**data)  # type: ignore[arg-type]  # what asdict made of one
    for name in ("one", "eight"):
        raw = data[name]
        if isinstance(raw, dict):
            loaded = Loaded(raw["clients"], Spread(**raw["wall"]), Spread(**raw["cpu"]), raw["searches_per_second"])
            setattr(findings, name, loaded)
    if isinstance(data["visible_ms"], dict):
        findings.visible_ms = Spread(**data["visible_ms"])
    return findings


if __name__ == "__main__":
    main()
