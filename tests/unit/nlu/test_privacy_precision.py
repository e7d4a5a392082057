"""Precision and recall of personal data on invented sentences, by exact span; the table is printed with ``pytest -s``."""

from collections import Counter
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from nlu.privacy import find_personal_data, mask, remove

ROWS = yaml.safe_load((Path(__file__).parent / "data" / "personal_data.yml").read_text(encoding="utf-8"))
PRECISION, RECALL = 0.97, 0.95


def spans(text: str, pairs: list[list[object]]) -> Counter[tuple[str, str]]:
    """Kinds and texts; every text must be in the sentence, or the row is wrong."""
    assert all(str(value) in text for _, value in pairs), text
    return Counter((str(kind), str(value)) for kind, value in pairs)


def test_precision_and_recall() -> None:
    true, found, right = Counter[str](), Counter[str](), Counter[str]()
    for row in ROWS:
        want = spans(row["text"], row["spans"])
        got = Counter((span.kind, span.text) for span in find_personal_data(row["text"]))
        for counter, counted in ((true, want), (found, got), (right, want & got)):
            for (kind, _), number in counted.items():
                counter[kind] += number
    print(f"\n{'kind':16}{'spans':>7}{'precision':>11}{'recall':>8}")
    for kind in sorted(true | found):
        print(
            f"{kind:16}{true[kind]:7}{right[kind] / max(found[kind], 1):11.3f}{right[kind] / max(true[kind], 1):8.3f}"
        )
    precision, recall = right.total() / found.total(), right.total() / true.total()
    print(f"{'all':16}{true.total():7}{precision:11.3f}{recall:8.3f}")
    assert precision >= PRECISION
    assert recall >= RECALL


@pytest.mark.parametrize("text", [row["text"] for row in ROWS if not row["spans"]])
def test_nothing_personal_is_found_where_there_is_nothing(text: str) -> None:
    assert find_personal_data(text) == []


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("我家在东湖区青年路88号香樟苑6栋，楼下吵", "我家在东湖区青年路********，楼下吵"),
        ("护照E20481739快到期", "护照E20****39快到期"),
        ("云A3K728挡路了", "云*****8挡路了"),
        ("青年路的路灯坏了", "青年路的路灯坏了"),
        ("拨打400-810-1234没人接", "拨打400-810-1234没人接"),
    ],
)
def test_masks_keep_the_street_and_the_ends_of_numbers(text: str, masked: str) -> None:
    assert mask(text) == masked


def test_what_is_looked_up_has_nobodys_data() -> None:
    assert remove("我叫王小明，电话13900001234，公积金怎么提") == "我叫，电话，公积金怎么提"


PIECES = st.sampled_from(
    ["我叫", "王小明", "刘桂兰", "，", " ", "人民路", "12号", "3栋", "501室", "13900001234", "云A3K728", "E20481739",
     "6222021000112233449", "a@example.com", "户主", "的", "在", "座机", "63350127", "1", "-", "花园", "和"]
)  # fmt: skip


@example("我叫花园云A3K7283栋云A3K728人民路E20481739我叫我叫")
@given(st.lists(PIECES, max_size=12).map("".join))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    assert mask(mask(text)) == mask(text)
