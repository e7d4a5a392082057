"""Training the default encoder from our own knowledge.

A ``StaticEmbedding`` (one learned vector a term, averaged) over the terms of :class:`nlu.tokenizer.Tokenizer`, trained
with MultipleNegativesRankingLoss (Henderson et al. 2017, https://arxiv.org/abs/1705.00652): phrases of one group attract,
all other groups in the batch repel. Groups are the entries of the knowledge base, the services and legal matters of the
catalogue, and the lexicon's words for one thing. Less than a minute on a CPU, no weights from elsewhere.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from knowledge_base.embedding import PRECUT_MARK, precut
from knowledge_base.phrases import Phrased, phrases_of
from knowledge_base.service_catalogue import Catalogue
from nlu.tokenizer import Tokenizer
from nlu.vocabulary import TermGroup

DIMENSION = 256
EPOCHS = 60
BATCH = 512
LEARNING_RATE = 0.005
# Cosines are multiplied by this before they compete.
SCALE = 12.0
# Vectors start small, so that terms that are never trained say little.
INITIAL_SCALE = 0.1
# Share of terms left out at random, so that no phrase hangs on one word.
DROPPED = 0.3
# How often a phrase is paired with its group's first, the official one, and not with any other.
OFFICIAL_PAIRS = 0.5
SEED = 7

Group = Sequence[str]
Rows = Sequence[int]


def phrase_groups(
    entries: Sequence[Phrased], catalogue: Catalogue, lexicon: Iterable[TermGroup] = ()
) -> list[list[str]]:
    """What the encoder learns from: lists of phrases that mean the same, the official one first.

    An entry and a service of one name are one group, so that they do not repel each other.
    """
    groups: dict[str, list[str]] = {}
    for texts in [[phrase.text for phrase in phrases_of(entry)] for entry in entries] + catalogue.phrase_groups():
        groups.setdefault(texts[0], []).extend(texts)
    words = [list(group.words) for group in lexicon]
    return [list(dict.fromkeys(texts)) for texts in [*groups.values(), *words] if len(set(texts)) > 1]


def train_encoder(
    groups: Sequence[Group],
    tokenizer: Tokenizer,
    target: Path,
    *,
    epochs: int = EPOCHS,
    progress: Callable[[float], None] = lambda share: None,
) -> None:
    """Train on ``groups`` and save a SentenceTransformer in the folder ``target``; deterministic for equal content.

    In each epoch every group gives one pair of its phrases; the other groups of the batch are what it is told from.
    """
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    torch.manual_seed(SEED)
    chooser = random.Random(SEED)  # noqa: S311 - not for security
    texts = [[precut(text, tokenizer) for text in group] for group in groups]
    terms = _tokenizer_for(text for group in texts for text in group)
    module = StaticEmbedding(terms, embedding_dim=DIMENSION)
    module.embedding.sparse = True  # a batch touches few of the terms: a third of the time, equal recall
    with torch.no_grad():
        module.embedding.weight.mul_(INITIAL_SCALE)
        module.embedding.weight[0].zero_()  # an unknown term says nothing
    model = SentenceTransformer(modules=[module], device="cpu")
    loss = MultipleNegativesRankingLoss(model, scale=SCALE)
    optimiser = torch.optim.SparseAdam(loss.parameters(), lr=LEARNING_RATE)
    numbered = [[rows for text in group if (rows := _known_rows(terms, text))] for group in texts]
    numbered = [group for group in numbered if len(group) > 1]
    for epoch in range(epochs):
        chooser.shuffle(numbered)
        for start in range(0, len(numbered), BATCH):
            pairs = [_pair(group, chooser) for group in numbered[start : start + BATCH]]
            features = [_bags([_kept(pair[side], chooser) for pair in pairs]) for side in (0, 1)]
            optimiser.zero_grad()
            loss(features, None).backward()
            optimiser.step()  # type: ignore[no-untyped-call]  # torch leaves SparseAdam untyped
        progress((epoch + 1) / epochs)
    with torch.no_grad():
        module.embedding.weight[0].zero_()
    model.save(str(target), create_model_card=False)
    (target / PRECUT_MARK).write_text(json.dumps({"precut": True}), encoding="utf-8")


def _known_rows(terms: Any, text: str) -> list[int]:
    """The text's terms as rows of the embedding, without unknown ones."""
    return [row for row in terms.encode(text, add_special_tokens=False).ids if row]


def _bags(texts: Sequence[Sequence[int]]) -> dict[str, Any]:
    """What ``StaticEmbedding`` reads: all rows one after the other, and where each text begins."""
    import torch

    starts = [0, *accumulate(len(rows) for rows in texts)][:-1]
    return {"input_ids": torch.tensor([row for rows in texts for row in rows]), "offsets": torch.tensor(starts)}


def _tokenizer_for(texts: Iterable[str]) -> Any:
    """Terms to numbers. A character bigram of one phrase only can be learned by heart and nothing else: left out."""
    from tokenizers import Tokenizer as FastTokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import WhitespaceSplit

    counts = Counter(term for text in texts for term in set(text.split()))
    kept = [term for term, count in counts.most_common() if count > 1 or not term.startswith("#")]
    vocabulary = {"[UNK]": 0} | {term: rank for rank, term in enumerate(kept, start=1)}
    tokenizer = FastTokenizer(WordLevel(vocabulary, unk_token="[UNK]"))  # noqa: S106 - the unknown token
    tokenizer.pre_tokenizer = WhitespaceSplit()
    return tokenizer


def _pair(group: Sequence[Rows], chooser: random.Random) -> tuple[Rows, Rows]:
    if chooser.random() < OFFICIAL_PAIRS:
        return chooser.choice(group[1:]), group[0]
    one, other = chooser.sample(group, 2)
    return one, other


def _kept(rows: Rows, chooser: random.Random) -> Rows:
    """The text without some of its terms."""
    return [row for row in rows if chooser.random() > DROPPED] or rows
