from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from sqlalchemy.orm import Session, sessionmaker

from knowledge_base.calibration import Calibration
from knowledge_base.content_schema import ContentFile
from knowledge_base.embedding import Vectors
from knowledge_base.golden.gate import PublishGate
from knowledge_base.index.dense import DenseIndex
from knowledge_base.index.lexical import LexicalIndex
from knowledge_base.published import PublishedEntries
from knowledge_base.rates import CityBook, Rate
from knowledge_base.search import SearchRules
from knowledge_base.seed import seed
from knowledge_base.service import KnowledgeService
from knowledge_base.validity import today
from knowledge_base.vocabulary.service import VocabularyService
from knowledge_base.vocabulary.words import LiveVocabulary
from nlu.tokenizer import Tokenizer

PENSION_YEARS = {
    "label": "最低缴费年限",
    "source": "《决定》第二条",
    "values": [{"since": "2025-01-01", "value": "15年"}, {"since": "2030-01-01", "value": "15年6个月"}],
}
CITY = CityBook({"hall": {"name": "云州市政务服务中心"}}, {"pension_years": Rate.model_validate(PENSION_YEARS)}, today)


class HashedEncoder:
    """Terms hashed into 64 directions: not clever, but a real encoder, and made at once."""

    dimension = 64

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for term in self._tokenizer.encoder_terms(text):
                vectors[row, sum(term.encode()) % self.dimension] += 1
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.divide(vectors, norms, out=vectors, where=norms > 0)


def content() -> list[ContentFile]:
    def entry(slug: str, title: str, question: str, similar: list[str], **more: object) -> dict[str, object]:
        return {
            "id": f"hukou.{slug}",
            "kind": "entry",
            "title": title,
            "question": question,
            "similar": similar,
            "answer": f"{title}：请到{{hall.name}}办理，带上身份证，当天就能办好。",
            "legal_basis": [{"title": "户口登记条例", "issuer": "全国人大常委会"}],
            "effective": date(2020, 1, 1),
            **more,
        }

    rows = [
        entry(
            "birth",
            "出生登记",
            "孩子怎么上户口？",
            ["娃上户口", "新生儿落户", "小孩户口怎么报", "刚出生的宝宝入户", "给孩子报户口", "婴儿落户流程"],
            aliases=["新生儿上户口"],
            related=["hukou.move"],
        ),
        entry(
            "move",
            "户口迁移",
            "户口怎么迁过来？",
            ["迁户口", "把户口迁到云州", "户口迁移证", "落户云州要什么", "外地户口转过来", "调户口"],
        ),
        entry(
            "lost",
            "身份证补领",
            "身份证丢了怎么办？",
            ["补办身份证", "身份证不见了", "身份证遗失", "重新办身份证", "身份证掉了", "身份证挂失"],
        ),
    ]
    return [ContentFile.model_validate({"topic": "hukou", "entries": rows})]


@pytest.fixture
def knowledge(sessions: sessionmaker[Session]) -> KnowledgeService:
    seed(sessions, content())
    tokenizer = Tokenizer()
    lexical, dense = LexicalIndex(tokenizer), DenseIndex(HashedEncoder(tokenizer))
    published = PublishedEntries(lexical, dense, tokenizer, CITY, {"hukou": "户籍与身份证"})
    live = LiveVocabulary()
    rules = SearchRules(Calibration(), 0.6, 0.2, live)
    gate = PublishGate(sessions, lexical, dense, published, rules, region="", clock=today)
    service = KnowledgeService(
        sessions,
        published,
        rules.searcher(lexical, dense, published),
        CITY,
        clock=today,
        gate=gate,
        vocabulary=VocabularyService(
            sessions,
            live,
            lambda other: replace(rules, vocabulary=other).searcher(lexical, dense, published),
            gate,
        ),
    )
    service.load()
    return service
