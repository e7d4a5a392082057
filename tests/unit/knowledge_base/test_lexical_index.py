import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.index.engine import DamagedIndex
from knowledge_base.index.lexical import LexicalHit, LexicalIndex
from knowledge_base.phrases import Phrase
from nlu.tokenizer import Tokenizer

TOKENIZER = Tokenizer()
TEXTS = [
    "居住证怎么办",
    "居住证续签",
    "身份证丢了",
    "身份证补领要带什么",
    "公积金提取",
    "租房提取公积金",
    "A B",
    "！？",
]
KINDS = ("title", "question", "answer")
ENTRIES = st.sampled_from([f"topic.n{number}" for number in range(5)])
PHRASES = st.builds(Phrase, ENTRIES, st.sampled_from(KINDS), st.sampled_from(TEXTS), st.booleans())
CHANGES = st.lists(st.tuples(st.lists(ENTRIES, max_size=2), st.lists(PHRASES, max_size=4)), max_size=6)
QUESTIONS = ("居住证", "身份证补领", "提取公积金要带什么")


def index_of(*phrases: Phrase) -> LexicalIndex:
    index = LexicalIndex(TOKENIZER)
    index.replace([], phrases)
    return index


def found(index: LexicalIndex, question: str) -> dict[Phrase, tuple[float, ...]]:
    hits = index.search(question, 40)
    return {hit.phrase: (round(hit.coverage, 9), round(hit.contained, 9), round(hit.rarity, 9)) for hit in hits}


def by_hand(phrases: list[Phrase], question: str) -> dict[Phrase, tuple[float, ...]]:
    """Every phrase that shares a term, weighed one term after the other."""
    terms = [(phrase, set(TOKENIZER.terms(phrase.text))) for phrase in phrases]

    def tells(words: set[str]) -> float:
        counts = ((word, sum(word in have for _, have in terms)) for word in words)
        return sum(
            math.log(1 + (len(terms) - n + 0.5) / (n + 0.5)) * (0.5 if word.startswith("#") else 1)
            for word, n in counts
        )

    asked, rarest = set(TOKENIZER.terms(question)), math.log(1 + (len(terms) - 0.5) / 1.5)
    return {
        phrase: tuple(round(tells(asked & have) / whole, 9) for whole in (tells(asked), tells(have), rarest))
        for phrase, have in terms
        if asked & have
    }


@settings(max_examples=40, deadline=None)
@given(CHANGES)
def test_any_order_of_changes_is_found_as_if_counted_by_hand_and_survives_saving(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[list[str], list[Phrase]]]
) -> None:
    index, known = LexicalIndex(TOKENIZER), dict[str, list[Phrase]]()
    for gone, phrases in changes:
        index.replace(gone, phrases)
        known = {name: rows for name, rows in known.items() if name not in {*gone, *(one.entry_id for one in phrases)}}
        for phrase in phrases:
            known.setdefault(phrase.entry_id, []).append(phrase)
    folder = tmp_path_factory.mktemp("lexical")
    index.save(folder)
    loaded = LexicalIndex(TOKENIZER)
    loaded.load(folder)

    everything = [phrase for rows in known.values() for phrase in rows]
    assert len(index) == len(loaded) == len(everything)
    for question in QUESTIONS:
        assert found(index, question) == found(loaded, question) == by_hand(everything, question)


def test_rare_shared_terms_come_first() -> None:
    index = index_of(*(Phrase(f"t.n{n}", "question", text) for n, text in enumerate(TEXTS)))
    hits = index.search("租房提取", 40)
    assert hits[0].phrase.text == "租房提取公积金"
    assert [hit.bm25 for hit in hits] == sorted((hit.bm25 for hit in hits), reverse=True)


def test_what_a_change_would_do_is_seen_before_it_is_made() -> None:
    phrases = [Phrase(f"t.n{n}", "question", text) for n, text in enumerate(TEXTS)]
    index, new = index_of(*phrases), [Phrase("t.n0", "question", "居住证签注在哪里")]
    before = found(index, "居住证签注")

    changed = index.changed(["t.n0", "t.n1"], new)

    rehearsed = {
        hit.phrase: tuple(round(value, 9) for value in (hit.coverage, hit.contained, hit.rarity))
        for hit in changed.search("居住证签注", 40)
    }
    assert found(index, "居住证签注") == before
    index.replace(["t.n0", "t.n1"], new)
    assert rehearsed == found(index, "居住证签注")
    assert [hit.phrase for hit in changed.new(frozenset(TOKENIZER.terms("签注")))] == new


def test_a_loaded_index_goes_on_from_there(tmp_path: Path) -> None:
    index_of(Phrase("t.a", "question", "租房提取公积金"), Phrase("t.b", "question", "身份证丢了")).save(tmp_path)
    index = LexicalIndex(TOKENIZER)
    index.load(tmp_path)

    index.replace(["t.a"], [Phrase("t.c", "alias", "暂住证")])

    assert not index.search("公积金", 5)
    assert [hit.phrase.entry_id for hit in index.search("暂住", 5)] == ["t.c"]
    assert [hit.phrase.entry_id for hit in index.search("身份证丢了", 5)] == ["t.b"]


def test_many_changes_keep_memory_of_the_living_only_once_saved(tmp_path: Path) -> None:
    index = LexicalIndex(TOKENIZER)
    for number in range(30):
        index.replace(["t.a"], [Phrase("t.a", "answer", f"第{number}次改过的答案")])
    index.save(tmp_path)
    assert len(np.load(tmp_path / "kinds.npy")) == 1
    assert "29" in (tmp_path / "vocabulary.txt").read_text(encoding="utf-8")
    assert "28" not in (tmp_path / "vocabulary.txt").read_text(encoding="utf-8")


def test_a_first_filling_is_found_together_at_its_end() -> None:
    index = LexicalIndex(TOKENIZER)
    with index.filling():
        index.replace([], [Phrase("t.a", "question", "租房提取公积金")])
        index.replace([], [Phrase("t.b", "question", "身份证丢了")])
        assert not index.search("身份证丢了", 5)
    assert [hit.phrase.entry_id for hit in index.search("身份证丢了", 5)] == ["t.b"]


def test_what_can_be_found_is_never_away_while_more_is_filled_in() -> None:
    index = index_of(Phrase("t.a", "question", "租房提取公积金"))
    with index.filling():
        index.replace(["t.a"], [Phrase("t.a", "question", "租房怎么提取公积金")])
        assert [hit.phrase.text for hit in index.search("提取公积金", 5)] == ["租房怎么提取公积金"]


FILES = (
    "entries.json", "kinds.npy", "firsts.npy", "texts.npy", "text_ends.npy", "terms.npy", "term_ends.npy", "vocabulary.txt",
)  # fmt: skip


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("harm", ["missing", "cut", "empty"])
def test_a_damaged_file_is_told_and_nothing_is_loaded(tmp_path: Path, name: str, harm: str) -> None:
    index_of(*(Phrase(f"t.n{n}", "question", text) for n, text in enumerate(TEXTS))).save(tmp_path)
    damaged = tmp_path / name
    if harm == "missing":
        damaged.unlink()
    else:
        damaged.write_bytes(damaged.read_bytes()[:-3] if harm == "cut" else b"")
    index = LexicalIndex(TOKENIZER)

    with pytest.raises(DamagedIndex, match=str(tmp_path)):
        index.load(tmp_path)

    assert len(index) == 0


def test_all_files_of_a_saved_index_are_known_here(tmp_path: Path) -> None:
    index_of(Phrase("t.a", "question", "居住证怎么办")).save(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(FILES)


def test_nothing_in_common_is_no_hit() -> None:
    index = index_of(Phrase("t.a", "question", "居住证怎么办"))
    assert index.search("！？", 5) == index.search("火星", 5) == []
    assert isinstance(index.search("居住证", 5)[0], LexicalHit)
