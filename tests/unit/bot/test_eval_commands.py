"""``wenzheng eval`` over small invented files: the last line is JSON with the right figures, a wrong row is told."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from bot.cli import app
from bot.commands.evaluate import intents, rasa, retrieval, routing_folds, scope
from bot.commands.evaluate.models import LoadedEncoder
from knowledge_base.trained_encoder import TrainedEncoder
from nlu.routing.examples import own_examples
from nlu.scope import ScopeModel
from nlu.text_classifier import TextClassifier
from nlu.tokenizer import Tokenizer
from tests.support.danger_judge import real_judge
from tests.unit.knowledge_base.conftest import HashedEncoder

Rows = list[dict[str, object]]


def write(path: Path, rows: Rows) -> str:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n", encoding="utf-8")
    return str(path)


def evaluate(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["eval", *arguments])


def last_line(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return found


@pytest.fixture
def loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LoadedEncoder:
    tokenizer = Tokenizer()
    trained = TrainedEncoder("", tmp_path / "calibration.json", tmp_path / "scope")
    made = LoadedEncoder(tokenizer, HashedEncoder(tokenizer), trained)
    for module in (retrieval, scope):
        monkeypatch.setattr(module, "load_present_encoder", lambda settings: made)
    return made


@pytest.mark.usefixtures("loaded")
def test_retrieval_finds_titles_by_queries_and_lists_what_it_missed(tmp_path: Path) -> None:
    index = write(
        tmp_path / "index.jsonl", [{"id": 1, "title": "居住证申领"}, {"id": "b", "title": "机动车驾驶证换证"}]
    )
    queries = write(
        tmp_path / "queries.jsonl",
        [
            {"id": "1", "query": "怎么申领居住证"},
            {"id": "b", "query": "驾驶证到期换证"},
            {"id": "1", "query": "驾驶证换证去哪"},  # wrong on purpose: its title comes second
        ],
    )
    found = last_line(evaluate("retrieval", "--index", index, "--queries", queries))
    assert (found["titles"], found["queries"]) == (2, 3)
    assert found["recall@1"] == pytest.approx(2 / 3, abs=1e-4)
    assert found["recall@3"] == 1
    assert found["mrr"] == pytest.approx((1 + 1 + 1 / 2) / 3, abs=1e-4)
    assert [(one["query"], one["right"], one["rank"], one["first"]) for one in found["worst"]] == [
        ("驾驶证换证去哪", "1", 2, "b")
    ]


@pytest.mark.usefixtures("loaded")
def test_a_query_for_a_title_that_is_not_there_is_told_with_its_line(tmp_path: Path) -> None:
    index = write(tmp_path / "index.jsonl", [{"id": "a", "title": "居住证申领"}])
    queries = write(tmp_path / "queries.jsonl", [{"id": "a", "query": "居住证"}, {"id": "x", "query": "护照"}])
    result = evaluate("retrieval", "--index", index, "--queries", queries)
    assert result.exit_code == 2
    assert f"{queries}, line 2" in result.stderr
    assert "'x' is not in" in result.stderr
    assert not result.stdout


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"id": "a", "title": ', "this is not JSON"),
        ('["a"]', 'not a JSON object with "id", "title"'),
        ('{"id": "a"}', '"title" is missing; a row needs "id", "title"'),
        ('{"id": "a", "title": ""}', '"title": '),
    ],
)
def test_a_wrong_row_is_told_with_file_and_line(tmp_path: Path, line: str, why: str) -> None:
    index = tmp_path / "index.jsonl"
    index.write_text('{"id": "z", "title": "居住证"}\n\n' + line, encoding="utf-8")
    result = evaluate("retrieval", "--index", str(index), "--queries", str(index))
    assert result.exit_code == 2
    assert f"{index}, line 3: {why}" in result.stderr


def test_a_file_that_is_missing_empty_or_no_text_is_told(tmp_path: Path) -> None:
    empty, binary = tmp_path / "empty.jsonl", tmp_path / "binary.jsonl"
    empty.write_text("\n")
    binary.write_bytes(b"\xff\xfe\x00")
    for path, why in [(tmp_path / "none", "cannot be read"), (empty, "is empty"), (binary, "is not UTF-8 text")]:
        result = evaluate("scope", "--in", str(path), "--out", str(path))
        assert result.exit_code == 2
        assert f"{path} {why}" in result.stderr


def test_routing_learns_from_the_file_and_tells_the_surest_errors(tmp_path: Path) -> None:
    roads = ["人行道地砖松动踩上去积水", "路口井盖翘起来很危险", "小区门前路面塌陷没人修", "路灯坏了半个月没人修"]
    schools = ["学校食堂饭菜不新鲜", "老师课后有偿补课收费", "幼儿园收费标准没有公示", "小学校门口放学没人管"]
    train = write(
        tmp_path / "train.jsonl",
        [
            {"text": text, "label": label}
            for label, texts in (("甲", roads), ("乙", schools))
            for text in [*texts, *(f"{text}，请处理" for text in texts)]
        ],
    )
    test = write(
        tmp_path / "test.jsonl",
        [
            {"text": "我们这里路面塌陷，井盖也翘起来了", "label": "甲", "title": "路面塌陷没人修"},
            {"text": "孩子学校食堂的饭菜不新鲜", "label": "乙"},
            {"text": "学校老师有偿补课", "label": "甲"},  # wrong on purpose
        ],
    )
    found = last_line(evaluate("routing", "--train", train, "--test", test))
    assert found["trained_on"] == 16  # no example of ours has these labels
    assert found["accuracy"] == pytest.approx(2 / 3, abs=1e-4)
    assert found["macro_f1"] == pytest.approx(2 / 3, abs=1e-4)
    assert found["confusions"] == [["甲", "乙", 1]]
    assert (found["title_only"]["count"], found["title_only"]["accuracy"]) == (1, 1.0)
    (error,) = found["worst"]
    assert (error["right"], error["given"]) == ("甲", "乙")
    assert error["words"]


def test_routing_without_files_says_how_many_messages_it_is_sure_of(monkeypatch: pytest.MonkeyPatch) -> None:
    some = [one for one in own_examples() if one.label in {"环境保护", "劳动和社会保障"}][::3]
    monkeypatch.setattr(routing_folds, "own_examples", lambda: some)
    monkeypatch.setattr(routing_folds, "topic_examples", lambda: [])
    found = last_line(evaluate("routing"))
    for part in ("title and text", "text", "title"):
        figures = found[part]
        assert figures["count"] == len(some)
        assert figures["accuracy"] > 0.7
        shares = [figures[f"at {threshold}"]["share"] for threshold in (0.3, 0.5, 0.7)]
        assert 1 == shares[0] >= shares[1] >= shares[2] > 0
        assert figures["at 0.3"]["accuracy"] == figures["accuracy"]
    one_file = evaluate("routing", "--train", "x.jsonl")
    assert one_file.exit_code == 2
    assert "both, or neither" in one_file.stderr


def test_scope_counts_at_the_models_threshold_and_where_92_percent_are_accepted(
    tmp_path: Path, loaded: LoadedEncoder
) -> None:
    inside = write(tmp_path / "in.jsonl", [{"text": text} for text in ("居住证怎么办", "补办身份证")])
    outside = write(tmp_path / "out.jsonl", [{"text": text} for text in ("放首歌", "讲个笑话")])
    missing = evaluate("scope", "--in", inside, "--out", outside)
    assert missing.exit_code == 1
    assert "wenzheng train" in missing.stderr

    classifier = TextClassifier(loaded.tokenizer, loaded.encoder).fit(
        ["居住证怎么办", "补办身份证", "居住证补办", "放首歌", "讲个笑话", "放个笑话"], ["inside"] * 3 + ["outside"] * 3
    )
    ScopeModel(classifier, 0.5).save(loaded.trained.scope)
    found = last_line(evaluate("scope", "--in", inside, "--out", outside))
    assert (found["in_accepted"], found["out_taken"], found["auc"]) == (1.0, 0.0, 1.0)
    assert found["worst_in"] == found["worst_out"] == []
    swapped = last_line(evaluate("scope", "--in", outside, "--out", inside))
    assert (swapped["in_accepted"], swapped["out_taken"], swapped["auc"]) == (0.0, 1.0, 0.0)
    assert swapped["out_taken_at_92"] == 1.0
    assert {one["text"] for one in swapped["worst_out"]} == {"居住证怎么办", "补办身份证"}


def test_intents_of_a_file_are_compared_with_what_the_model_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = tmp_path / "model.tar.gz"
    model.touch()
    monkeypatch.setattr(intents, "rasa_paths", lambda settings: type("Paths", (), {"ready": True, "model": model}))
    given = [("greet", 0.9), ("bye", 0.8), ("greet", 0.7), ("greet", 0.6)]
    answer = {"predictions": [{"intent": name, "confidence": sure} for name, sure in given], "parse_ms_p50": 1.5}
    asked: list[list[str]] = []
    monkeypatch.setattr(intents, "run_in_rasa", lambda settings, module, arguments: asked.append(arguments) or answer)
    rows: Rows = [{"text": f"话{number}", "intent": name} for number, name in enumerate(("greet", "bye", "bye", "bye"))]
    file = write(tmp_path / "messages.jsonl", rows)
    found = last_line(evaluate("intents", "--file", file))
    assert asked == [["--model", str(model), "--in", file]]
    assert found["accuracy"] == 0.5
    assert found["intents"] == {"bye": 0.5, "greet": 0.5}
    assert found["confusions"] == [["bye", "greet", 2]]
    assert [one["text"] for one in found["worst"]] == ["话2", "话3"]
    assert found["parse_ms_p50"] == 1.5


def test_a_module_in_rasas_environment_answers_with_its_last_line_or_fails_clearly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rasa, "RASA_PYTHON", Path(sys.executable))
    monkeypatch.setattr(rasa, "ROOT", tmp_path)
    monkeypatch.setattr(rasa, "rasa_environment", lambda settings: {})
    (tmp_path / "fine.py").write_text("import sys; print('noise'); print('{\"said\": \"%s\"}' % sys.argv[1])")
    (tmp_path / "broken.py").write_text("raise SystemExit(3)")
    settings: Any = None
    assert rasa.run_in_rasa(settings, "fine", ["hello"]) == {"said": "hello"}
    with pytest.raises(typer.Exit) as ended:
        rasa.run_in_rasa(settings, "broken", [])
    assert ended.value.exit_code == 1


def test_entities_are_scored_for_the_kinds_that_a_file_marks(tmp_path: Path) -> None:
    file = write(
        tmp_path / "texts.jsonl",
        [
            {"text": "打13800001111找我", "spans": [["mobile", "13800001111"]]},
            {"text": "明天来，13900002222", "spans": []},  # wrong on purpose: the number is not marked
        ],
    )
    found = last_line(evaluate("entities", "--file", file))
    assert set(found["kinds"]) == {"mobile", "all"}
    assert (found["kinds"]["mobile"]["precision"], found["kinds"]["mobile"]["recall"]) == (0.5, 1.0)
    assert [one["text"] for one in found["worst"]] == ["明天来，13900002222"]


def test_tagged_addresses_are_scored_by_exact_places_and_misfits_left_out(tmp_path: Path) -> None:
    tags = ["B-city", "I-city", "I-city", "B-road", "I-road", "I-road", "B-roadno", "I-roadno", "B-poi", "I-poi"]
    file = write(
        tmp_path / "addresses.jsonl",
        [
            {"chars": "杭州市解放路123号花园", "tags": tags},  # a run of digits has one tag
            {"chars": "杭州市", "tags": ["B-city"]},
        ],
    )
    result = evaluate("entities", "--file", file)
    found = last_line(result)
    assert (found["texts"], found["left_out"]) == (1, 1)
    assert {kind: score["right"] for kind, score in found["kinds"].items()} == {
        "division": 1,
        "number": 1,
        "road": 1,
        "all": 3,
    }
    assert found["kinds"]["all"]["f1"] == 1.0
    assert f"{file}, line 2: left out" in result.stderr


def test_a_marked_entity_that_is_not_in_its_text_is_told(tmp_path: Path) -> None:
    file = write(tmp_path / "texts.jsonl", [{"text": "明天来", "spans": [["time", "后天"]]}])
    result = evaluate("entities", "--file", file)
    assert result.exit_code == 2
    assert f"{file}, line 1: the text does not contain the time '后天'" in result.stderr


def test_danger_is_measured_with_what_was_missed_and_who_was_alarmed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = real_judge()
    monkeypatch.setattr("nlu.danger.trained.load", lambda models, calm_files: judge)
    file = write(
        tmp_path / "danger.jsonl",
        [
            {"text": "家里着火了，浓烟进来了", "label": "certain", "kind": "fire"},
            {"text": "居住证怎么办", "label": "none", "kind": "plain"},
            {"text": "户口迁移要几天", "label": "certain"},
        ],
    )
    found = last_line(evaluate("danger", "--in", file))
    assert (found["emergencies"], found["heard"], found["false_certain"]) == (2, 0.5, 0.0)
    assert found["missed"] == ["户口迁移要几天"]


def test_danger_without_a_trained_judge_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nlu.danger.trained.load", lambda models, calm_files: None)
    result = evaluate("danger", "--in", write(tmp_path / "danger.jsonl", [{"text": "着火了", "label": "certain"}]))
    assert result.exit_code == 1
    assert "wenzheng train" in result.output
