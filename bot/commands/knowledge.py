"""``wenzheng knowledge``: the whole knowledge base into one file and back, and files of questions or policy text into it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from bot.commands.calibrate import calibrate
from bot.commands.console import done, fail, screen, step
from bot.commands.open_storage import open_storage
from bot.container import Storage, build_imports, build_knowledge
from bot.setup_steps import SetupError
from knowledge_base.changes import ChangeFeed
from knowledge_base.content_schema import ContentError, load_city, load_yaml
from knowledge_base.exporting import export_all, is_export, restore
from knowledge_base.importing.service import ImportPreview, ImportService
from knowledge_base.importing.staging import Problem
from knowledge_base.lifecycle import KnowledgeError
from knowledge_base.service import KnowledgeService

ACTOR = "command line"
SHOWN_PROBLEMS = 50

app = typer.Typer(help="The knowledge base: export, import, calibrate.", no_args_is_help=True)
app.command("calibrate")(calibrate)
File = Annotated[Path, typer.Argument(help="The file.", dir_okay=False)]


@app.callback()
def knowledge() -> None:
    """The knowledge base: export, import, calibrate."""


@app.command("export")
def export(file: File) -> None:
    """Write everything to FILE, a zip: entries in every status, their history, policy documents."""
    with open_storage() as storage:
        try:
            with step("Exporting"):
                counts = export_all(storage.sessions, file)
        except OSError as error:
            fail(f"{file} cannot be written: {error.strerror}")
    done(f"{file}: {counts.entries} entries, {counts.documents} policy documents")


@app.command("import")
def import_(
    file: File,
    topic: Annotated[str, typer.Option(help="Topic of rows and documents that name none.")] = "",
    only_valid: Annotated[bool, typer.Option(help="Leave out what has problems.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Bring in FILE: an export as it was, or docx, pdf, xlsx, csv, html, md, txt, zip as drafts."""
    try:
        data = file.read_bytes()
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}")
    with open_storage() as storage:
        try:
            topics: dict[str, str] = load_yaml(storage.settings.content_dir / "topics.yml")
            city = load_city(storage.settings.content_dir / "city.yml")
            service = build_knowledge(storage, city, topics)
            service.on_change = partial(_announce, ChangeFeed(storage.settings.redis_dsn, "import"))
            if is_export(data):
                _restore(storage, service, data, yes)
            else:
                imports, _ = build_imports(storage, service, topics)
                _import(imports, file.name, data, topic or next(iter(topics)), only_valid, yes)
        except (KnowledgeError, SetupError, ContentError) as error:
            fail(str(error))


def _announce(changes: ChangeFeed, entry_ids: list[str]) -> None:
    try:
        changes.announce(entry_ids)
    except OSError:
        screen.print("No running assistant was reached: it shows the changes when it starts.")


def _restore(storage: Storage, service: KnowledgeService, data: bytes, yes: bool) -> None:
    plan = restore(storage.sessions, data, service.check, actor=ACTOR, dry_run=True)
    screen.print(f"New: {plan.created}, overwritten: {plan.updated}, unchanged: {plan.same}")
    _ask(yes)
    with step("Importing"):
        result = restore(storage.sessions, data, service.check, actor=ACTOR)
        service.show(list(result.changed))
    done(f"{result.created} entries added, {result.updated} overwritten, {result.same} unchanged")


def _import(imports: ImportService, name: str, data: bytes, topic: str, only_valid: bool, yes: bool) -> None:
    with step("Reading"):
        preview = imports.preview(name, data, topic=topic, actor=ACTOR)
    _show(preview)
    if preview.problems and not only_valid:
        fail("Nothing was imported. Mend the file, or leave out what has problems: --only-valid")
    _ask(yes)
    with step("Importing"):
        result = imports.commit(preview.token, actor=ACTOR, only_valid=only_valid)
    done(
        f"{result.created} drafts added, {result.updated} changed, {result.same} unchanged. Publish them in the console"
    )


def _show(preview: ImportPreview) -> None:
    for document in preview.documents:
        screen.print(
            f"《{document.title}》 {document.number} {document.issuer} {document.effective or ''}", soft_wrap=True
        )
    counts = preview.counts
    screen.print(f"New: {counts['create']}, changed: {counts['update']}, unchanged: {counts['same']}")
    if preview.problems:
        screen.print(_problems(preview.problems))


def _problems(problems: Sequence[Problem]) -> Table:
    table = Table("Where", "Column", "Reason", box=None, pad_edge=False)
    for problem in problems[:SHOWN_PROBLEMS]:
        table.add_row(problem.place, problem.column, problem.reason)
    if len(problems) > SHOWN_PROBLEMS:
        table.add_row(f"… {len(problems) - SHOWN_PROBLEMS} more", "", "")
    return table


def _ask(yes: bool) -> None:
    if not yes and not typer.confirm("Import?"):
        fail("Nothing was imported.")
