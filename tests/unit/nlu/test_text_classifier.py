from pathlib import Path

from nlu.text_classifier import Options, TextClassifier
from nlu.tokenizer import Tokenizer

LIGHTS = ["路灯坏了没人修", "小区门口路灯不亮", "街上的路灯一闪一闪", "路灯灭了三天"]
WAGES = ["老板拖欠工资", "工资三个月没发", "厂里欠我工资不给", "工资发不下来"]
LABELS = ["lights"] * 4 + ["wages"] * 4


def trained() -> TextClassifier:
    return TextClassifier(Tokenizer(), options=Options(least_count=1)).fit([*LIGHTS, *WAGES], LABELS)


def test_a_text_gets_the_label_of_its_kind_with_the_words_that_decided() -> None:
    classified = trained().classify("楼下的路灯又坏了")
    assert classified.label == "lights"
    assert "路灯" in classified.words
    assert classified.probability > 0.5
    assert abs(sum(share for _, share in classified.ranking) - 1) < 0.001


def test_a_text_of_unknown_words_decides_nothing() -> None:
    classified = trained().classify("xyzzy")
    assert classified.words == ()
    assert abs(classified.probability - 0.5) < 0.2


def test_what_is_saved_is_what_is_loaded(tmp_path: Path) -> None:
    model = trained()
    model.save(tmp_path / "model")
    again = TextClassifier.load(tmp_path / "model", Tokenizer())
    for text in ("工资没发", "路灯不亮", "别的事"):
        assert again.classify(text) == model.classify(text)
