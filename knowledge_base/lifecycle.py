"""The life of an entry: which status may follow which, and what the steps are called."""

from __future__ import annotations

from enum import StrEnum


class EntryStatus(StrEnum):
    """Where an entry stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"

    @property
    def label(self) -> str:
        """The word staff read."""
        return STATUS_LABELS[self]


STATUS_LABELS = {EntryStatus.DRAFT: "草稿", EntryStatus.PUBLISHED: "已发布", EntryStatus.RETIRED: "已停用"}

NEXT: dict[EntryStatus, frozenset[EntryStatus]] = {
    EntryStatus.DRAFT: frozenset({EntryStatus.PUBLISHED, EntryStatus.RETIRED}),
    EntryStatus.PUBLISHED: frozenset({EntryStatus.RETIRED}),
    EntryStatus.RETIRED: frozenset({EntryStatus.PUBLISHED}),
}


class KnowledgeError(Exception):
    """Something a curator can mend; the message is in Chinese and says how."""


class EntryNotFound(KnowledgeError):
    """No entry has this id."""

    def __init__(self, entry_id: str) -> None:
        super().__init__(f"没有编号为 {entry_id} 的条目")


class IllegalStatusChange(KnowledgeError):
    """The entry's status does not allow this step."""

    def __init__(self, current: EntryStatus, wanted: EntryStatus) -> None:
        super().__init__(f"“{current.label}”的条目不能直接改为“{wanted.label}”")


class VersionConflict(KnowledgeError):
    """Somebody else saved the entry in the meantime."""

    def __init__(self) -> None:
        super().__init__("这条内容刚被其他人修改过，请刷新后再改")


class InvalidEntry(KnowledgeError):
    """A field is missing or wrong; the message names it."""


def check_change(current: EntryStatus, wanted: EntryStatus) -> None:
    """Raise IllegalStatusChange unless ``wanted`` may follow ``current``."""
    if wanted not in NEXT[current]:
        raise IllegalStatusChange(current, wanted)
