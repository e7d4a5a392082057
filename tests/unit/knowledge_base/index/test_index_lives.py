"""Whatever is published, saved, damaged and started again: both indexes hold what the database says, each phrase once."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from indexes import CountingEncoder, Process, entry

from knowledge_base.models import Entry
from knowledge_base.phrases import phrases_of

NAMES = st.sampled_from([f"hukou.s{place}" for place in range(9)])
TEXTS = st.sampled_from(["居住证办理", "身份证补领", "公积金提取", "出生登记", "营业执照", "老年证", "户口迁移"])
QUESTION = "居住证和身份证怎么办"
ALL = 10_000


class IndexLives(RuleBasedStateMachine):
    """The database is a dictionary here; two shapes of the vector index by the number of entries."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.database: dict[str, Entry] = {}
        self.process = Process(self.folder, cells_from=16)
        self.process.start([])

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @rule(name=NAMES, text=TEXTS)
    def publish(self, name: str, text: str) -> None:
        self.database[name] = entry(name, text)
        self.process.published.refresh([name], [self.database[name]])

    @rule(name=NAMES)
    def retire(self, name: str) -> None:
        self.database.pop(name, None)
        self.process.published.refresh([name], [])

    @rule(name=NAMES, text=TEXTS)
    def publish_unseen(self, name: str, text: str) -> None:
        """Another process publishes and this one is not told; it reads everything again when it can."""
        self.database[name] = entry(name, text)
        self.process.published.load(self.database.values())

    @rule()
    def save(self) -> None:
        self.process.keeper.save()

    @rule()
    def take_shape(self) -> None:
        self.process.dense.tend()

    @rule(changes=st.dictionaries(NAMES, TEXTS, max_size=3))
    def start_again(self, changes: dict[str, str]) -> None:
        """The process is killed; before it is started again others change the database."""
        self.database |= {name: entry(name, text) for name, text in changes.items()}
        self.process = Process(self.folder, cells_from=16)
        self.process.start(self.database.values())

    @rule(which=st.integers(0, 100), at=st.floats(0, 1))
    def damage(self, which: int, at: float) -> None:
        files = sorted(path for path in self.folder.rglob("*") if path.is_file() and path.name != ".lock")
        if files:
            path = files[which % len(files)]
            content = bytearray(path.read_bytes())
            if content:
                content[int(at * (len(content) - 1))] ^= 1
                path.write_bytes(content)
        self.start_again({})

    @invariant()
    def both_hold_what_is_published(self) -> None:
        encoder = CountingEncoder()
        question = encoder.encode([QUESTION])[0]
        phrases = [phrase for row in self.database.values() for phrase in phrases_of(row)]
        cosines = {
            (phrase.entry_id, phrase.kind): float(encoder.encode([phrase.text])[0] @ question) for phrase in phrases
        }
        found = self.process.dense.search(QUESTION, ALL)
        plain = {(phrase.entry_id, phrase.kind): score for phrase, score in found if phrase.kind != "whole"}
        assert plain == pytest.approx(cosines, abs=2e-3)
        assert sorted(phrase.entry_id for phrase, _ in found if phrase.kind == "whole") == sorted(self.database)
        assert len(found) == len(phrases) + len(self.database)
        words = self.process.lexical.search(QUESTION + "到窗口办理", ALL)
        assert len(words) == len({(hit.phrase.entry_id, hit.phrase.kind) for hit in words})
        assert {hit.phrase.entry_id for hit in words} == set(self.database)
        assert len(self.process.lexical) == len(phrases)


TestIndexLives = IndexLives.TestCase
TestIndexLives.settings = settings(max_examples=15, stateful_step_count=12, deadline=None)
