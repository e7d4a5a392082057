"""What a back-up holds: ``manifest.json``, written last, read first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from bot.backup.errors import BackupError
from bot.backup.files import checksum, write_private

MANIFEST = "manifest.json"
FORMAT = 1
DATABASE_FOLDER = "database"

Kind = Literal["sqlite", "postgresql", "mysql"]


class SavedFile(BaseModel):
    """A file of the back-up: its place in it, its size in bytes, its SHA-256."""

    model_config = ConfigDict(frozen=True)

    name: str
    size: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")

    @field_validator("name")
    @classmethod
    def _inside(cls, value: str) -> str:
        path = PurePosixPath(value)
        if not value or path.is_absolute() or ".." in path.parts or "\0" in value:
            raise ValueError("a file of a back-up lies in its folder")
        return value


class Manifest(BaseModel):
    """``schema_head``: the last migration that the database has seen. ``key_check``: which root key opens its fields.

    ``rows`` counts the rows of each table; ``rows_exact`` is false where the database server lets nobody count what the
    dump has seen.
    """

    model_config = ConfigDict(frozen=True)

    format: int = FORMAT
    version: str
    made_at: datetime
    database: Kind
    schema_head: str
    key_check: str
    rows: dict[str, int]
    rows_exact: bool = True
    files: list[SavedFile]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    def save(self, folder: Path) -> None:
        """Write it down; a folder without it is no back-up."""
        write_private(folder / MANIFEST, self.model_dump_json(indent=2).encode() + b"\n")

    @classmethod
    def load(cls, folder: Path) -> Manifest:
        """Read it; raises BackupError where the folder is no back-up, or one of a newer kind."""
        path = folder / MANIFEST
        if not path.is_file():
            raise BackupError(
                f"{folder} is no back-up: it has no {MANIFEST} (it is written last: a broken-off one has none)"
            )
        try:
            found = cls.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise BackupError(f"{path} is damaged and cannot be read. Take another back-up") from error
        if found.format != FORMAT:
            raise BackupError(f"{folder} was made by a newer version of the assistant. Update first: git pull")
        return found

    def check_files(self, folder: Path, progress: Callable[[float], None]) -> None:
        """Make sure that every file is there and is what it was; raises BackupError that names the first that is not."""
        done = 0

        def read(count: int) -> None:
            nonlocal done
            done += count
            progress(done / max(1, self.size))

        for file in self.files:
            path = folder / file.name
            if not path.is_file():
                raise BackupError(f"The back-up is damaged: {path} is missing. Take another back-up")
            if path.stat().st_size != file.size or checksum(path, read) != file.sha256:
                raise BackupError(f"The back-up is damaged: {path} is not what was saved. Take another back-up")
