from pathlib import Path

import pytest
from sqlalchemy.orm import Session, sessionmaker

from knowledge_base.documents import DocumentService
from knowledge_base.importing.reading import read
from knowledge_base.importing.service import ImportPreview, ImportResult, ImportService
from knowledge_base.service import KnowledgeService

TOPICS = {"hukou": "户籍与身份证", "residence_permit": "居住证"}


class Desk:
    """Imports as lin does them: preview, then commit."""

    def __init__(self, service: ImportService) -> None:
        self.service = service

    def preview(self, name: str, data: bytes) -> ImportPreview:
        return self.service.preview(name, data, topic="hukou", actor="lin")

    def bring(self, name: str, data: bytes, *, only_valid: bool = False) -> ImportResult:
        return self.service.commit(self.preview(name, data).token, actor="lin", only_valid=only_valid)


@pytest.fixture
def imports(sessions: sessionmaker[Session], knowledge: KnowledgeService, tmp_path: Path) -> Desk:
    return Desk(ImportService(sessions, knowledge.check, TOPICS, tmp_path / "imports", read=read))


@pytest.fixture
def documents(sessions: sessionmaker[Session], knowledge: KnowledgeService) -> DocumentService:
    return DocumentService(sessions, knowledge)
