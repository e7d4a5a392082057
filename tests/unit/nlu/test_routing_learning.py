"""The routing model on disk, and what it learns from closed tickets; trained on two functions only, for speed."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from nlu.routing import learning, trained
from nlu.routing.examples import Example, own_examples
from nlu.routing.learning import LEAST_TICKETS, TooFewTickets, learn, learnable, measure
from nlu.routing.trained import Learned, find, find_learned, keep_learned, load, train
from nlu.tokenizer import Tokenizer

AIR, WORK = "环境保护", "劳动和社会保障"
PLACES = ["河边", "楼下", "村口", "路旁", "厂区", "桥头", "店里", "院内", "坡上", "巷子"]
WORDS = {AIR: ["黑烟", "刺鼻", "污水", "粉尘"], WORK: ["工资", "加班费", "社保", "辞退"]}
ABOUT = Learned("2026-11-16T10:00:00+08:00", "0123", 60, 0.5, 0.75)


@cache
def cutter() -> Tokenizer:
    return Tokenizer()


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    some = [one for one in own_examples() if one.label in WORDS][::3]
    for module in (trained, learning):
        monkeypatch.setattr(module, "own_examples", lambda: some)
        monkeypatch.setattr(module, "topic_examples", lambda: [])


def tickets(count: int = 60) -> list[Example]:
    """Half of each function, each text another one."""
    return [
        Example("", f"{PLACES[number % 10]}第{number}回{words[number // 10 % 4]}的事没人管", label)
        for label, words in WORDS.items()
        for number in range(count // 2)
    ]


def test_a_model_is_found_again_until_what_it_is_made_from_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find(tmp_path) is None
    made = train(tmp_path)
    assert find(tmp_path) == made
    assert [path.name for path in made.parent.iterdir()] == [made.name]
    monkeypatch.setattr(trained, "fingerprint", lambda pretrained=(): "another")
    assert find(tmp_path) is None


def test_only_the_newest_two_models_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for digest in "abc":
        monkeypatch.setattr(trained, "fingerprint", lambda pretrained=(), digest=digest: digest)
        train(tmp_path)
    assert sorted(path.name for path in (tmp_path / "routing").iterdir()) == ["b", "c"]


def test_what_the_city_has_taught_is_used_and_survives_a_training_on_our_examples(tmp_path: Path) -> None:
    models, data = tmp_path / "models", tmp_path / "data"
    assert load(models, data, cutter()) is None
    train(models)
    text = "公章丢了"
    ours = load(models, data, cutter())
    taught = learn([*tickets(), *(Example("", text, WORK) for _ in range(9))], cutter())
    keep_learned(data, taught, ABOUT)
    train(models)
    loaded = load(models, data, cutter())
    assert ours is not None
    assert loaded is not None
    assert loaded.route("", text) == taught.route("", text) != ours.route("", text)
    found = find_learned(data)
    assert found is not None
    assert found.about == ABOUT
    assert found.folder.name == "20261116-100000"


def test_the_newest_of_what_was_taught_is_used_and_the_one_before_stays_as_the_way_back(tmp_path: Path) -> None:
    model = learn(tickets(), cutter())
    for hour in (10, 11, 12):
        keep_learned(tmp_path, model, replace(ABOUT, at=f"2026-11-16T{hour}:00:00+08:00"))
    kept = sorted(path.name for path in (tmp_path / "routing").iterdir())
    assert kept == ["20261116-110000", "20261116-120000"]
    found = find_learned(tmp_path)
    assert found is not None
    assert found.folder.name == kept[-1]


@pytest.mark.parametrize("file", ["classifier.json", "weights.npz", "about.json"])
def test_a_taught_model_that_cannot_be_read_gives_way_to_ours_and_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, file: str
) -> None:
    train(tmp_path)
    kept = keep_learned(tmp_path / "data", learn(tickets(), cutter()), ABOUT)
    damaged = kept.folder / file
    damaged.write_bytes(damaged.read_bytes()[: damaged.stat().st_size // 2])
    assert load(tmp_path, tmp_path / "data", cutter()) is not None
    assert "cannot be read" in caplog.text


def test_a_taught_model_with_a_function_that_is_gone_gives_way_to_ours(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    train(tmp_path)
    keep_learned(tmp_path / "data", learn([Example("", "看看运势", "占星")] * 3, cutter()), ABOUT)
    loaded = load(tmp_path, tmp_path / "data", cutter())
    assert loaded is not None
    assert "占星" not in loaded.labels
    assert "functions that are gone" in caplog.text


def test_nothing_personal_and_nothing_rare_is_learned_from_tickets(tmp_path: Path) -> None:
    rare = [
        Example("", f"{one.text}，我叫王建国，电话13800138000，猫叫煤球{number}", one.label)
        for number, one in enumerate(tickets()[:2])
    ]
    told = learnable([*rare, *tickets()[2:]], cutter())
    learn(told, cutter()).save(tmp_path)
    vocabulary = json.loads((tmp_path / "classifier.json").read_text(encoding="utf-8"))["terms"]
    assert not [term for term in vocabulary if any(word in term for word in ("建国", "1380", "煤球"))]
    assert "w没人管" in vocabulary or "w没人" in vocabulary


def test_the_same_text_twice_is_one_ticket_and_few_are_too_few() -> None:
    with pytest.raises(TooFewTickets, match=f"40 different closed tickets; learning takes at least {LEAST_TICKETS}"):
        learnable(tickets(40) * 2, cutter())


def test_the_gain_is_measured_on_tickets_that_were_not_learned_from() -> None:
    # Nobody could know these: the words of the two functions are swapped.
    swapped = [replace(one, label=AIR if one.label == WORK else WORK) for one in tickets(80)]
    steps: list[float] = []
    gain = measure(learnable(swapped, cutter()), cutter(), steps.append)
    assert gain.before < 0.2
    assert gain.after > 0.6
    assert (gain.tickets, gain.functions) == (80, 2)
    assert steps == sorted(steps)
    assert steps[-1] == 1


def test_a_function_with_few_tickets_is_learned_but_not_measured() -> None:
    more = [*tickets(), *(Example("", f"{place}有人请看手相算命", "占星") for place in PLACES[:4])]
    gain = measure(more, cutter())
    assert (gain.tickets, gain.functions) == (60, 2)
    assert "占星" in learn(more, cutter()).labels
    with pytest.raises(TooFewTickets, match="no function"):
        measure(more[-4:], cutter())
