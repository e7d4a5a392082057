"""``wenzheng eval``: how well language is understood, measured on anybody's files.

Each command reads JSON lines, needs neither a running assistant nor a database, prints a table and, as its last line, all
figures as JSON.
"""

from __future__ import annotations

import typer

from bot.commands.evaluate import entities, intents, retrieval, routing, scope

app = typer.Typer(help="Measure understanding on files of your own.", no_args_is_help=True)
app.command("retrieval")(retrieval.retrieval)
app.command("routing")(routing.routing)
app.command("scope")(scope.scope)
app.command("intents")(intents.intents)
app.command("entities")(entities.entities)
