import timeit
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.content_schema import load_content
from nlu.text import normalise
from nlu.typos import TYPOS_FILE, Corrected, correct
from tests.support.slow_texts import slowness

ORDINARY = (Path(__file__).parent / "data" / "ordinary_sentences.txt").read_text(encoding="utf-8").split("\n")[:-1]
CONTENT = Path(__file__).parents[3] / "knowledge_base" / "content"
WORDS = yaml.safe_load(TYPOS_FILE.read_text(encoding="utf-8"))
# Terms that the knowledge base's own questions mistype on purpose.
MISTYPED = """健康症 独身子女 好差平 惨疾证 孤读症 辅助器俱 随千子女 助学斤 教师姿格认定 毕业正 不发工次 经济补尝 港奥通行证
殡议馆 殡葬减勉 不动产正 临时救住 专项附家扣除 车辆购制税 充电装 暖器管 优代证"""
CONFUSIONS = [(wrong, right) for right, forms in WORDS["confusions"].items() for wrong in forms]


def test_every_known_confusion_becomes_the_right_word() -> None:
    assert len(CONFUSIONS) >= 150
    assert [wrong for wrong, right in CONFUSIONS if correct(wrong).text != right] == []


def test_the_right_words_stay() -> None:
    assert [right for _, right in CONFUSIONS if correct(right) != Corrected(right)] == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("残疾人证要不要换，惨疾证过期了", "残疾人证要不要换，残疾证过期了"),
        ("孩子有孤读症能申请什么", "孩子有孤独症能申请什么"),
        ("交了车辆购制税才能上牌吗", "交了车辆购置税才能上牌吗"),
        ("专项附家扣除填谁的", "专项附加扣除填谁的"),
        ("殡议馆的电话是多少", "殡仪馆的电话是多少"),
        ("经济补尝怎么算", "经济补偿怎么算"),
    ],
)
def test_a_run_that_sounds_like_one_term_of_the_lexicon_is_that_term(typed: str, meant: str) -> None:
    assert correct(typed).text == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("医疗保睑断了怎么办", "医疗保险断了怎么办"),
        ("办生育津帖", "办生育津贴"),
        ("户口迁栘了", "户口迁移了"),
    ],
)
def test_a_run_that_looks_like_one_term_of_the_lexicon_is_that_term(typed: str, meant: str) -> None:
    assert correct(typed).text == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sb社保怎么交", "社保怎么交"),
        ("sb卡丢了", "社保卡丢了"),
        ("补缴SB要多少钱", "补缴社保要多少钱"),
        ("yb卡里没钱了", "医保卡里没钱了"),
        ("gjj能取几次", "公积金能取几次"),
        ("GJJ贷款", "公积金贷款"),
        ("sfz丢了", "身份证丢了"),
        ("外地人办jzz", "外地人办居住证"),
        ("hkb不见了", "户口本不见了"),
    ],
)
def test_letters_become_words_where_the_context_allows(typed: str, meant: str) -> None:
    assert correct(typed).text == meant


@pytest.mark.parametrize("text", ["sb", "你是sb吗", "www.gjj.gov.cn", "sfz2024@example.com", "yb", "型号gjj-8"])
def test_letters_alone_or_in_addresses_stay(text: str) -> None:
    assert correct(text) == Corrected(text)


def test_changes_tell_what_was_typed_and_what_was_meant() -> None:
    assert correct("居主证和gjj").changes == [("gjj", "公积金"), ("居主证", "居住证")]


def test_ordinary_sentences_are_left_alone() -> None:
    assert len(ORDINARY) >= 100
    assert [sentence for sentence in ORDINARY if correct(sentence) != Corrected(sentence)] == []


def test_questions_of_the_knowledge_base_are_hardly_ever_changed_without_need() -> None:
    questions = [
        str(text)
        for content in load_content()
        for entry in content.entries
        for text in (entry.question, *entry.similar)
    ]
    known = {wrong for wrong, _ in CONFUSIONS}
    changed = [old for text in questions for old, _ in correct(normalise(text)).changes if old not in known]
    doubtful = [old for old in changed if old not in MISTYPED.split()]
    print(f"{len(questions)} questions, {len(changed)} corrected by sound, doubtful: {doubtful}")
    assert len(questions) > 1000
    assert len(doubtful) < 0.005 * len(questions)


@given(st.lists(st.sampled_from([*"居主住证办里社宝公鸡金正在的身份户口薄，。sbgjy 1"]), max_size=16).map("".join))
def test_correcting_again_changes_nothing_more(text: str) -> None:
    once = correct(text).text
    assert correct(once).text == once


@given(st.text(max_size=60))
def test_any_text_is_corrected_without_failing(text: str) -> None:
    assert bool(correct(text).changes) == (correct(text).text != text)


def test_twenty_characters_take_less_than_two_hundred_microseconds() -> None:
    question = "请问异地户口怎么办里居住正呢谢谢您"
    correct(question)
    assert min(timeit.repeat(lambda: correct(question), number=200, repeat=5)) / 200 < 200e-6 * slowness()
