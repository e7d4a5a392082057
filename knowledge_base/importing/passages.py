"""A document's passages as entries: 《…》第十二条, its text, and the document as its source."""

from __future__ import annotations

import re

from knowledge_base.content_schema import LegalBasis
from knowledge_base.entry_form import EntryForm
from knowledge_base.importing.staging import DocumentForm, Problem, StagedDocument, StagedPassage
from knowledge_base.importing.structure import PREAMBLE
from knowledge_base.importing.structure_marks import ARTICLE, ITEM, SUB_ITEM
from knowledge_base.lifecycle import InvalidEntry
from knowledge_base.phrases import PASSAGE, sentences

TITLE_CHARACTERS, LABEL_CHARACTERS = 80, 40
_MARK = re.compile(rf"^(?:{ARTICLE.pattern}|{ITEM.pattern}|{SUB_ITEM.pattern})[\s　]*")


def passage_forms(document: StagedDocument) -> tuple[list[EntryForm], list[Problem]]:
    """One entry a passage, their titles all different; a passage that cannot be one is a problem."""
    problems = _missing(document)
    if problems:
        return [], problems
    forms: list[EntryForm] = []
    taken: set[str] = set()
    for number, passage in enumerate(document.passages, start=1):
        title = _title(document.form.title, _label(passage, number), taken)
        taken.add(title)
        try:
            forms.append(_form(document.form, passage, title))
        except InvalidEntry as error:
            reason = f"{error}（一条答案最多 5000 字）" if len(passage.text) > 5000 else str(error)
            problems.append(Problem(place=title, reason=reason))
    return forms, problems


def _missing(document: StagedDocument) -> list[Problem]:
    form = document.form
    wanted = [("标题", form.title, "没有认出标题"), ("发布机关", form.issuer, "没有认出发布机关")]
    problems = [
        Problem(place=document.source_name, column=column, reason=f"{reason}，请填写")
        for column, value, reason in wanted
        if len(value.strip()) < 2
    ]
    if form.effective and form.expires and form.expires <= form.effective:
        problems.append(Problem(place=document.source_name, column="失效日期", reason="失效日期应晚于生效日期"))
    return problems


def _label(passage: StagedPassage, number: int) -> str:
    heading = passage.path[-1] if passage.path else ""
    if passage.label and not passage.label.startswith("（"):
        return passage.label[:LABEL_CHARACTERS]
    return (heading + passage.label)[:LABEL_CHARACTERS] or f"第{number}部分"


def _title(document: str, label: str, taken: set[str]) -> str:
    count = 1
    while True:
        again = f"（{count}）" if count > 1 else ""
        room = TITLE_CHARACTERS - len(label) - len(again) - 2
        short = document if len(document) <= room else document[: room - 1] + "…"
        title = f"《{short}》{label}{again}"
        if title not in taken:
            return title
        count += 1


def _form(document: DocumentForm, passage: StagedPassage, title: str) -> EntryForm:
    article = passage.label if passage.label.startswith("第") else ""
    basis = LegalBasis(
        title=document.title,
        issuer=document.issuer,
        number=document.number,
        article=article,
        effective=document.effective,
    )
    # A passage is found by its sentences, one phrase each, as other entries are by the questions that staff write.
    found = [] if passage.label == PREAMBLE else sentences(passage.text, _bare)
    return EntryForm.parse(
        {
            "topic": document.topic,
            "kind": PASSAGE,
            "title": title,
            "question": found[0] if found else title,
            "similar": found[1:],
            "answer": passage.text,
            "legal_basis": [basis.model_dump()],
            "effective": document.effective,
            "expires": document.expires,
            "region": document.region,
        }
    )


def _bare(sentence: str) -> str:
    """Without 第十二条 and （一） before it."""
    return _MARK.sub("", sentence.strip()).strip(" 　：:")
