from pathlib import Path

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from knowledge_base.calibration_data import hold_out
from knowledge_base.embedding import SentenceTransformerEncoder, load_encoder, precut
from knowledge_base.encoder_training import Pretrained, phrase_groups, train_encoder
from knowledge_base.phrases import phrases_of, sentences
from knowledge_base.service_catalogue import Catalogue, load_catalogue
from knowledge_base.trained_encoder import Examples, find, fingerprint, taught_words, tokenizer_for, train
from nlu.encoder.adapted import features_of
from nlu.encoder.choice import EncoderChoice
from nlu.encoder.pretrained import load_pretrained
from nlu.encoder.static import write_words
from tests.unit.knowledge_base.conftest import content

OWN = EncoderChoice.parse("own")


@pytest.mark.slow
def test_a_trained_encoder_puts_phrasings_of_one_entry_together(tmp_path: Path) -> None:
    entries = content()[0].entries
    cutter = tokenizer_for(entries)
    train_encoder(phrase_groups(entries, Catalogue()), cutter, tmp_path / "model", epochs=20)
    encoder = load_encoder(str(tmp_path / "model"), cutter)
    one, same, other = encoder.encode(["新生儿落户", "给孩子报户口", "身份证挂失"])
    assert one @ same > one @ other
    assert np.allclose(np.linalg.norm([one, same, other], axis=1), 1, atol=1e-5)
    assert not encoder.encode(["xyzzy"]).any()


@pytest.mark.slow
def test_our_encoder_without_torch_gives_the_vectors_that_sentence_transformers_gives(tmp_path: Path) -> None:
    entries = content()[0].entries
    cutter = tokenizer_for(entries)
    train_encoder(phrase_groups(entries, Catalogue()), cutter, tmp_path / "model", epochs=2)
    texts = [text for entry in entries for text in entry.similar]
    ours = load_encoder(str(tmp_path / "model"), cutter).encode(texts)
    theirs = SentenceTransformerEncoder(str(tmp_path / "model")).encode([precut(text, cutter) for text in texts])
    assert np.allclose(ours, theirs, atol=1e-5)


@pytest.mark.slow
def test_with_a_pretrained_encoder_unknown_words_say_something_too_with_torch_and_without(tmp_path: Path) -> None:
    entries = content()[0].entries
    cutter = tokenizer_for(entries)
    given = load_pretrained(("use",))
    groups = phrase_groups(entries, Catalogue())
    train_encoder(groups, cutter, tmp_path, epochs=20, pretrained=Pretrained(("use",), given))
    write_words(tmp_path, taught_words(entries))
    ours = load_encoder(str(tmp_path), cutter)
    theirs = SentenceTransformer(str(tmp_path), device="cpu", trust_remote_code=True)
    texts = [text for entry in entries for text in entry.similar]
    assert np.allclose(ours.encode(texts), theirs.encode(texts), atol=1e-5)
    one, same, other = ours.encode(["宝宝要上户籍", "新生儿落户", "身份证挂失"])
    assert one @ same > one @ other
    assert features_of(ours).encode(texts).shape == (len(texts), 256 + 512)


@pytest.mark.slow
def test_training_appears_whole_is_found_again_and_only_for_the_same_inputs(tmp_path: Path) -> None:
    files = tmp_path / "content"
    files.mkdir()
    (files / "hukou.yml").write_text("topic: hukou", encoding="utf-8")
    outside = tmp_path / "outside.yml"
    outside.write_text("nlu: []", encoding="utf-8")
    digest = fingerprint(files, [outside], OWN)
    assert find(tmp_path / "models", digest, OWN) is None
    shares: list[float] = []
    trained = train(
        tmp_path / "models",
        digest,
        OWN,
        content(),
        Examples(["居住证怎么办"] * 3, ["今天天气怎么样"] * 3, generated=50),
        shares.append,
        epochs=2,
        catalogue=Catalogue(services=load_catalogue().services[:20]),
    )
    assert find(tmp_path / "models", digest, OWN) == trained
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    encoder, calibration = trained.load(tokenizer_for(content()[0].entries))
    assert encoder.dimension == 256
    assert calibration.slope > 0
    outside.write_text("nlu: [1]", encoding="utf-8")
    assert fingerprint(files, [outside], OWN) != digest


def test_calibration_never_sees_the_phrasings_it_asks_for() -> None:
    held = hold_out(content()[0].entries)
    kept = {text for entry in held.entries for text in entry.similar}
    assert held.questions
    assert kept.isdisjoint(text for text, _ in held.questions)


def test_calibration_knows_nothing_of_a_passage_but_its_text() -> None:
    held = hold_out(content()[0].entries)
    written = {entry.id for entry in held.entries}
    asked = {entry_id for _, entry_id in held.questions}
    for passage in held.passages:
        assert passage.id not in written
        assert passage.id in asked
        assert all(phrase.passage for phrase in phrases_of(passage))
        assert "".join(sentences(passage.answer)[:1]) == passage.question
        assert not passage.aliases


def test_a_text_is_found_by_its_sentences_each_once() -> None:
    assert sentences("一、先交材料。\n先交材料；再等。好！三天内答复", lambda text: text.removeprefix("一、")) == [
        "先交材料",
        "三天内答复",
    ]
