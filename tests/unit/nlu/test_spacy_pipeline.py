from nlu.spacy_pipeline import fingerprint, patterns, register
from nlu.vocabulary import TermGroup


def test_each_word_of_a_term_leads_to_its_kind_and_standard_name() -> None:
    assert patterns([TermGroup("certificate", ("居民户口簿", "户口本"))]) == [
        {"label": "certificate", "pattern": "居民户口簿", "id": "居民户口簿"},
        {"label": "certificate", "pattern": "户口本", "id": "居民户口簿"},
    ]


def test_a_word_of_two_terms_belongs_to_the_first() -> None:
    found = patterns([TermGroup("agency", ("甲", "丙")), TermGroup("facility", ("乙", "丙"))])
    assert [item["id"] for item in found if item["pattern"] == "丙"] == ["甲"]


def test_where_spacy_is_not_installed_the_module_can_be_used_all_the_same() -> None:
    register()
    assert fingerprint() == fingerprint()
    assert len(fingerprint()) == 16
