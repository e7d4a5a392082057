"""Training the default encoder from our own knowledge.

A ``StaticEmbedding`` (one learned vector a term, averaged) over the terms of :class:`nlu.tokenizer.Tokenizer`, trained
with MultipleNegativesRankingLoss (Henderson et al. 2017, https://arxiv.org/abs/1705.00652): phrases of one group attract,
all other groups in the batch repel. Groups are the entries of the knowledge base, the services and legal matters of the
catalogue, and the lexicon's words for one thing. About a minute on a CPU. With a pretrained encoder beside it, a projection
of its vectors is trained at the same time (``knowledge_base/adapted_embedding.py``).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np

from knowledge_base.embedding import precut
from knowledge_base.phrases import Phrased, phrases_of
from knowledge_base.service_catalogue import Catalogue
from nlu.encoder.ports import Encoder, Vectors
from nlu.encoder.trained import write_mark
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
# The projection of a pretrained encoder learns slowly: it begins where that one's own distances are kept. How often a
# phrase is learned without it, so that our terms learn too.
PROJECTION_RATE, UNSEEN = 0.0005, 0.2
# So many vectors are enough to see where a pretrained encoder's differ most.
SAMPLE = 10_000

Group = Sequence[str]
Rows = Sequence[int]
Numbered = tuple[Rows, int]


@dataclass(frozen=True)
class Pretrained:
    """Pretrained encoders to train with: their names, and what they make together."""

    names: tuple[str, ...]
    encoder: Encoder


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
    pretrained: Pretrained | None = None,
) -> None:
    """Train on ``groups`` and save a SentenceTransformer in the folder ``target``; deterministic for equal content.

    In each epoch every group gives one pair of its phrases; the other groups of the batch are what it is told from.
    """
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

    torch.manual_seed(SEED)
    # More threads wait for each other by spinning; beside any other work that takes five times as long.
    torch.set_num_threads(1)
    chooser = random.Random(SEED)  # noqa: S311 - not for security
    cut = [[precut(text, tokenizer) for text in group] for group in groups]
    terms = _tokenizer_for(text for group in cut for text in group)
    texts = Texts(groups, pretrained.encoder if pretrained else None)
    module = _module(terms, tokenizer, texts, pretrained)
    model = SentenceTransformer(modules=[module], device="cpu")
    loss = MultipleNegativesRankingLoss(model, scale=SCALE)
    optimisers: list[Any] = [torch.optim.SparseAdam([module.embedding.weight], lr=LEARNING_RATE)]
    if pretrained:
        optimisers.append(torch.optim.Adam([module.projection], lr=PROJECTION_RATE))
    numbered = [_numbered(terms, texts, *pair) for pair in zip(groups, cut, strict=True)]
    numbered = [group for group in numbered if len(group) > 1]
    for epoch in range(epochs):
        chooser.shuffle(numbered)
        for start in range(0, len(numbered), BATCH):
            pairs = [_pair(group, chooser) for group in numbered[start : start + BATCH]]
            features = [texts.features([pair[side] for pair in pairs], chooser) for side in (0, 1)]
            for optimiser in optimisers:
                optimiser.zero_grad()
            loss(features, None).backward()
            for optimiser in optimisers:
                optimiser.step()
        progress((epoch + 1) / epochs)
    with torch.no_grad():
        module.embedding.weight[0].zero_()
    model.save(str(target), create_model_card=False)
    write_mark(target, pretrained.names if pretrained else ())


def _module(terms: Any, tokenizer: Tokenizer, texts: Texts, pretrained: Pretrained | None) -> Any:
    """The untrained module."""
    import torch
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    if pretrained is None:
        module = StaticEmbedding(terms, embedding_dim=DIMENSION)
    else:
        from knowledge_base.adapted_embedding import AdaptedEmbedding

        module = AdaptedEmbedding(terms, DIMENSION, pretrained.encoder, pretrained.names, tokenizer)
    module.embedding.sparse = True  # a batch touches few of the terms: a third of the time, equal recall
    with torch.no_grad():
        module.embedding.weight.mul_(INITIAL_SCALE)
        module.embedding.weight[0].zero_()  # an unknown term says nothing
        if pretrained is not None:
            module.projection.copy_(torch.from_numpy(main_directions(texts.vectors, DIMENSION)))
    return module


class Texts:
    """The phrases trained on, each with its pretrained vector where there is a pretrained encoder."""

    def __init__(self, groups: Sequence[Group], encoder: Encoder | None) -> None:
        distinct = list(dict.fromkeys(text for group in groups for text in group))
        self._places = {text: place for place, text in enumerate(distinct)}
        self.vectors: Vectors = encoder.encode(distinct) if encoder else np.zeros((0, 0), dtype=np.float32)

    def place(self, text: str) -> int:
        """Where the text's vector is."""
        return self._places[text]

    def features(self, batch: Sequence[Numbered], chooser: random.Random) -> dict[str, Any]:
        """What the module reads: some terms and some whole pretrained vectors are left out."""
        import torch

        rows = [_kept(rows, chooser) for rows, _ in batch]
        starts = [0, *accumulate(len(each) for each in rows)][:-1]
        features = {"input_ids": torch.tensor([row for each in rows for row in each]), "offsets": torch.tensor(starts)}
        if len(self.vectors):
            given = self.vectors[[place for _, place in batch]]
            given[[chooser.random() < UNSEEN for _ in batch]] = 0
            features["pretrained"] = torch.from_numpy(given)
        return features


def main_directions(vectors: Vectors, count: int) -> Vectors:
    """The directions in which vectors differ most, as columns: where the projection begins. Shape (dimension, count)."""
    _, _, directions = np.linalg.svd(vectors[:: max(1, len(vectors) // SAMPLE)], full_matrices=False)
    start = np.zeros((vectors.shape[1], count), dtype=np.float32)
    start[:, : len(directions[:count])] = directions[:count].T
    return start


def _numbered(terms: Any, texts: Texts, group: Group, cut: Sequence[str]) -> list[Numbered]:
    """A group's phrases as rows of the embedding and places of their pretrained vectors, without those of unknown terms."""
    pairs = ((_known_rows(terms, words), texts.place(text)) for text, words in zip(group, cut, strict=True))
    return [(rows, place) for rows, place in pairs if rows]


def _known_rows(terms: Any, text: str) -> list[int]:
    """The text's terms as rows of the embedding, without unknown ones."""
    return [row for row in terms.encode(text, add_special_tokens=False).ids if row]


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


def _pair(group: Sequence[Numbered], chooser: random.Random) -> tuple[Numbered, Numbered]:
    if chooser.random() < OFFICIAL_PAIRS:
        return chooser.choice(group[1:]), group[0]
    one, other = chooser.sample(group, 2)
    return one, other


def _kept(rows: Rows, chooser: random.Random) -> Rows:
    """The text without some of its terms."""
    return [row for row in rows if chooser.random() > DROPPED] or rows
