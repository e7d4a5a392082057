"""From what the importers give to what can be committed: sheets become entries, texts become documents with passages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from knowledge_base.importing.document_facts import recognise
from knowledge_base.importing.limits import Limits
from knowledge_base.importing.parts import ImportProblem, Parsed
from knowledge_base.importing.sheets import read_sheet
from knowledge_base.importing.staging import DocumentForm, Staged, StagedDocument, StagedPassage
from knowledge_base.importing.structure import cut


def fill_in(staged: Staged, parsed: Sequence[Parsed], topics: Mapping[str, str], topic: str, limits: Limits) -> None:
    """Add all that was read to ``staged``; ``topic`` is for rows and documents that name none."""
    for one in parsed:
        if one.blocks:
            staged.documents.append(_document(one, topic, limits))
        for sheet in one.sheets:
            entries, problems = read_sheet(sheet, topics, topic)
            before = f"{one.name} " if len(parsed) > 1 else ""
            staged.entries.extend(row.model_copy(update={"place": before + row.place}) for row in entries)
            staged.problems.extend(row.model_copy(update={"place": before + row.place}) for row in problems)
    if not (staged.entries or staged.documents or staged.problems):
        raise ImportProblem("文件里只有表头，没有内容")


def _document(parsed: Parsed, topic: str, limits: Limits) -> StagedDocument:
    facts = recognise(parsed.name, parsed.blocks)
    form = DocumentForm(
        title=facts.title,
        issuer=facts.issuer,
        number=facts.number,
        topic=topic,
        effective=facts.effective,
        expires=facts.expires,
    )
    pieces = cut(parsed.blocks, limits.passage_characters)
    passages = [StagedPassage(path=list(one.path), label=one.label, text=one.text) for one in pieces]
    return StagedDocument(source_name=parsed.name, form=form, passages=passages)
