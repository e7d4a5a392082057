from collections.abc import Sequence

import numpy as np
import pytest

from nlu.encoder import choice
from nlu.encoder.choice import EncoderChoice
from nlu.encoder.ports import Vectors
from nlu.encoder.pretrained import JoinedEncoder, Remembering, load_pretrained


class Counting:
    """A unit vector that says how long a text is; counts what it is asked."""

    dimension = 2

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        angles = np.array([len(text) for text in texts], dtype=np.float32)
        return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def test_texts_that_mean_the_same_are_near_in_other_words_scripts_and_languages() -> None:
    encoder = load_pretrained(("use",))
    asked, same, english, other = encoder.encode(
        ["孩子出生后怎么上户口", "新生兒要在哪裡登記戶口", "register a newborn baby", "公交车几点收车"]
    )
    assert asked @ same > asked @ other
    assert asked @ english > asked @ other
    assert np.allclose(np.linalg.norm(asked), 1, atol=1e-4)


def test_one_instance_serves_the_whole_process() -> None:
    assert load_pretrained(["use"]) is load_pretrained(("use",))


def test_a_question_is_computed_once_a_turn_and_however_it_was_typed() -> None:
    inner = Counting()
    encoder = JoinedEncoder([inner])
    first = encoder.encode(["ＡＢＣ居住证"])
    assert (encoder.encode(["abc居住证"]) == first).all()
    assert inner.asked == ["abc居住证"]


def test_what_is_remembered_does_not_grow_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nlu.encoder.pretrained.REMEMBERED", 2)
    inner = Counting()
    encoder = JoinedEncoder([inner])
    for text in ("一", "二", "三", "一"):
        encoder.encode([text])
    assert inner.asked == ["一", "二", "三", "一"]


def test_joined_vectors_have_length_one_and_the_mean_cosine() -> None:
    one, other = JoinedEncoder([Counting()]), JoinedEncoder([Counting(), Counting()])
    assert np.allclose(np.linalg.norm(other.encode(["居住证", "身份证怎么办"]), axis=1), 1)
    a, b = one.encode(["居住证", "身份证怎么办"])
    c, d = other.encode(["居住证", "身份证怎么办"])
    assert np.isclose(a @ b, c @ d)


def test_training_computes_each_text_once() -> None:
    inner = Counting()
    encoder = Remembering(inner)
    encoder.encode(["一", "二", "一"])
    assert encoder.encode(["二", "三三"]).shape == (2, 2)
    assert encoder.encode([]).shape == (0, 2)
    assert inner.asked == ["一", "二", "三三"]


@pytest.mark.parametrize(
    ("text", "own", "pretrained", "model"),
    [
        ("own,use", True, ("use",), ""),
        ("own", True, (), ""),
        (" use , own ", True, ("use",), ""),
        ("use", False, ("use",), "use"),
        ("/srv/models/bge", False, (), "/srv/models/bge"),
    ],
)
def test_a_choice_of_encoders_is_read(text: str, own: bool, pretrained: tuple[str, ...], model: str) -> None:
    chosen = EncoderChoice.parse(text)
    assert (chosen.own, chosen.pretrained, chosen.model) == (own, pretrained, model)


@pytest.mark.parametrize("text", ["", " , ", "own,bge-small-zh"])
def test_what_is_no_choice_is_refused_with_words(text: str) -> None:
    with pytest.raises(ValueError, match="SentenceTransformer"):
        EncoderChoice.parse(text)


def test_where_a_wheel_cannot_be_had_ours_works_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(choice.PACKAGES, "e5", "a_package_that_nobody_has")
    chosen = EncoderChoice.parse("own,use,e5")
    assert (chosen.pretrained, chosen.missing) == (("use",), ("e5",))
    alone = EncoderChoice.parse("e5")
    assert (alone.own, alone.pretrained, alone.missing) == (True, (), ("e5",))
    assert str(alone) == "own"
