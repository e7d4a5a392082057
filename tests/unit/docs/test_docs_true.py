"""What the documents name exists: files, links, make targets, commands, settings, error codes, metrics."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from actions.tickets.catalogue import load_catalogue
from bot import metrics
from bot.cli import app
from bot.lazy_commands import LazyGroup
from bot.processes import dialogue_environment
from bot.security.roles import role_table
from bot.settings import ROOT, Settings
from channels.knowledge_api.problems import kinds
from docs import settings_pages

ROOMS = ("bot", "nlu", "knowledge_base", "actions", "channels", "tests", "docs", "deploy", "requirements")
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").glob("*.md")]
SETTINGS = {f"WENZHENG_{name.upper()}" for name in Settings.model_fields}
READ_BY_COMMANDS = {"WENZHENG_NEW_PASSWORD"}
OURS = re.compile(r"\.(py|ya?ml|md|toml|conf|service|sh|js|css|in|example|Dockerfile)$")
MADE_BY_READERS = {"deploy/.env", "deploy/certificates"}
MAX_IMAGE = 300_000

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def blocks(page: Path) -> list[str]:
    return re.findall(r"^```[^\n]*\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)


def code_lines(page: Path) -> Iterator[str]:
    """Spans in backticks and lines of code blocks, comments cut off."""
    for block in blocks(page):
        yield from (line.split("#")[0] for line in block.splitlines())
    prose = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    yield from re.findall(r"`([^`\n]+)`", prose)


def anchors(page: Path) -> set[str]:
    """Headings as GitHub makes them addressable."""
    found = set()
    for heading in re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.M):
        kept = [c for c in heading.lower() if c in " -_" or unicodedata.category(c)[0] in "LN"]
        found.add("".join(kept).strip().replace(" ", "-"))
    return found


@each_page
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if link.startswith(("http:", "https:")):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@each_page
def test_named_files_exist(page: Path) -> None:
    for span in code_lines(page):
        for word in re.findall(r"[\w.*/-]+", span):
            room = word.split("/")[0] in ROOMS and "/" in word
            if word in MADE_BY_READERS:
                continue
            if room or (OURS.search(word) and "/" not in word and word.lower() == word):
                assert exists(page, word), f"{page.name} names {word}"


def exists(page: Path, word: str) -> bool:
    places = [ROOT.glob(word), page.parent.glob(word)]
    if "/" not in word:
        places += [(ROOT / room).rglob(word) for room in ROOMS]
    return any(next(place, None) for place in places)


@each_page
def test_make_targets_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    for line in code_lines(page):
        for target in re.findall(r"(?:^|\s)make ([a-z0-9-]+)", line):
            assert target in targets, target


@each_page
def test_commands_and_their_options_exist(page: Path) -> None:
    for line in code_lines(page):
        found = re.search(r"(?:^|\.venv/bin/|exec app )wenzheng ((?:[a-z][a-z-]* ?)+)", line)
        if not found:
            continue
        command: Any = typer.main.get_command(app)
        for word in found[1].split():
            if not hasattr(command, "commands"):
                break  # the rest are arguments
            assert word in command.list_commands(None), line
            command = command.load(word) if isinstance(command, LazyGroup) else command.commands[word]
        known = {option for parameter in command.params for option in parameter.opts}
        assert set(re.findall(r" (--[a-z-]+)", line[found.start() :])) <= known | {"--help"}, line


@each_page
def test_named_settings_exist(page: Path) -> None:
    named = set(re.findall(r"WENZHENG_[A-Z_]*[A-Z]", page.read_text(encoding="utf-8")))
    assert named <= SETTINGS | READ_BY_COMMANDS


def test_deploy_files_set_only_what_is_read(tmp_path: Path) -> None:
    for_rasa = {name for name in dialogue_environment(Settings(data_dir=tmp_path)) if name.startswith("WENZHENG_")}
    for file in (ROOT / "deploy").iterdir():
        if file.is_file() and file.suffix != ".md":
            named = set(re.findall(r"WENZHENG_[A-Z_]*[A-Z]", file.read_text(encoding="utf-8")))
            assert named <= SETTINGS | for_rasa, file.name


def test_rasa_started_alone_gets_all_that_it_needs() -> None:
    needed = set()
    for name in ("endpoints.yml", "credentials.yml"):
        needed |= set(re.findall(r"\$\{(\w+)\}", (ROOT / name).read_text(encoding="utf-8")))
    given = set(re.findall(r"export (\w+)", (ROOT / "deploy" / "rasa-run.sh").read_text(encoding="utf-8")))
    assert needed <= given


def test_compose_shares_one_loopback_and_opens_only_nginx() -> None:
    services = yaml.safe_load((ROOT / "deploy" / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["nginx"]
    assert {services[name]["network_mode"] for name in ("app", "worker", "rasa")} == {"service:nginx"}


def test_nginx_lets_nothing_through_by_default() -> None:
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    assert "location / { return 404; }" in text
    assert "location = /metrics" not in text


def test_the_settings_table_is_what_the_settings_say() -> None:
    page = settings_pages.TABLE_PAGE.read_text(encoding="utf-8")
    assert page == settings_pages.with_table(page), "run .venv/bin/python docs/settings_pages.py"
    assert settings_pages.EXAMPLE.read_text(encoding="utf-8") == settings_pages.env_example()


def test_refusals_of_the_knowledge_api_are_documented() -> None:
    rows = re.findall(r"^\| (\d{3}) \| `([a-z-]+)` \|", (ROOT / "docs" / "api.md").read_text(encoding="utf-8"), re.M)
    assert {name: int(status) for status, name in rows} == {name: kind.status for name, kind in kinds().items()}


def test_error_codes_of_the_widget_are_documented() -> None:
    messages = yaml.safe_load((ROOT / "channels" / "messages.yml").read_text(encoding="utf-8"))
    section = (ROOT / "docs" / "widget.md").read_text(encoding="utf-8").split("| Status |")[1]
    for code, error in messages["errors"].items():
        if error["status"] != 500:
            row = next((row for row in section.splitlines() if row.startswith(f"| {error['status']} |")), "")
            assert f"`{code}`" in row, code


def test_attributes_and_colours_of_the_widget_are_documented() -> None:
    page = (ROOT / "docs" / "widget.md").read_text(encoding="utf-8")
    static = ROOT / "channels" / "web" / "static"
    attributes = set(re.findall(r"data-[a-z]+", (static / "widget.js").read_text(encoding="utf-8")))
    assert attributes == set(re.findall(r"data-[a-z]+", page))
    colours = set(re.findall(r"var\((--wz-[a-z-]+)", (static / "widget" / "widget.css").read_text(encoding="utf-8")))
    assert set(re.findall(r"--wz-[a-z-]*[a-z]", page)) <= colours


def test_metrics_are_documented() -> None:
    page = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")
    for metric in (metrics.TURNS, metrics.TURN_SECONDS, metrics.STEP_SECONDS):
        [described] = metric.describe()
        assert described.name in page


def test_roles_and_departments_of_the_examples_exist() -> None:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        assert set(re.findall(r"--role ([a-z]+)", text)) <= set(role_table().roles)
        assert set(re.findall(r"--department ([a-z_]+)", text)) <= set(load_catalogue().departments)


def test_both_readmes_have_the_same_parts() -> None:
    english, chinese = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh.md"))
    for mark in ("\n## ", "\n```", "\n|", "\n!["):
        assert english.count(mark) == chinese.count(mark), mark


def test_every_decision_record_is_listed() -> None:
    folder = ROOT / "docs" / "adr"
    listed = (folder / "README.md").read_text(encoding="utf-8")
    assert all(record.name in listed for record in folder.glob("0*.md"))


def test_pictures_are_small() -> None:
    pictures = list((ROOT / "docs" / "images").glob("*.png"))
    assert {picture.name for picture in pictures} >= {"chat.png", "console.png"}
    assert all(picture.stat().st_size < MAX_IMAGE for picture in pictures)
