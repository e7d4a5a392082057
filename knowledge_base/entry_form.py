"""What a curator writes about an entry, checked, and its way into the columns of the table and back."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from knowledge_base.aspects import Points
from knowledge_base.content_schema import LONGEST_SUMMARY_EN, LONGEST_TITLE_EN, EntryKind, LegalBasis, ServiceFacts
from knowledge_base.details import Details
from knowledge_base.lifecycle import InvalidEntry
from knowledge_base.models import Entry

FIELD_LABELS = {
    "topic": "主题",
    "kind": "类型",
    "title": "标题",
    "question": "标准问",
    "similar": "相似问",
    "aliases": "别名",
    "answer": "答案",
    "title_en": "英文标题",
    "summary_en": "英文摘要",
    "facts": "办事要素（条件、材料、步骤、时限、费用、地点、线上入口都要填）",
    "points": "分方面的要点",
    "details": "细问细答",
    "legal_basis": "依据",
    "confirm": "需当地确认的内容",
    "related": "相关条目",
    "effective": "生效日期",
    "expires": "失效日期",
    "region": "适用地区",
    "owner": "负责人",
}


class EntryForm(BaseModel):
    """What a curator writes; the same shapes as in the content files.

    ``region`` is a code of GB/T 2260 or empty (everywhere), ``owner`` a username or empty.
    """

    model_config = ConfigDict(extra="forbid")

    topic: str = Field(min_length=2)
    kind: EntryKind = "entry"
    title: str = Field(min_length=2, max_length=80)
    question: str = Field(min_length=2, max_length=200)
    similar: list[str] = []
    aliases: list[str] = []
    answer: str = Field(min_length=2, max_length=5000)
    title_en: str = Field("", max_length=LONGEST_TITLE_EN)
    summary_en: str = Field("", max_length=LONGEST_SUMMARY_EN)
    facts: ServiceFacts | None = None
    points: Points = {}
    details: Details = []
    legal_basis: list[LegalBasis] = []
    confirm: list[str] = []
    related: list[str] = []
    effective: date | None = None
    expires: date | None = None
    region: str = Field("", pattern=r"^(\d{6})?$")
    owner: str = Field("", max_length=40)

    @classmethod
    def parse(cls, data: dict[str, Any]) -> EntryForm:
        """Check what came from a page or an API; raises InvalidEntry that names the fields in Chinese."""
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            wrong = "、".join(sorted({FIELD_LABELS.get(str(e["loc"][0]), str(e["loc"][0])) for e in error.errors()}))
            raise InvalidEntry(f"请检查这些内容：{wrong}") from error

    def columns(self) -> dict[str, Any]:
        """Values for the columns of ``Entry``; phrasings each once, without blanks around them."""
        columns = self.model_dump(exclude={"facts", "details", "legal_basis"})
        columns["facts"] = self.facts.model_dump() if self.facts else {}
        columns["details"] = [detail.model_dump(mode="json") for detail in self.details]
        columns["legal_basis"] = [basis.model_dump() for basis in self.legal_basis]
        columns["similar"] = list(dict.fromkeys(text.strip() for text in self.similar if text.strip()))
        columns["aliases"] = list(dict.fromkeys(text.strip() for text in self.aliases if text.strip()))
        return columns

    def waiting(self) -> dict[str, Any]:
        """The columns as JSON, for ``Entry.draft``."""
        dates = {"effective": self.effective, "expires": self.expires}
        return self.columns() | {name: day.isoformat() if day else None for name, day in dates.items()}


def working_columns(entry: Entry) -> dict[str, Any]:
    """What an editor goes on with: the change that waits for publication, or else the content itself."""
    columns = {name: getattr(entry, name) for name in EntryForm.model_fields}
    if entry.draft is None:
        return columns
    # A draft that is older than a field leaves it as it is.
    dates = {name: date.fromisoformat(entry.draft[name]) for name in ("effective", "expires") if entry.draft.get(name)}
    return {**columns, **entry.draft, "effective": None, "expires": None, **dates}
