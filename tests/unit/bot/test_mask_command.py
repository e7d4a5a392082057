import io
import sys

import pytest

from bot.commands.mask import mask


class _Lines(io.TextIOWrapper):
    pass


def test_each_line_is_masked_by_itself(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", _Lines(io.BytesIO("我电话13800138000\n12路末班车是几点\n".encode())))
    mask()
    first, second = capsys.readouterr().out.splitlines()
    assert "13800138000" not in first
    assert second == "12路末班车是几点"
