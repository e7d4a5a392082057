"""What in an entry does not keep to the data standards, field by field, with the fix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from knowledge_base.content_schema import strings
from knowledge_base.standards.codes import wrong_codes
from knowledge_base.standards.words import names_for
from nlu.entities.division import divisions, find_divisions

Severity = Literal["advice", "impossible"]
# Which standard names count in a field. Questions, phrasings and aliases are not here: they are how citizens speak.
FIELDS: dict[str, tuple[str, ...]] = {
    "title": ("shown",),
    "answer": ("shown",),
    "title_en": ("shown",),
    "summary_en": ("shown",),
    "confirm": ("shown",),
    "facts.conditions": ("shown", "facts"),
    "facts.materials": ("shown", "facts", "materials"),
    "facts.steps": ("shown", "facts"),
    "facts.time_limit": ("shown",),
    "facts.fee": ("shown",),
    "facts.where": ("shown", "facts"),
    "facts.online": ("shown",),
    "points": ("shown",),
    "details": ("shown",),
    "legal_basis": ("issuer",),
}


@dataclass(frozen=True)
class Finding:
    """``found`` in a ``field`` should be ``fix`` (empty: none can be offered), and ``why``. Impossible ones are not saved.

    Fields of the facts are named ``facts.materials``; ``legal_basis`` stands for who issued it.
    """

    field: str
    found: str
    why: str
    fix: str = ""
    severity: Severity = "advice"


def check_entry(values: Mapping[str, Any], city: str = "") -> list[Finding]:
    """Findings of an entry as it stands in a form, each word once a field; ``city`` is the city's own code (GB/T 2260)."""
    found = [one for field in FIELDS for one in check_field(field, text_of(values, field))]
    return [*found, *check_region(str(values.get("region") or ""), city)]


def impossible(values: Mapping[str, Any]) -> Finding | None:
    """The first finding that may not be saved; names and divisions are not looked at, for a file may have many entries."""
    found = (one for field in FIELDS if field != "legal_basis" for one in _codes(field, text_of(values, field)))
    return next((one for one in found if one.severity == "impossible"), None)


def check_field(field: str, text: str) -> list[Finding]:
    """Findings of one field's text."""
    found = [Finding(field, match.group(), name.why, name.to) for match, name in names_for(*FIELDS[field]).find(text)]
    if field != "legal_basis":
        found += _former_divisions(field, text)
        found += _codes(field, text)
    return list(dict.fromkeys(found))


def check_region(code: str, city: str) -> Iterator[Finding]:
    """Whether a code of GB/T 2260 is in use, and whether anybody in the city would get what holds there."""
    table = divisions()
    if code in table and not table.is_current(code):
        yield Finding("region", code, f"{table.name(code)}的代码已停用，请改用现在的代码")
    elif code and city and code != city and not table.contains(code, city) and not table.contains(city, code):
        name = table.name(code)
        if name:
            yield Finding("region", code, f"{name}不在本市范围内，本市市民查不到这条内容")


def fixed(finding: Finding, text: str) -> str:
    """The field's text with the fix in it."""
    return names_for(*FIELDS[finding.field]).replace(text, finding.found) if finding.fix else text


def text_of(values: Mapping[str, Any], field: str) -> str:
    """What stands in a field, lists one item a line and points too; of details the answers, of the legal basis its issuers."""
    if field == "legal_basis":
        return "\n".join(str(row.get("issuer") or "") for row in values.get("legal_basis") or ())
    if field == "details" and not isinstance(values.get(field), str):
        # What people asked is how citizens speak; in the console's field all of it is one text.
        return "\n".join(f"{row.get('text') or ''}{row.get('source') or ''}" for row in values.get("details") or ())
    outer, _, inner = field.partition(".")
    value = (values.get(outer) or {}).get(inner) if inner else values.get(outer)
    if isinstance(value, Mapping):
        value = list(strings(value))
    return "\n".join(value) if isinstance(value, Sequence) and not isinstance(value, str) else str(value or "")


def _codes(field: str, text: str) -> list[Finding]:
    return [
        Finding(field, one.text, one.why, severity="impossible" if one.impossible else "advice")
        for one in wrong_codes(text)
    ]


def _former_divisions(field: str, text: str) -> Iterator[Finding]:
    table = divisions()
    for span in find_divisions(text):
        if span.value and not table.is_current(span.value) and table.name(span.value) == span.text:
            yield Finding(field, span.text, "这个行政区划已经撤销或更名（GB/T 2260），请核对")
