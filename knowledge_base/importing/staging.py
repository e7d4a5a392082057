"""What was read from a file and waits to be committed: kept on the server for an hour, under a token nobody guesses."""

from __future__ import annotations

import re
import secrets
import time
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from knowledge_base.entry_form import EntryForm
from knowledge_base.importing.parts import ImportProblem

_TOKEN = re.compile(r"[A-Za-z0-9_-]{32,64}")


class PreviewGone(ImportProblem):
    """The hour of the preview is over, or there never was one."""

    def __init__(self) -> None:
        super().__init__("这次预览已经过期，没有导入任何内容。请重新上传文件")


class Problem(BaseModel):
    """Why something cannot be taken: where it is, in which column (empty: all of it), and the reason."""

    model_config = ConfigDict(frozen=True)

    place: str
    column: str = ""
    reason: str


class StagedEntry(BaseModel):
    """A row that is an entry. ``given_id``: the id its sheet names; ``given``: the fields that the sheet filled in."""

    place: str
    given_id: str = ""
    given: list[str]
    form: EntryForm


class StagedPassage(BaseModel):
    """A piece of a document: the headings above it, 第十二条 or another label, its text."""

    path: list[str]
    label: str
    text: str


class DocumentForm(BaseModel):
    """What is known of a document; ``expires`` is the first day on which it is no longer in force."""

    title: str = Field(max_length=200)
    issuer: str = Field("", max_length=100)
    number: str = Field("", max_length=60)
    topic: str
    region: str = Field("", pattern=r"^(\d{6})?$")
    effective: date | None = None
    expires: date | None = None


class StagedDocument(BaseModel):
    """A document with its passages."""

    source_name: str
    form: DocumentForm
    passages: list[StagedPassage]


class Staged(BaseModel):
    """Everything that was read from one uploaded file."""

    token: str
    source_name: str
    actor: str
    entries: list[StagedEntry] = []
    documents: list[StagedDocument] = []
    problems: list[Problem] = []


class Staging:
    """The folder where previews wait; they are removed when they are older than ``seconds``."""

    def __init__(self, folder: Path, seconds: int) -> None:
        self._folder = folder
        self._seconds = seconds

    @staticmethod
    def new_token() -> str:
        """A token of 256 random bits."""
        return secrets.token_urlsafe(32)

    def keep(self, staged: Staged) -> None:
        """Write it down in one step, and sweep out what is too old."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._sweep()
        path = self._path(staged.token)
        unfinished = path.with_suffix(f".{secrets.token_hex(4)}.part")
        unfinished.write_text(staged.model_dump_json(), encoding="utf-8")
        unfinished.replace(path)

    def get(self, token: str) -> Staged:
        """What waits under the token; raises PreviewGone when its hour is over."""
        path = self._path(token)
        try:
            if self._too_old(path):
                raise PreviewGone
            return Staged.model_validate_json(path.read_text(encoding="utf-8"))
        except (OSError, ValidationError) as error:
            raise PreviewGone from error

    def remove(self, token: str) -> None:
        """Forget what waits under the token."""
        self._path(token).unlink(missing_ok=True)

    def _path(self, token: str) -> Path:
        if not _TOKEN.fullmatch(token):
            raise PreviewGone
        return self._folder / f"{token}.json"

    def _too_old(self, path: Path) -> bool:
        return time.time() - path.stat().st_mtime > self._seconds

    def _sweep(self) -> None:
        for path in self._folder.iterdir():
            try:
                if self._too_old(path):
                    path.unlink()
            except FileNotFoundError:  # somebody else swept it out
                continue
