"""A command imports what it needs and nothing else: who types one does not wait for the rest of the assistant."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from bot.cli import Commands, app
from bot.commands.evaluate import Measures

HEAVY = {"sqlalchemy", "numpy", "nicegui", "faiss", "sklearn", "torch", "huey"}


CODE = """
import sys
sys.argv = ["wenzheng", *"{arguments}".split()]
from bot import cli
try:
    cli.main()
finally:
    print("loaded", *sys.modules)
"""


@pytest.mark.parametrize("arguments", ["--help", "ask --help", "eval --help"])
def test_the_list_of_commands_and_a_client_of_the_assistant_import_nothing_heavy(arguments: str) -> None:
    command = [sys.executable, "-c", CODE.format(arguments=arguments)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    assert "Usage" in printed
    assert not set(printed.split("loaded ")[1].split()) & HEAVY


@pytest.mark.parametrize("group", [Commands, Measures])
def test_every_command_of_the_list_is_there(group: type[Commands | Measures]) -> None:
    made = group()
    for name in group.places:
        assert made.load(name).name == name


def test_a_command_that_does_not_exist_is_named() -> None:
    result = CliRunner().invoke(app, ["nonsense"])
    assert result.exit_code == 2
    assert "nonsense" in result.output
