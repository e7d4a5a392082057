"""The life of an entry: its statuses, what may be done in each, and what refuses a deed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class EntryStatus(StrEnum):
    """Where an entry stands, or the change of a published one that waits."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    RETIRED = "retired"

    @property
    def label(self) -> str:
        """The word staff read."""
        return STATUS_LABELS[self]


STATUS_LABELS = {
    EntryStatus.DRAFT: "草稿",
    EntryStatus.IN_REVIEW: "待审核",
    EntryStatus.PUBLISHED: "已发布",
    EntryStatus.RETIRED: "已停用",
}
_ALL = frozenset(EntryStatus)


@dataclass(frozen=True)
class Deed:
    """A step in an entry's life: what it is called, from which statuses, and the status it leads to."""

    label: str
    allowed: frozenset[EntryStatus]
    leads_to: EntryStatus


DEEDS: Mapping[str, Deed] = {
    "save": Deed("修改", _ALL, EntryStatus.DRAFT),
    "restore": Deed("恢复旧版", _ALL, EntryStatus.DRAFT),
    "submit": Deed("提交审核", frozenset({EntryStatus.DRAFT}), EntryStatus.IN_REVIEW),
    "return": Deed("退回", frozenset({EntryStatus.IN_REVIEW}), EntryStatus.DRAFT),
    "publish": Deed("发布", _ALL - {EntryStatus.PUBLISHED}, EntryStatus.PUBLISHED),
    "discard": Deed("放弃修改", frozenset({EntryStatus.DRAFT, EntryStatus.IN_REVIEW}), EntryStatus.PUBLISHED),
    "retire": Deed("停用", _ALL - {EntryStatus.RETIRED}, EntryStatus.RETIRED),
    "reopen": Deed("恢复为草稿", frozenset({EntryStatus.RETIRED}), EntryStatus.DRAFT),
}
# What else a history can hold: how an entry came to be.
ORIGINS = {"baseline": "原有内容", "create": "新建", "seed": "初始内容", "import": "导入", "supersede": "由新文件接替"}


def deed_label(deed: str) -> str:
    """The word staff read for a deed of the history."""
    return DEEDS[deed].label if deed in DEEDS else ORIGINS.get(deed, deed)


class KnowledgeError(Exception):
    """Something a curator can mend; the message is in Chinese and says how."""


class EntryNotFound(KnowledgeError):
    """No entry has this id."""

    def __init__(self, entry_id: str) -> None:
        super().__init__(f"没有编号为 {entry_id} 的条目")


class IllegalStatusChange(KnowledgeError):
    """The entry's status does not allow this step."""

    def __init__(self, current: EntryStatus, deed: str) -> None:
        super().__init__(f"“{current.label}”的条目不能{deed_label(deed)}")


class FourEyes(KnowledgeError):
    """Who wrote a text may not be the one who publishes it."""

    def __init__(self) -> None:
        super().__init__("这段内容是您自己写的，按规定要由另一位同事审核发布。请提交审核")


class RevisionNotFound(KnowledgeError):
    """The history has no such version."""

    def __init__(self, version: int) -> None:
        super().__init__(f"没有找到版本 {version}，请刷新后再看")


class VersionConflict(KnowledgeError):
    """Somebody else saved the entry in the meantime."""

    def __init__(self) -> None:
        super().__init__("这条内容刚被其他人修改过，请刷新后再改")


class InvalidEntry(KnowledgeError):
    """A field is missing or wrong; the message names it."""


def check_deed(current: EntryStatus, deed: str) -> None:
    """Raise IllegalStatusChange unless ``deed`` is allowed where the entry stands."""
    if current not in DEEDS[deed].allowed:
        raise IllegalStatusChange(current, deed)
