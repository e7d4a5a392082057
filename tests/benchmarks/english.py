"""English questions against the product's search over the content files: ``python -m tests.benchmarks.english [PART ...]``.

Nothing need run; the knowledge base stands in a folder that is thrown away. Of the part that was never tuned on the table alone
is printed, so that nobody reads what it misses.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from bot.container import build_knowledge, build_storage
from bot.settings import Settings, get_settings
from bot.setup_steps import prepare_database
from knowledge_base.content_schema import load_city, load_yaml
from knowledge_base.service import KnowledgeService
from nlu.english import is_english, to_search_words

QUESTIONS = Path(__file__).with_name("english_questions.yml")
PARTS = ("development", "later", "held_out")
NOT_READ = "held_out"
LIMIT = 10
SECRET = "only for measuring, thrown away with the folder"


@dataclass(frozen=True)
class Asked:
    """One question: what it was searched by, the entries found, best first, and what is done with the best."""

    text: str
    words: str
    right: str
    found: tuple[str, ...]
    band: str

    @property
    def outright(self) -> bool:
        """Whether it is answered without asking back."""
        return self.band == "answer"

    def within(self, count: int) -> bool:
        """Whether the right entry is among the first so many."""
        return self.right in self.found[:count]


@dataclass(frozen=True)
class Measured:
    """Shares of one part of the questions."""

    questions: int
    english: float
    recall_at_1: float
    recall_at_3: float
    outright: float
    outright_right: float

    @classmethod
    def of(cls, asked: list[Asked]) -> Measured:
        """``english``: taken for English; ``outright_right``: of those answered outright, by the right entry."""
        count, outright = len(asked), [one for one in asked if one.outright]
        return cls(
            questions=count,
            english=sum(is_english(one.text) for one in asked) / count,
            recall_at_1=sum(one.within(1) for one in asked) / count,
            recall_at_3=sum(one.within(3) for one in asked) / count,
            outright=len(outright) / count,
            outright_right=sum(one.within(1) for one in outright) / max(1, len(outright)),
        )


def knowledge_in(folder: Path, settings: Settings) -> KnowledgeService:
    """The content files as the product searches them, with a database of its own in the folder."""
    own = settings.model_copy(
        update={
            "data_dir": folder,
            "database_url": SecretStr(""),
            "secret_key": SecretStr(SECRET),
            "model_dir": settings.models,
        }
    )
    prepare_database(own)
    city = load_city(own.content_dir / "city.yml")
    return build_knowledge(build_storage(own), city, load_yaml(own.content_dir / "topics.yml"))


def ask(knowledge: KnowledgeService, part: str, path: Path = QUESTIONS) -> list[Asked]:
    """Every question of one part, searched by its Chinese words."""
    asked = []
    for row in load_yaml(path)[part]:
        words = to_search_words(row["text"])
        result = knowledge.search(words, limit=LIMIT) if words else None
        found = tuple(hit.entry_id for hit in result.hits) if result else ()
        asked.append(Asked(row["text"], words, row["entry"], found, result.band if result else "unknown"))
    return asked


def main(arguments: list[str]) -> int:
    """Print the table of the parts, of all where none is named, and what was missed or not answered outright."""
    parts = arguments or PARTS
    with tempfile.TemporaryDirectory() as folder:
        knowledge = knowledge_in(Path(folder), get_settings())
        asked = {part: ask(knowledge, part) for part in parts}
    print("| questions | taken for English | recall@1 | recall@3 | answered outright | of these rightly |")
    print("|---|---|---|---|---|---|")
    for part, rows in asked.items():
        now = Measured.of(rows)
        shares = (now.english, now.recall_at_1, now.recall_at_3, now.outright, now.outright_right)
        print(f"| {now.questions} {part} | {' | '.join(f'{share:.3f}' for share in shares)} |")
    for one in (one for part, rows in asked.items() if part != NOT_READ for one in rows):
        if not one.within(1) or not one.outright:
            print(f"{one.right}: {one.text}\n  {one.words} → {one.band} {' '.join(one.found[:3])}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
