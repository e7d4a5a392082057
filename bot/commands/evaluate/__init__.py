"""``wenzheng eval``: how well language is understood, measured on anybody's files.

Each command reads JSON lines, needs no running assistant, prints a table and, as its last line, all figures as JSON. Only
``reliability`` looks into the database, for the golden set.
"""

from __future__ import annotations

import typer

from bot.commands.evaluate import entities, intents, reliability, retrieval, routing, scope

app = typer.Typer(help="Measure understanding on files of your own.", no_args_is_help=True)
app.command("retrieval")(retrieval.retrieval)
app.command("reliability")(reliability.reliability)
app.command("routing")(routing.routing)
app.command("scope")(scope.scope)
app.command("intents")(intents.intents)
app.command("entities")(entities.entities)
