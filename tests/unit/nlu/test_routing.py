from pathlib import Path

from nlu.routing.examples import function_labels, own_examples, topic_examples
from nlu.routing.model import RoutingModel, routable
from nlu.tokenizer import Tokenizer


def test_every_function_has_examples_and_every_example_a_function() -> None:
    labels = function_labels()
    counted = [example.label for example in own_examples()]
    assert len(labels) == 15
    assert set(counted) == set(labels.values())
    assert min(counted.count(label) for label in labels.values()) >= 50


def test_figures_and_coded_places_do_not_decide() -> None:
    assert routable("A3区路灯不亮", "投诉3次了") == "区路灯不亮 投诉 次了"


def test_a_title_that_opens_the_text_is_read_once() -> None:
    assert routable("路灯不亮", "路灯不亮好几天") == "路灯不亮好几天"


def test_a_ticket_goes_to_the_function_that_is_responsible(tmp_path: Path) -> None:
    some = [example for example in own_examples() if example.label in {"环境保护", "劳动和社会保障"}]
    model = RoutingModel.train(some, Tokenizer())
    model.save(tmp_path / "routing")
    routed = RoutingModel.load(tmp_path / "routing", Tokenizer()).route("工厂半夜偷排黑烟", "味道呛人，窗户都不敢开")
    assert routed.label == "环境保护"
    assert routed.words


def test_talk_of_filing_is_not_looked_at() -> None:
    assert routable("", "我要投诉路灯不亮") == routable("", "路灯不亮请有关部门尽快处理") == "路灯不亮"
    assert routable("", "举报电话打不通") == "举报电话打不通"


def test_what_a_function_is_about_is_learned_word_by_word() -> None:
    topics = topic_examples()
    assert {topic.label for topic in topics} == set(function_labels().values())
    assert ("路灯", "城乡建设") in {(topic.text, topic.label) for topic in topics}
