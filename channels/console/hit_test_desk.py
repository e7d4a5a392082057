"""The part of the desk that has to do with hit tests: permission, service, audit log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from actions.deciding.look import Look
from channels.console.bulk_sheet import bulk_sheet
from channels.console.desk_base import DeskBase
from knowledge_base.hit_testing.bulk import BulkReport
from knowledge_base.hit_testing.bulk_reading import read_questions
from knowledge_base.hit_testing.history import Comparison, HitTestPage
from knowledge_base.hit_testing.models import HitTest
from knowledge_base.hit_testing.place import full_name, region_code
from knowledge_base.hit_testing.report import HitReport
from knowledge_base.importing.limits import Limits
from knowledge_base.lifecycle import InvalidEntry
from knowledge_base.reliability import Reliability


class HitTestDesk(DeskBase):
    """What search finds for a question or a file of them. A region is a code of GB/T 2260 or a name."""

    @property
    def here(self) -> str:
        """The city as a region; empty where its code is not set."""
        return self.region_name(self._services.knowledge.region) if self._services.knowledge.region else ""

    def region_name(self, code: str) -> str:
        """A region for people; our own city by its name even where the table of divisions lacks it."""
        name = full_name(code)
        own = code == self._services.knowledge.region and name == code
        return (self._services.city_name if own else name) or "不限地区"

    @property
    def today(self) -> date:
        """The day it is for the citizens."""
        return self._services.knowledge.hit_tests.tester.clock()

    @property
    def limits(self) -> Limits:
        """How large a file of questions may be."""
        return self._services.imports.limits

    def test(self, question: str, region: str, day: str) -> tuple[int, HitReport]:
        """Make a test and keep it; its number and all that was found. Raises InvalidEntry for a region or day."""
        self._require("knowledge.read", keeps=True)
        tests = self._services.knowledge.hit_tests
        report = tests.tester.test(question, region=self._code(region), on=_day(day))
        kept = tests.keep(report, actor=self.principal.signature)
        self._log("knowledge.hit_test", str(kept.id))
        return kept.id, report

    def look(self, text: str) -> Look:
        """What the assistant would do with this as the first message of a conversation; nothing is kept."""
        self._require("knowledge.read")
        return self._services.deciding.look(text)

    def history(self, *, limit: int, offset: int = 0, before: int | None = None) -> HitTestPage:
        """Tests that were made, newest first; with ``before`` those that are older than this one."""
        self._require("knowledge.read")
        return self._services.knowledge.hit_tests.page(limit=limit, offset=offset, before=before)

    def compare(self, test_id: int) -> tuple[HitTest, Comparison]:
        """A test of then beside the same of now; raises HitTestNotFound."""
        self._require("knowledge.read")
        tests = self._services.knowledge.hit_tests
        return tests.get(test_id), tests.compare(test_id)

    def bulk(
        self,
        name: str,
        data: bytes,
        region: str,
        day: str,
        progress: Callable[[float], None] = lambda share: None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> BulkReport:
        """Ask every question of a file; raises ImportProblem, InvalidEntry, BulkTestRunning."""
        self._require("knowledge.edit")
        code, on = self._code(region), _day(day)
        file = read_questions(name, data, self.limits)
        bulk = self._services.knowledge.hit_tests.bulk
        report = bulk.run(file, region=code, on=on, progress=progress, stopped=stopped)
        self._log("knowledge.bulk_test", "", f"{len(report.rows)} 个问题")
        return report

    def sheet(self, report: BulkReport) -> bytes:
        """A bulk test as a CSV file."""
        self._require("knowledge.edit")
        return bulk_sheet(report)

    def reliability(self) -> Reliability:
        """How probable the best hits of golden questions are said to be, beside how often they are right."""
        self._require("knowledge.read")
        return self._services.knowledge.golden_reliability()

    def _code(self, region: str) -> str:
        own = self._services.knowledge.region
        return own if region.strip() == self.here else region_code(region, own)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidEntry("请填写正确的日期") from error
