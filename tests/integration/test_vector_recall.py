"""Cells find what comparing all vectors finds, with the encoder in use and questions as citizens ask them."""

import numpy as np
from prerequisites import require_models

from bot.settings import Settings
from bot.setup_steps import find_encoder
from knowledge_base.index.dense import DenseIndex
from knowledge_base.index.faiss_engine import FaissEngine
from knowledge_base.phrases import phrases_of
from nlu.tokenizer import Tokenizer
from tests.benchmarks.search_texts import entries, questions

ENTRIES, QUESTIONS, LIMIT = 6_000, 200, 10
# Entries repeat each other: equally near ones count alike. Sixteen bits a number move a cosine about so much.
SAME_COSINE = 2e-4


def test_ten_nearest_are_found_as_if_all_were_compared() -> None:
    require_models()
    trained = find_encoder(Settings())
    assert trained is not None
    encoder, _ = trained.load(Tokenizer())
    index = DenseIndex(encoder, FaissEngine(encoder.dimension, cells_from=20_000))
    index.replace([], [phrase for row in entries(ENTRIES) for phrase in phrases_of(row)])
    asked = questions(QUESTIONS)
    exact = [index.search(question, LIMIT)[-1][1] for question in asked]

    assert index.tend()

    found = [[cosine for _, cosine in index.search(question, LIMIT)] for question in asked]
    shares = [
        np.mean([one >= least - SAME_COSINE for one in cosines]) for cosines, least in zip(found, exact, strict=True)
    ]
    assert np.mean(shares) >= 0.98
