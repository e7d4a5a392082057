"""Training the default encoder from our own content.

A ``StaticEmbedding`` (one learned vector a term, averaged) over the terms of :class:`nlu.tokenizer.Tokenizer`, trained
with MultipleNegativesRankingLoss (Henderson et al. 2017, https://arxiv.org/abs/1705.00652): phrases of one entry attract,
all other entries in the batch repel. Seconds on a CPU, no weights from elsewhere.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from knowledge_base.embedding import PRECUT_MARK, precut
from knowledge_base.phrases import Phrased, phrases_of
from nlu.tokenizer import Tokenizer

DIMENSION = 256
EPOCHS = 80
BATCH = 256
LEARNING_RATE = 0.005
# Vectors start small, so that terms that are never trained say little.
INITIAL_SCALE = 0.1
# Share of terms left out at random, so that no phrase hangs on one word.
DROPPED = 0.3
SEED = 7


def _tokenizer_for(texts: Iterable[str]) -> Any:
    from tokenizers import Tokenizer as FastTokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import WhitespaceSplit

    counts = Counter(term for text in texts for term in text.split())
    vocabulary = {"[UNK]": 0} | {term: rank for rank, (term, _) in enumerate(counts.most_common(), start=1)}
    tokenizer = FastTokenizer(WordLevel(vocabulary, unk_token="[UNK]"))  # noqa: S106 - the unknown token
    tokenizer.pre_tokenizer = WhitespaceSplit()
    return tokenizer


def _kept(text: str, chooser: random.Random) -> str:
    """The text without some of its terms."""
    terms = text.split()
    return " ".join([term for term in terms if chooser.random() > DROPPED] or terms)


def train_encoder(
    entries: Sequence[Phrased],
    tokenizer: Tokenizer,
    target: Path,
    *,
    epochs: int = EPOCHS,
    progress: Callable[[float], None] = lambda share: None,
) -> None:
    """Train on ``entries`` and save a SentenceTransformer in the folder ``target``; deterministic for equal content.

    In each epoch every entry gives one pair of its phrases; the other entries of the batch are what it is told from.
    """
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    torch.manual_seed(SEED)
    chooser = random.Random(SEED)  # noqa: S311 - not for security
    phrases = [[cut for phrase in phrases_of(entry) if (cut := precut(phrase.text, tokenizer))] for entry in entries]
    phrases = [texts for texts in phrases if len(texts) > 1]
    module = StaticEmbedding(_tokenizer_for(text for texts in phrases for text in texts), embedding_dim=DIMENSION)
    with torch.no_grad():
        module.embedding.weight.mul_(INITIAL_SCALE)
        module.embedding.weight[0].zero_()  # an unknown term says nothing
    model = SentenceTransformer(modules=[module], device="cpu")
    loss = MultipleNegativesRankingLoss(model)
    optimiser = torch.optim.Adam(loss.parameters(), lr=LEARNING_RATE)
    for epoch in range(epochs):
        chooser.shuffle(phrases)
        for start in range(0, len(phrases), BATCH):
            pairs = [chooser.sample(texts, 2) for texts in phrases[start : start + BATCH]]
            features = [model.preprocess([_kept(pair[side], chooser) for pair in pairs]) for side in (0, 1)]
            optimiser.zero_grad()
            loss(features, None).backward()
            optimiser.step()
        progress((epoch + 1) / epochs)
    with torch.no_grad():
        module.embedding.weight[0].zero_()
    model.save(str(target), create_model_card=False)
    (target / PRECUT_MARK).write_text(json.dumps({"precut": True}), encoding="utf-8")
