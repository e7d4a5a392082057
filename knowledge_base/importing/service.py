"""Importing a file in two steps: a preview that changes nothing, and a commit that takes all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError

from bot.database import SessionFactory
from knowledge_base.entry_form import EntryForm
from knowledge_base.exporting import ExportCounts, export_all
from knowledge_base.importing.limits import Limits, default_limits
from knowledge_base.importing.parts import ImportProblem, Parsed
from knowledge_base.importing.plan import ACTIONS, Action, Change, Plan, make_plan
from knowledge_base.importing.reading_process import read_apart
from knowledge_base.importing.sheets import header_of
from knowledge_base.importing.staged_reading import fill_in
from knowledge_base.importing.staging import DocumentForm, PreviewGone, Problem, Staged, Staging
from knowledge_base.importing.writing import Writer
from knowledge_base.models import KnowledgeImport
from knowledge_base.standards.checks import check_entry

Read = Callable[[str, bytes, Limits], list[Parsed]]
BUSY = "刚才有另一次导入改了同样的内容，这次没有导入任何内容，请再试一次"


@dataclass(frozen=True)
class PreviewRow:
    """An entry that would be created or updated, as a preview shows it."""

    action: Action
    place: str
    title: str
    answer: str


@dataclass(frozen=True)
class ImportPreview:
    """What a commit would do. ``counts`` are of entries, by action; ``rows`` the first ones of each action; ``advice``: what in
    them does not keep to the data standards.
    """

    token: str
    source_name: str
    counts: dict[Action, int]
    rows: tuple[PreviewRow, ...]
    documents: tuple[DocumentForm, ...]
    problems: tuple[Problem, ...]
    advice: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class ImportResult:
    """What a commit did: entries by action, problems left out, and the ids of documents and of entries that changed."""

    token: str
    created: int
    updated: int
    same: int
    skipped: int
    documents: tuple[str, ...]
    entries: tuple[str, ...]


class ImportService:
    """Previews and commits. ``check`` raises InvalidEntry for an entry that the knowledge base would refuse."""

    def __init__(
        self,
        sessions: SessionFactory,
        check: Callable[[EntryForm], None],
        topics: Mapping[str, str],
        folder: Path,
        *,
        limits: Limits | None = None,
        read: Read = read_apart,
    ) -> None:
        self.limits = limits or default_limits()
        self._sessions = sessions
        self._check = check
        self._topics = topics
        self._staging = Staging(folder, self.limits.preview_seconds)
        self._read = read

    def preview(self, name: str, data: bytes, *, topic: str, actor: str) -> ImportPreview:
        """Read a file and say what importing it would do; raises ImportProblem where it cannot be read."""
        self._check_topic(topic)
        staged = Staged(token=Staging.new_token(), source_name=name[:200], actor=actor)
        fill_in(staged, self._read(name, data, self.limits), self._topics, topic, self.limits)
        self._staging.keep(staged)
        return self._preview(staged)

    def look(self, token: str, *, actor: str) -> ImportPreview:
        """A preview once more, as it would be now; raises PreviewGone."""
        return self._preview(self._staged(token, actor))

    def give_up(self, token: str, *, actor: str) -> None:
        """Forget a preview; one that is gone is nothing to forget. Raises ImportProblem for a colleague's."""
        try:
            self._staging.remove(self._staged(token, actor).token)
        except PreviewGone:
            return

    def export(self, path: Path) -> ExportCounts:
        """The whole knowledge base as one file at ``path``, to be imported elsewhere; raises OSError."""
        return export_all(self._sessions, path)

    def describe(self, token: str, forms: list[dict[str, str | None]], *, actor: str) -> ImportPreview:
        """The preview once more, with what a curator says about its documents, in their order."""
        staged = self._staged(token, actor)
        try:
            for document, given in zip(staged.documents, forms, strict=True):
                document.form = DocumentForm.model_validate(document.form.model_dump() | given)
        except ValidationError as error:
            raise ImportProblem("请检查文件的标题、文号、日期和地区代码") from error
        for document in staged.documents:
            self._check_topic(document.form.topic)
        self._staging.keep(staged)
        return self._preview(staged)

    def commit(self, token: str, *, actor: str, only_valid: bool = False) -> ImportResult:
        """Import all of a preview as drafts, in one transaction; the second time nothing more happens.

        Raises ImportProblem while there are problems, unless ``only_valid`` leaves out what has them.
        """
        done = self._done(token)
        if done is not None:
            return done
        staged = self._staged(token, actor)
        try:
            with self._sessions() as session, session.begin():
                plan = make_plan(session, staged, self._check)
                if plan.problems and not only_valid:
                    raise ImportProblem(f"还有 {len(plan.problems)} 处问题，请改好再导入，或者只导入没有问题的内容")
                if not plan.entries and not plan.documents:
                    raise ImportProblem("没有可以导入的内容")
                result = _result(staged.token, plan)
                session.add(_record(staged, actor, result))
                session.flush()
                Writer(session, actor).write(plan)
        except IntegrityError as error:
            done = self._done(token)
            if done is None:
                raise ImportProblem(BUSY) from error
            return done
        return result

    def _done(self, token: str) -> ImportResult | None:
        with self._sessions() as session:
            row = session.get(KnowledgeImport, token)
        return _result_of(row) if row is not None else None

    def _staged(self, token: str, actor: str) -> Staged:
        staged = self._staging.get(token)
        if staged.actor != actor:
            raise ImportProblem("这次预览是别的同事做的，请自己上传文件")
        return staged

    def _check_topic(self, topic: str) -> None:
        if topic not in self._topics:
            raise ImportProblem("请先选择主题")

    def _preview(self, staged: Staged) -> ImportPreview:
        with self._sessions() as session:
            plan = make_plan(session, staged, self._check)
        shown = [one for action in ACTIONS for one in _first(plan, action, self.limits)]
        rows = tuple(PreviewRow(one.action, one.place, one.form.title, one.form.answer) for one in shown)
        counts = {action: len(plan.changes(action)) for action in ACTIONS}
        forms = tuple(document.form for document in staged.documents)
        problems, advice = tuple(plan.problems), tuple(_advice(plan.entries[: self.limits.advised_rows]))
        return ImportPreview(staged.token, staged.source_name, counts, rows, forms, problems, advice)


def _advice(changes: Iterable[Change]) -> Iterator[Problem]:
    """Data standards, for what a sheet says; a policy document stays as it was issued."""
    for one in changes:
        if one.action == "same":
            continue
        values = one.form.model_dump(include={"title", "answer", "legal_basis"})
        for finding in check_entry(values):
            better = f"建议写作“{finding.fix}”" if finding.fix else ""
            column = header_of("issuer" if finding.field == "legal_basis" else finding.field)
            yield Problem(place=one.place, column=column, reason=f"“{finding.found}”{better}：{finding.why}")


def _first(plan: Plan, action: Action, limits: Limits) -> list[Change]:
    return plan.changes(action)[: limits.preview_rows]


def _result(token: str, plan: Plan) -> ImportResult:
    created, updated, same = (len(plan.changes(action)) for action in ACTIONS)
    documents = tuple(document.document_id for document in plan.documents)
    entries = tuple(change.entry_id for change in plan.entries if change.action != "same")
    return ImportResult(token, created, updated, same, len(plan.problems), documents, entries)


def _record(staged: Staged, actor: str, result: ImportResult) -> KnowledgeImport:
    kept = {**vars(result), "documents": list(result.documents), "entries": list(result.entries)}
    return KnowledgeImport(token=staged.token, source_name=staged.source_name, actor=actor, result=kept)


def _result_of(row: KnowledgeImport) -> ImportResult:
    lists = {name: tuple(row.result[name]) for name in ("documents", "entries")}
    return ImportResult(**{**row.result, **lists})
