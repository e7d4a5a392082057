from nlu.tokenizer import Tokenizer
from nlu.vocabulary import lexicon_words, named_things, synonym_groups


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
