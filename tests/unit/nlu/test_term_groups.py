from pathlib import Path

from nlu.tokenizer import Tokenizer
from nlu.vocabulary import lexicon_words, named_things, service_items, synonym_groups

CATALOGUE = """
topic: marriage
services:
  - {id: m.one, name: 结婚登记（含涉外）, agency: 民政局, also: [领结婚证, 扯证, 结婚要带什么], asks: [我想结婚要带什么]}
  - {id: m.two, name: 收养, agency: 民政局, also: [12345678], asks: [想收养一个孩子]}
"""


def test_there_are_more_than_a_thousand_groups_of_words_each_with_a_topic() -> None:
    groups = synonym_groups()
    assert len(groups) >= 1000
    assert all(group.label and len(group.words) >= 2 for group in groups)


def test_all_kinds_of_named_things_are_there() -> None:
    kinds = {group.label for group in named_things()}
    assert kinds >= {"agency", "certificate", "material", "facility", "event", "benefit", "group"}


def test_the_tokenizer_keeps_names_whole_and_cuts_phrases() -> None:
    words = Tokenizer().words("去市场监督管理局补营业执照")
    assert "市场监督管理局" in words
    assert "营业执照" in words
    assert len(max(lexicon_words(), key=len)) <= 8


def test_services_are_called_by_official_and_listed_names_of_four_characters_and_more(tmp_path: Path) -> None:
    (tmp_path / "marriage.yml").write_text(CATALOGUE, encoding="utf-8")
    (tmp_path / "law_family.yml").write_text("topic: law\nmatters: []\n", encoding="utf-8")
    assert [(group.label, group.words) for group in service_items(tmp_path)] == [
        ("service_item", ("结婚登记（含涉外）", "结婚登记", "领结婚证")),
        ("service_item", ("收养", "12345678")),
    ]


def test_the_tokenizer_is_not_taught_the_names_of_services() -> None:
    known = {word for group in (*named_things(), *synonym_groups()) for word in group.words}
    names = {word for group in service_items() for word in group.words if len(word) >= 4} - known
    assert len(names) >= 1000
    assert not names & set(lexicon_words())
