"""What the command line says when an account cannot be made: English, for operators."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from bot.commands.account import REFUSALS, refusal
from bot.security.errors import InvalidAccount, UnknownAccount
from bot.security.passwords import check_password
from bot.settings import ROOT


@pytest.mark.parametrize(
    "password", ["short", "password123", "zhangmin-zhangmin", "aaaaaaaaaaaa", "zhangmin", "x" * 300]
)
def test_a_refused_password_is_explained_in_english(password: str) -> None:
    with pytest.raises(InvalidAccount) as refused:
        check_password(password, "zhangmin")
    assert refusal(refused.value).isascii()
    assert "{" not in refusal(refused.value)


def test_an_unknown_account_is_named() -> None:
    assert refusal(UnknownAccount("lina")) == "There is no account lina."


def test_every_code_that_is_raised_has_its_words_and_no_other() -> None:
    sources = "".join(file.read_text(encoding="utf-8") for file in Path(ROOT, "bot", "security").glob("*.py"))
    words = yaml.safe_load(REFUSALS.read_text(encoding="utf-8"))
    assert set(re.findall(r'code="(\w+)"', sources)) == set(words)
    for message in words.values():
        assert message.isascii()
