import json
import logging

import pytest

from bot.logs import configure_logging


def test_logs_are_json_lines_without_personal_data(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO")
    logging.getLogger("sample").warning("call %s", "13912345678", extra={"text": "我叫王小明，住云州"})
    line = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert line["event"] == "call 139******78"
    assert line["text"] == "我叫王＊＊，住云州"
    assert line["level"] == "warning"
