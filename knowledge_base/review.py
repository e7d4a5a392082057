"""What each deed does to an entry in memory. Transactions and revisions are the service's; see ``lifecycle.DEEDS``.

A published entry keeps its columns, which citizens read, while a change of it is written and reviewed in ``draft``.
"""

from __future__ import annotations

from knowledge_base.entry_form import EntryForm, working_columns
from knowledge_base.lifecycle import DEEDS, EntryStatus, FourEyes, IllegalStatusChange, InvalidEntry, check_deed
from knowledge_base.models import Entry


def stage(entry: Entry) -> EntryStatus:
    """Where the text that is being worked at stands: the waiting change of a published entry, or the entry."""
    return EntryStatus(entry.draft_status or entry.status)


def may(entry: Entry, deed: str) -> bool:
    """Whether the entry's status allows the deed; who does it is not looked at."""
    if deed == "discard" and entry.draft is None:
        return False
    return stage(entry) in DEEDS[deed].allowed


def wrote(entry: Entry, actor: str) -> bool:
    """Whether ``actor`` was the last to write what is not published yet."""
    return bool(entry.content_by) and same_person(entry.content_by, actor)


def same_person(one: str, other: str) -> bool:
    """Whether two signatures are of one account, whatever name it displayed."""
    return _person(one) == _person(other)


def edit(entry: Entry, form: EntryForm) -> None:
    """Other content: as a draft, or beside a published text as a change that waits."""
    if entry.status == EntryStatus.PUBLISHED:
        entry.draft, entry.draft_status = form.waiting(), EntryStatus.DRAFT
    else:
        _write(entry, form)
        entry.status = EntryStatus.DRAFT


def publish(entry: Entry, actor: str, *, four_eyes: bool) -> None:
    """The text worked at becomes what citizens get. Raises FourEyes if ``actor`` wrote it and that is not allowed."""
    check_deed(stage(entry), "publish")
    if four_eyes and wrote(entry, actor):
        raise FourEyes
    settle(entry)
    entry.status, entry.content_by = EntryStatus.PUBLISHED, ""


def submit(entry: Entry) -> None:
    """The text is ready for another person to look at."""
    check_deed(stage(entry), "submit")
    _stand(entry, EntryStatus.IN_REVIEW)


def send_back(entry: Entry, reason: str) -> None:
    """The text needs work; raises InvalidEntry without a reason."""
    check_deed(stage(entry), "return")
    if not reason.strip():
        raise InvalidEntry("请写明退回的理由，方便同事修改")
    _stand(entry, EntryStatus.DRAFT)


def discard(entry: Entry) -> None:
    """The published text stays as it is; the change is given up (the history keeps it)."""
    if entry.draft is None:
        raise IllegalStatusChange(stage(entry), "discard")
    entry.draft, entry.draft_status, entry.content_by = None, "", ""


def retire(entry: Entry) -> None:
    """Nobody gets the answer any more. A change that waits becomes the content, so that it is not lost."""
    check_deed(stage(entry), "retire")
    settle(entry)
    entry.status = EntryStatus.RETIRED


def reopen(entry: Entry) -> None:
    """From retirement back to the desk."""
    check_deed(stage(entry), "reopen")
    entry.status = EntryStatus.DRAFT


def _stand(entry: Entry, wanted: EntryStatus) -> None:
    if entry.draft is None:
        entry.status = wanted
    else:
        entry.draft_status = wanted


def settle(entry: Entry) -> None:
    """The change that waits, if there is one, becomes the content."""
    for name, value in working_columns(entry).items() if entry.draft is not None else ():
        setattr(entry, name, value)
    entry.draft, entry.draft_status = None, ""


def _write(entry: Entry, form: EntryForm) -> None:
    for name, value in form.columns().items():
        setattr(entry, name, value)


def _person(signature: str) -> str:
    """The username, which stays when a person's displayed name changes: 张敏（zhangmin） is zhangmin."""
    return signature.rpartition("（")[2].removesuffix("）")
