from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from ticket_desk import LAMP, Desk

from actions.tickets.catalogue import load_catalogue
from actions.tickets.routing import DepartmentSuggester, Suggestion
from nlu.routing.examples import function_labels, own_examples
from nlu.routing.model import SHORT_MESSAGES, RoutingModel
from nlu.text_classifier import Classified
from nlu.tokenizer import Tokenizer

LABELS = function_labels()
CATALOGUE = load_catalogue()


@dataclass(frozen=True)
class Says:
    """A model that holds everything for one function."""

    function: str
    probability: float = 0.9
    words: tuple[str, ...] = ("污水", "排放")

    def route(self, title: str, text: str) -> Classified:
        label = LABELS.get(self.function, self.function)
        return Classified(label, self.probability, ((label, self.probability),), self.words)


class Broken:
    def route(self, title: str, text: str) -> Classified:
        raise ValueError("weights of another shape")


def suggester(function: str, threshold: float = 0.5, **says: object) -> DepartmentSuggester:
    return DepartmentSuggester(CATALOGUE, Says(function, **says), threshold)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("function", "what", "department"),
    [
        ("public_security", "有人入室盗窃", "police"),
        ("public_security", "路口红绿灯坏了经常堵车", "traffic_police"),
        ("urban_construction", "小区电梯坏了物业不修", "housing_bureau"),
        ("urban_construction", "家里停水两天", "water_affairs"),
        ("urban_construction", "天然气压力不够", "gas_heat"),
        ("urban_construction", "路灯不亮", "city_management"),
        ("environment", "路灯不亮", "city_management"),  # its keyword speaks, and it answers for this function too
        ("health", "路灯不亮", "health_commission"),  # a keyword of a department that does not answer for it
    ],
)
def test_keywords_choose_among_the_departments_of_the_function_only(function: str, what: str, department: str) -> None:
    assert suggester(function).suggest(what).department == department


def test_without_a_keyword_the_default_of_the_function_is_suggested() -> None:
    for function, department in CATALOGUE.function_departments.items():
        assert suggester(function).suggest("说不清楚的事").department == department


def test_the_place_helps_to_choose_the_department_but_not_the_function() -> None:
    seen: list[str] = []

    class Listening(Says):
        def route(self, title: str, text: str) -> Classified:
            seen.append(title + text)
            return super().route(title, text)

    found = DepartmentSuggester(CATALOGUE, Listening("urban_construction"), 0.5).suggest(
        "水漫出来了", "第一医院下水道口"
    )
    assert seen == ["水漫出来了"]
    assert found.department == "water_affairs"


def test_a_model_that_is_not_sure_suggests_no_department_but_says_what_it_thought() -> None:
    assert suggester("environment", probability=0.49).suggest("小工厂排污") == Suggestion(
        "", "environment", 0.49, ("污水", "排放")
    )
    assert suggester("environment", probability=0.5).suggest("小工厂排污").department == "ecology"


def test_words_of_one_character_are_no_grounds_where_there_are_longer_ones() -> None:
    assert suggester("environment", words=("大", "噪声")).suggest("x").words == ("噪声",)
    assert suggester("environment", words=("大",)).suggest("x").words == ("大",)


def test_a_function_that_is_gone_and_a_broken_model_suggest_nothing() -> None:
    assert suggester("占星").suggest("看看运势") == Suggestion("", "", 0.9, ("污水", "排放"))
    assert DepartmentSuggester(CATALOGUE, Broken(), 0.5).suggest("路灯不亮") == Suggestion()


def test_a_trained_model_suggests_by_what_is_said() -> None:
    labels = {LABELS["environment"], LABELS["labour_social_security"], LABELS["education_culture"]}
    model = RoutingModel.train([one for one in own_examples() if one.label in labels], Tokenizer(), SHORT_MESSAGES)
    found = DepartmentSuggester(CATALOGUE, model, 0.5).suggest("老板拖欠工资三个月", "学校工地")
    assert (found.department, found.function) == ("human_resources", "labour_social_security")
    assert found.probability is not None
    assert found.probability > 0.5
    assert "拖欠工资" in found.words


def test_the_suggestion_is_kept_with_the_ticket_and_assigns_nothing(desk: Desk) -> None:
    desk.service = desk.new_service(suggester=suggester("environment", probability=0.8731))
    detail = desk.staff.get(desk.filed(replace(LAMP, what="小工厂排污")))
    kept = detail.suggestion
    assert detail.department == ""
    assert (kept.department, kept.department_label) == ("ecology", "云州市生态环境局")
    assert (kept.function_label, kept.probability, kept.words) == ("环境保护", 0.8731, "污水、排放")


def test_an_unsure_model_and_no_model_leave_the_department_open(desk: Desk) -> None:
    without = desk.staff.get(desk.filed(key="a")).suggestion
    assert (without.department, without.department_label, without.probability, without.words) == ("", "", None, "")
    desk.service = desk.new_service(suggester=suggester("environment", probability=0.3))
    unsure = desk.staff.get(desk.filed(key="b")).suggestion
    assert (unsure.department, unsure.function_label, unsure.probability) == ("", "环境保护", 0.3)


def test_words_too_many_for_the_column_are_left_out_from_the_end(desk: Desk) -> None:
    words = tuple(character * 50 for character in "甲乙丙丁")
    desk.service = desk.new_service(suggester=suggester("environment", words=words))
    assert desk.staff.get(desk.filed()).suggestion.words == "、".join(words[:2])
    desk.service = desk.new_service(suggester=suggester("environment", words=("长" * 200,)))
    assert desk.staff.get(desk.filed(key="b")).suggestion.words == ""


def test_closed_tickets_teach_the_first_function_of_the_department_that_handled_them(desk: Desk) -> None:
    def closed(what: str, department: str, key: str) -> None:
        number = desk.filed(replace(LAMP, what=what), key=key)
        for action, given in (("accept", ""), ("assign", department), ("reply", "")):
            desk.staff.change(number, action, actor="李工", department=given, text="好了")
        desk.staff.change(number, "close", actor="李工")

    closed("楼下油烟大", "city_management", "a")
    closed("热线总占线", "hotline_center", "b")  # has no function
    closed("有人偷电动车", "police", "c")
    desk.handling()  # not closed
    assert [(one.text, one.label) for one in desk.service.closed_examples(10)] == [
        ("有人偷电动车", LABELS["public_security"]),
        ("楼下油烟大", LABELS["urban_construction"]),
    ]
    assert [one.text for one in desk.service.closed_examples(1)] == ["有人偷电动车"]
