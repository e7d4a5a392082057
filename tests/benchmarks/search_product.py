"""The whole search of the product at any size: the same objects as in the app, and a database for what is published."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bot.database import create_database_engine, create_session_factory
from bot.migrate import migrate
from bot.settings import Settings
from bot.setup_steps import SetupError, find_encoder
from knowledge_base.content_schema import load_city, load_yaml
from knowledge_base.entry_form import EntryForm
from knowledge_base.golden.gate import PublishGate
from knowledge_base.index.dense import DenseIndex
from knowledge_base.index.lexical import LexicalIndex
from knowledge_base.models import Entry
from knowledge_base.published import PublishedEntries
from knowledge_base.search import SearchRules
from knowledge_base.seed import seed
from knowledge_base.service import KnowledgeService
from knowledge_base.trained_encoder import TrainedEncoder
from knowledge_base.validity import today
from knowledge_base.vocabulary.service import VocabularyService
from knowledge_base.vocabulary.words import LiveVocabulary
from nlu.tokenizer import Tokenizer
from tests.benchmarks.search_measure import timed
from tests.benchmarks.search_texts import TEXTS_AN_ENTRY, entries

AUTHOR = "bench"


def trained_encoder() -> TrainedEncoder:
    """The encoder of the present content."""
    trained = find_encoder(Settings())
    if trained is None:
        raise SetupError("The sentence encoder is not trained for the present content. Run: wenzheng train")
    return trained


class Product:
    """The knowledge base, its database in ``folder``."""

    def __init__(self, folder: Path) -> None:
        settings = Settings()
        dsn = f"sqlite:///{folder / 'bench.db'}"
        migrate(dsn)
        self._engine = create_database_engine(dsn)
        sessions = create_session_factory(self._engine)
        seed(sessions, [])
        cutter = Tokenizer()
        encoder, calibration = trained_encoder().load(cutter)
        self.lexical, self.dense = LexicalIndex(cutter), DenseIndex(encoder)
        city = load_city(settings.content_dir / "city.yml")
        topics = load_yaml(settings.content_dir / "topics.yml")
        self.published = PublishedEntries(self.lexical, self.dense, cutter, city, topics)
        live = LiveVocabulary()
        rules = SearchRules(calibration, settings.answer_threshold, settings.clarify_threshold, live)
        indexes = self.lexical, self.dense, self.published
        gate = PublishGate(sessions, *indexes, rules, region="", clock=today)
        self.searcher = rules.searcher(*indexes)
        vocabulary = VocabularyService(sessions, live, lambda _: self.searcher, gate, region="", four_eyes=False)
        self.knowledge = KnowledgeService(
            sessions, self.published, self.searcher, city, gate=gate, vocabulary=vocabulary
        )
        self._topic = next(iter(topics))

    def build(self, size: int, progress: Callable[[float], None]) -> None:
        """Publish so many texts, as at a start that finds nothing saved; ``progress`` is told what share is done."""
        self.published.load(entries(size // TEXTS_AN_ENTRY), progress)

    def search(self, question: str) -> object:
        """As the chat asks."""
        return self.knowledge.search(question)

    def publish(self, number: int) -> float:
        """Milliseconds from pressing 发布 on a changed entry until a question of its own is answered by it."""
        entry = self.knowledge.create(self._form(f"样例事项{number}"), actor=AUTHOR)
        self.knowledge.publish(entry.id, actor=AUTHOR)
        changed = self.knowledge.save(entry.id, self._form(f"新样例{number}"), actor=AUTHOR, expected_version=2)
        return timed(lambda: self._publish_until_found(changed, f"新样例{number}办理条件"))

    def _publish_until_found(self, entry: Entry, question: str) -> None:
        self.knowledge.publish(entry.id, actor=AUTHOR, expected_version=entry.version)
        while not any(hit.entry_id == entry.id for hit in self.knowledge.search(question).hits):
            time.sleep(0.001)

    def _form(self, name: str) -> EntryForm:
        asked = [f"{name}办理条件", f"{name}要多久", f"怎么申请{name}", f"{name}收费吗"]
        return EntryForm(
            topic=self._topic,
            title=name,
            question=f"{name}怎么办？",
            similar=asked,
            answer=f"{name}请到政务服务大厅办理。",
        )

    def keep_golden(self, questions: Sequence[str]) -> None:
        """Give the gate questions to ask before every publish, and let it ask them once."""
        entry = self.knowledge.create(self._form("必答事项"), actor=AUTHOR)
        self.knowledge.publish(entry.id, actor=AUTHOR)
        self.knowledge.golden.add(entry.id, list(questions), actor=AUTHOR)
        self.knowledge.golden_verdicts()

    def close(self) -> None:
        """Release the database."""
        self._engine.dispose()
