from datetime import date

from knowledge_base.search.normalise import Normalise
from knowledge_base.search.state import SearchState
from nlu.city_name import CityName


def looked_up(question: str, city: CityName | None = None) -> str:
    state = SearchState(question, date(2026, 1, 1), "")
    Normalise(city).run(state)
    return state.text


def test_the_citys_own_name_is_not_looked_up() -> None:
    assert looked_up("云州市居住证怎么办", CityName("云州市")) == "居住证怎么办"
    assert looked_up("云州市居住证怎么办") == "云州市居住证怎么办"


def test_nobodys_numbers_are_looked_up() -> None:
    assert "139" not in looked_up("１３９１２３４５６７８ 怎么换绑医保")
