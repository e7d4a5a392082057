"""Which detail of an entry a question asks for, and the card that answers it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions.answered import answer_card_for, with_details
from actions.detail_finder import DetailFinder, DetailsAsked, load_weights
from knowledge_base.details import Detail
from knowledge_base.results import PublishedEntry
from nlu.encoder.pretrained import load_pretrained
from tests.unit.actions.conftest import entry

ALONE = Detail(
    asked=("老公在工地回不来我一个人去补行吗",), text="不行，补领要两个人一起到场。", source="《婚姻登记条例》第十四条"
)
LOST = Detail(asked=("离婚了结婚证还要不要补",), text="不用补，已经离婚的凭离婚证。")
FEE = Detail(asked=("补个本子收不收工本费",), text="不收费。")


@pytest.fixture
def item() -> PublishedEntry:
    return replace(entry("marriage.reissue", "补领结婚证"), details=(ALONE, LOST, FEE))


@pytest.fixture
def finder() -> DetailFinder:
    return DetailFinder(load_pretrained(("use",)))


@pytest.mark.parametrize(
    ("said", "right"),
    [("我爱人在外地打工 我自己去补办可以吧", ALONE), ("已经离了还用补吗", LOST), ("补本子要工本费不", FEE)],
)
def test_the_detail_that_says_it_in_other_words_is_the_likeliest(
    finder: DetailFinder, item: PublishedEntry, said: str, right: Detail
) -> None:
    shares = finder.probabilities(said, item)
    assert item.details[shares.index(max(shares))] == right


def test_the_very_words_are_found_for_sure(finder: DetailFinder, item: PublishedEntry) -> None:
    assert finder.find(ALONE.asked[0], item).details[0] == ALONE


def test_who_asks_of_the_matter_in_general_asks_for_no_detail(finder: DetailFinder, item: PublishedEntry) -> None:
    assert finder.find(item.question, item) == finder.find(item.title, item) == DetailsAsked()


def test_words_alone_are_compared_where_there_is_no_encoder(item: PublishedEntry) -> None:
    shares = DetailFinder().probabilities(FEE.asked[0], item)
    assert shares.index(max(shares)) == 2


def test_an_entry_that_was_changed_is_looked_at_anew(finder: DetailFinder, item: PublishedEntry) -> None:
    assert len(finder.probabilities("收费吗", item)) == 3
    assert len(finder.probabilities("收费吗", replace(item, details=(FEE,)))) == 1


def test_a_detail_stands_above_the_answer_with_its_own_source_first(item: PublishedEntry) -> None:
    card = with_details(answer_card_for(item, []), item, DetailsAsked([ALONE]), whole=True)
    assert card.text == f"{ALONE.text}\n{item.answer}"
    assert (card.sources[0].title, card.sources[0].article) == ("婚姻登记条例", "第十四条")
    assert len(card.sources) > 1


def test_what_is_surely_asked_stands_alone_with_the_whole_answer_a_press_away(item: PublishedEntry) -> None:
    card = with_details(answer_card_for(item, []), item, DetailsAsked([ALONE], alone=True), whole=True)
    assert card.text == ALONE.text
    assert len(card.sources) == 1
    assert card.facets[0].payload == '/choose_entry{"entry_id": "marriage.reissue"}'


def test_several_sources_of_a_detail_are_told_one_by_one(item: PublishedEntry) -> None:
    both = Detail(asked=("收费吗",), text="不收费。", source="《婚姻登记条例》第二十二条、第三条；《价格法》第八条")
    card = with_details(answer_card_for(item, []), item, DetailsAsked([both], alone=True), whole=True)
    assert [(one.title, one.article) for one in card.sources] == [
        ("婚姻登记条例", "第二十二条、第三条"),
        ("价格法", "第八条"),
    ]


def test_without_details_the_card_is_as_it_was(item: PublishedEntry) -> None:
    card = answer_card_for(item, [])
    assert with_details(card, item, DetailsAsked(), whole=True) is card


def test_more_must_be_sure_for_less_to_be_shown() -> None:
    weights = load_weights()
    assert weights.shown <= weights.beside <= weights.alone
