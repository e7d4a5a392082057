"""The ``wenzheng`` command as an operator types it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import get_args

from assistant import RunningAssistant, child_processes, fresh_environment

from actions.messages import Decision
from bot.settings import ROOT

KEYS = ["question", "reply", "intent", "confidence", "decision", "hits", "latency_ms"]
QUESTIONS = ["居住证怎么办", "您好", "孩子刚出生要办什么", "有人晕倒了，快不行了", "呜啦呜啦巴拉巴拉小魔仙变"]
SECONDS = 60.0


def test_ask_prints_one_json_line_a_question(assistant: RunningAssistant, tmp_path: Path) -> None:
    file = tmp_path / "questions.txt"
    file.write_text("\n".join([*QUESTIONS[:2], "", *QUESTIONS[2:]]) + "\n", encoding="utf-8")
    printed = assistant.wenzheng("ask", "--file", str(file), "--json")
    rows = [json.loads(line) for line in printed.stdout.splitlines()]
    assert [row["question"] for row in rows] == QUESTIONS
    assert printed.stderr == ""
    for row in rows:
        assert list(row) == KEYS
        assert row["decision"] in get_args(Decision)
        assert row["reply"]
        assert 0 <= row["confidence"] <= 1
        assert row["latency_ms"]["total"] > 0
        assert all(hit.keys() == {"id", "title", "score"} and 0 <= hit["score"] <= 1 for hit in row["hits"])
    assert [row["decision"] for row in rows][:4] == ["answer", "smalltalk", "action", "emergency"]
    assert rows[0]["hits"][0]["id"] == "residence_permit.apply"


def test_ask_prints_the_answer_as_text(assistant: RunningAssistant) -> None:
    printed = assistant.wenzheng("ask", "居住证怎么办").stdout
    assert "居住证申领" in printed
    assert "依据：《居住证暂行条例》" in printed


def test_ask_says_which_question_was_refused(assistant: RunningAssistant) -> None:
    refused = assistant.wenzheng("ask", "问" * 2001, check=False)
    assert refused.returncode == 1
    assert "2000" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_index_is_made_anew_beside_the_running_assistant(assistant: RunningAssistant) -> None:
    said = assistant.wenzheng("index", "--rebuild").stdout
    assert "published entries in" in said
    assert "Kept for the next start" in said
    assert "居住证申领" in assistant.wenzheng("ask", "居住证怎么办").stdout


def test_ask_without_an_assistant_says_so_in_one_line(tmp_path: Path) -> None:
    said = wenzheng(fresh_environment(tmp_path), "ask", "居住证怎么办")
    assert said.returncode == 1
    assert said.stdout == ""
    assert len(said.stderr.strip().splitlines()) == 1
    assert "not running" in said.stderr


def test_doctor_is_content_with_a_running_assistant(assistant: RunningAssistant) -> None:
    said = assistant.wenzheng("doctor")
    assert "✗" not in said.stdout
    assert "WENZHENG_WECHAT_TOKEN" in said.stdout
    assert assistant.settings.wechat_token.get_secret_value() not in said.stdout


def test_doctor_says_what_is_missing_and_how_to_get_it(tmp_path: Path) -> None:
    environment = fresh_environment(tmp_path / "data", {"WENZHENG_MODEL_DIR": str(tmp_path / "no models")})
    said = wenzheng(environment, "doctor")
    assert said.returncode == 1
    assert "✗ Sentence encoder" in said.stdout
    assert "Run: wenzheng train" in said.stdout


def test_a_port_in_use_is_named_in_one_line_before_anything_is_prepared(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = wenzheng(fresh_environment(data, {"WENZHENG_PORT": str(port)}), "run")
    assert said.returncode == 1
    assert len(said.stderr.strip().splitlines()) == 1
    assert f"Port {port}" in said.stderr
    assert "WENZHENG_PORT=" in said.stderr
    assert not (data / "wenzheng.db").exists()


def test_ctrl_c_stops_every_process(assistant: RunningAssistant, tmp_path: Path) -> None:
    with (tmp_path / "run.log").open("w+", encoding="utf-8") as output:
        run = subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "run"],
            cwd=ROOT,
            env=fresh_environment(tmp_path / "data"),
            stdout=output,
            stderr=subprocess.STDOUT,
            # As in a terminal: what is started in the background inherits that Ctrl-C is ignored.
            preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
        )
        try:
            wait_for("started worker", tmp_path / "run.log")
            children = child_processes(run.pid)
            run.send_signal(signal.SIGINT)
            assert run.wait(SECONDS) == 0
        finally:
            if run.poll() is None:
                run.kill()
                run.wait()
    assert len(children) == 4
    assert not [pid for pid in children if alive(pid)]
    assert "everything is stopped" in (tmp_path / "run.log").read_text(encoding="utf-8")


def wenzheng(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(ROOT / ".venv" / "bin" / "wenzheng"), *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)


def wait_for(words: str, file: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while words not in file.read_text(encoding="utf-8"):
        assert time.monotonic() < deadline, file.read_text(encoding="utf-8")
        time.sleep(0.1)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
