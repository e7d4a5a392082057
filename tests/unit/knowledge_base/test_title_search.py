from knowledge_base.title_search import TitleSearch, without_divisions
from nlu.tokenizer import Tokenizer
from tests.unit.nlu.flat_encoder import FlatEncoder

ROWS = [
    ("card", "居住证申领"),
    ("birth", "出生登记"),
    ("house", "不动产权证书遗失补发"),
    ("pass", "往来港澳通行证签发"),
]


def test_the_title_that_shares_most_words_comes_first() -> None:
    search = TitleSearch(ROWS, FlatEncoder(), Tokenizer())
    found = search.search("补发不动产权证书", 2)
    assert found[0][0] == "house"
    assert len(found) == 2
    assert found[0][1] > found[1][1]


def test_a_city_tells_no_services_apart_but_hong_kong_does() -> None:
    assert without_divisions("深圳市居住证") == "居住证"
    assert without_divisions("去香港要办什么") == "去香港要办什么"
    assert without_divisions("深圳") == "深圳"
