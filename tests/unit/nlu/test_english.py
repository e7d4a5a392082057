import random
import string
import timeit
from pathlib import Path

import pytest
import yaml

from nlu import model_files
from nlu.english import ENGLISH_FILE, Glossary, _pieces, glossary, is_english, to_search_words
from tests.support.slow_texts import cpu_seconds, slowness

DATA = yaml.safe_load(ENGLISH_FILE.read_text(encoding="utf-8"))
QUESTIONS = Path(__file__).parents[2] / "benchmarks" / "english_questions.yml"
# Seconds for a message of 60 to 100 characters; both functions together.
MOST_A_MESSAGE = 300e-6
LONGEST_MESSAGE = 2000

# Which messages are in English -------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "How do I renew my passport?",
        "visa",
        "HUKOU",
        "passport renewal",
        "where to register my dog",
        "Hello, I need help",
        "I'm a nurse from Manila, can my husband join me?",
        "my boss don't pay me",
        "what documents?",
        "how to apply 居住证",
        "How much does the 身份证 cost",
        "lost my social securty card",
        "can you change me",
        "ｐａｓｓｐｏｒｔ　ｒｅｎｅｗａｌ",
        "PLEASE HELP ME WITH MY TAX REFUND",
        "is there a fee?",
        "id card",
        "What is the status of YZ20261130-00018?",
        "Please write to zhang.san@example.com about my residence permit",
        "12345 hotline in English please",
    ],
)
def test_a_question_in_english_is_english(text: str) -> None:
    assert is_english(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "居住证怎么办",
        "APP怎么下载",
        "WIFI密码是多少",
        "visa延期",
        "iPhone APP怎么下载不了",
        "我的email是a@b.com怎么改",
        "Switch Pro 怎么退款",
        "APP",
        "VIP",
        "ok",
        "id",
        "YZ20261130-00018",
        "yz 20261130 00018",
        "查 YZ20261130-00018",
        "粤B12345",
        "粤B·D12345",
        "B D12345",
        "K7Q2 M9XA",
        "kqhm-72xa",
        "zhang.san@example.com",
        "https://example.com/how-to-apply",
        "www.example.com",
        "13800138000",
        "C1",
        "ju zhu zheng zen me ban",
        "juzhuzheng zenme ban",
        "you mei you ban fa",
        "Zhang Wei",
        "qwertz asdfgh",
        "wo ist das amt bitte schnell",
        "Как продлить визу",
        "ビザの更新",
        "？？？",
        "🙂🙂",
    ],
)
def test_what_is_no_question_in_english_is_not(text: str) -> None:
    assert not is_english(text)


def test_every_question_of_the_benchmark_is_english() -> None:
    parts = yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))
    assert len(parts["development"]) == len(parts["held_out"]) == 60
    assert [row["text"] for rows in parts.values() for row in rows if not is_english(row["text"])] == []


# What they are searched by -----------------------------------------------------

SMALL = Glossary(
    {
        "terms": {
            "passport": "护照", "lost passport": "护照补发", "renew": "换领", "policy": "政策", "visa": "签证",
            "driving license": "驾驶证", "not pay": "不缴", "city": "城市", "register car": "上牌", "hospital": "医院",
            "pay": "缴费", "car": "机动车",
        },
        "spellings": {"licence": "license", "dont": "not"},
        "fillers": ["a", "my", "the", "is", "was", "of"],
        "common": ["me", "police"],
        "used_in_chinese": ["app"],
    }
)  # fmt: skip


def searched(text: str) -> list[str]:
    return list(SMALL.chinese(_pieces(text)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Renew my passport", ["换领", "护照"]),
        ("I renewed two passports, renewing a third", ["换领", "护照", "换领"]),
        ("my passport is lost", ["护照补发"]),
        ("the lost passport", ["护照补发"]),
        ("driving licences", ["驾驶证"]),
        ("they don't pay", ["不缴"]),
        ("they don’t pay", ["不缴"]),
        ("registering a car", ["上牌"]),
        ("register my cars", ["上牌"]),
        ("cities", ["城市"]),
        ("the driver's car", ["机动车"]),
        ("hospitl", ["医院"]),
        ("hopsital", ["医院"]),
        ("hospitall", ["医院"]),
        ("hospitel", ["医院"]),
        ("hxspxtal", []),
        ("the police", []),
        ("passport 丢了 renew", ["护照", "丢了", "换领"]),
        ("me@passport.com", []),
        ("nothing of that", []),
    ],
)
def test_terms_are_found_in_the_forms_people_type(text: str, words: list[str]) -> None:
    assert searched(text) == words


def test_each_word_is_said_once_in_the_order_of_the_text() -> None:
    assert to_search_words("Visa? And a passport. The visa!") == "签证 护照"
    found = to_search_words("housing fund after leaving job, withdraw housing fund").split()
    assert found.count("公积金提取") == 1


def test_no_term_goes_on_beyond_the_end_of_a_sentence() -> None:
    assert searched("my passport lost") == ["护照补发"]
    assert searched("passport? I lost my car") == ["护照", "机动车"]
    assert searched("Passport。lost") == ["护照"]


def test_the_longer_of_two_terms_counts() -> None:
    assert to_search_words("how long does it take to renew my passport") == "多久能办好 护照换发"
    assert "护照" not in to_search_words("residence permit").split()


@pytest.mark.parametrize("text", ["", "hello there", "xyzzy", "?!", "YZ20261130-00018"])
def test_a_text_without_terms_gives_nothing(text: str) -> None:
    assert to_search_words(text) == ""


# The glossary ------------------------------------------------------------------


def test_the_glossary_is_large_and_says_nothing_twice() -> None:
    words = [tuple(glossary()._words(_pieces(term))) for term in DATA["terms"]]
    assert len(words) >= 400
    assert [word for word in words if not word or words.count(word) > 1] == []


def test_terms_are_lower_case_english_and_stand_for_chinese() -> None:
    wrong = [
        (term, chinese)
        for term, chinese in DATA["terms"].items()
        if term != term.lower() or not term.isascii() or "  " in chinese or (chinese.isascii() and chinese != "APP")
    ]
    assert wrong == []


def test_every_term_is_found_as_it_is_written() -> None:
    assert [term for term, chinese in DATA["terms"].items() if to_search_words(term) != chinese] == []


def test_ordinary_words_are_not_taken_for_mistyped_ones() -> None:
    for word in ("policy", "quality", "playing", "shipping", "healthy", "chance", "former"):
        assert to_search_words(f"about {word}") == ""


def test_a_new_english_term_takes_no_training() -> None:
    assert ENGLISH_FILE.is_file()
    assert ENGLISH_FILE not in model_files.lexicon_files()
    assert ENGLISH_FILE.with_name("typos.yml") in model_files.lexicon_files()


# Speed -------------------------------------------------------------------------


def both(text: str) -> None:
    is_english(text)
    to_search_words(text)


def test_a_message_takes_a_fraction_of_a_millisecond() -> None:
    chooser = random.Random(1)
    strange = [
        " ".join("".join(chooser.choices(string.ascii_lowercase, k=chooser.randint(2, 10))) for _ in range(12))
        for _ in range(200)
    ]
    rows = yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))["development"]
    for texts in ([row["text"] for row in rows], strange):
        both(texts[0])
        seconds = min(timeit.repeat(lambda texts=texts: [both(text) for text in texts], number=1, repeat=5))  # type: ignore[misc]
        assert seconds / len(texts) < MOST_A_MESSAGE * slowness()


@pytest.mark.parametrize(
    "part", ["not pay ", "how long do i have to ", "a", "passport", "居a", "'s", "lost lost ", "ang"]
)
def test_the_longest_message_takes_no_more_than_its_length_tells(part: str) -> None:
    text = (part * LONGEST_MESSAGE)[:LONGEST_MESSAGE]
    limit = 30 * MOST_A_MESSAGE * slowness()
    assert cpu_seconds(lambda: both(text), limit) < limit


@pytest.mark.parametrize(
    "text", ['/choose_entry{"entry_id": "exit_entry.passport_first"}', "／passport", "passport_number = 1"]
)
def test_what_is_written_for_a_machine_is_no_question(text: str) -> None:
    assert not is_english(text)
