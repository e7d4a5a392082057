"""``wenzheng knowledge calibrate``: fit probabilities once more, on the golden set of this city."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.commands.console import done, fail, screen, step
from bot.commands.evaluate.report import reliability_table
from bot.commands.open_storage import open_storage
from bot.container import Storage, build_knowledge
from bot.setup_steps import SetupError, find_encoder, outside_requests
from knowledge_base.calibration import Calibration
from knowledge_base.content_schema import ContentError, load_city, load_yaml
from knowledge_base.recalibration import NoRefit, Refit, path_for, refit, save, searches

RESTART = "A running assistant uses it after a restart."


def calibrate(
    remove: Annotated[bool, typer.Option("--remove", help="Go back to the calibration made in training.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show before and after, keep nothing.")] = False,
) -> None:
    """Fit probabilities once more on the golden set, where that makes them better; shows them before and after."""
    with open_storage() as storage:
        settings = storage.settings
        trained = find_encoder(settings)
        if trained is None:
            fail("The sentence encoder for this content is not trained. Run: wenzheng train")
        path = path_for(settings.data_dir, trained.calibration)
        if remove:
            path.unlink(missing_ok=True)
            done(f"The calibration made in training is used. {RESTART}")
            return
        try:
            with step("Asking the golden set"):
                found = _refit(storage, Calibration.load(trained.calibration))
        except (NoRefit, SetupError, ContentError) as error:
            fail(str(error))
        reliability_table("Before", found.before)
        screen.print()
        reliability_table("After (each fifth by a fit on the other four)", found.after)
        if dry_run:
            done("Nothing was kept")
            return
        save(found, path)
        done(f"Fitted on {found.questions} questions and kept in {path}. {RESTART}")


def _refit(storage: Storage, trained: Calibration) -> Refit:
    """Search as the assistant does; what is weighed there does not depend on an earlier refit."""
    content = storage.settings.content_dir
    knowledge = build_knowledge(storage, load_city(content / "city.yml"), load_yaml(content / "topics.yml"))
    tester = knowledge.hit_tests.tester
    golden = [(one.question, one.entry_id) for one in knowledge.golden.all()]
    asked, outside = (
        searches(tester.searcher, questions, tester.clock(), tester.region)
        for questions in (golden, [(text, "") for text in outside_requests()])
    )
    return refit(trained, asked, outside)
