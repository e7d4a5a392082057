"""How often the right entry is found, on real phrasings: a quarter of our content's, held back from index and encoder.

``python -m tests.benchmarks.search_quality`` prints recall@1 and @5 by engine as JSON. Trains an encoder: a minute.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from bot.settings import Settings
from knowledge_base.calibration import Calibration
from knowledge_base.calibration_data import HeldOut, hold_out
from knowledge_base.content_schema import load_content
from knowledge_base.embedding import load_encoder
from knowledge_base.encoder_training import phrase_groups, train_encoder
from knowledge_base.index.dense import DenseIndex
from knowledge_base.index.lexical import LexicalIndex
from knowledge_base.lifecycle import EntryStatus
from knowledge_base.models import Entry
from knowledge_base.phrases import phrases_of
from knowledge_base.published import PublishedEntries
from knowledge_base.search import SearchRules
from knowledge_base.service_catalogue import load_catalogue
from knowledge_base.trained_encoder import tokenizer_for
from nlu.vocabulary import named_things, synonym_groups
from tests.benchmarks import search_peers
from tests.benchmarks.search_engine import OURS
from tests.benchmarks.search_product import trained_encoder

CANDIDATES, FIVE = 40, 5
Ranked = Callable[[str], Sequence[str]]


def measure(folder: Path) -> dict[str, tuple[float, float]]:
    """By engine: the share of held-back phrasings whose entry is found first, and among the first five."""
    content = [entry for one in load_content() for entry in one.entries]
    held, tokenizer = hold_out(content), tokenizer_for(content)
    train_encoder(
        phrase_groups(held.entries, load_catalogue(), [*synonym_groups(), *named_things()]), tokenizer, folder / "model"
    )
    encoder = load_encoder(str(folder / "model"), tokenizer)
    lexical, dense = LexicalIndex(tokenizer), DenseIndex(encoder)
    published = PublishedEntries(lexical, dense, tokenizer, {}, {})
    rows = [Entry(status=EntryStatus.PUBLISHED, version=1, region="", **entry.model_dump()) for entry in held.entries]
    published.refresh([row.id for row in rows], rows)
    settings = Settings()
    rules = SearchRules(
        Calibration.load(trained_encoder().calibration), settings.answer_threshold, settings.clarify_threshold
    )
    searcher = rules.searcher(lexical, dense, published)
    today = max([date(2020, 1, 1), *(row.effective for row in rows if row.effective)])
    found = {OURS: _recall(lambda text: [hit.entry_id for hit in searcher.search(text, today, FIVE).hits], held)}
    phrases = [phrase for entry in held.entries for phrase in phrases_of(entry)]
    texts = [phrase.text.replace("\n", " ") for phrase in phrases]
    vectors = encoder.encode(texts)
    for name in search_peers.PEERS:
        with tempfile.TemporaryDirectory(dir=folder) as work:
            peer = search_peers.make(name, tokenizer, encoder, str(folder / "model"), Path(work))
            peer.build(texts, vectors)
            found[name] = _recall(
                lambda text, peer=peer: [phrases[row].entry_id for row in peer.search(text, CANDIDATES)], held
            )
            peer.close()
    return found


def _recall(search: Ranked, held: HeldOut) -> tuple[float, float]:
    ranks = [list(dict.fromkeys(search(text)))[:FIVE] for text, _ in held.questions]
    pairs = list(zip(ranks, (entry_id for _, entry_id in held.questions), strict=True))
    first, five = (sum(right in found[:count] for found, right in pairs) / len(pairs) for count in (1, FIVE))
    return round(first, 4), round(five, 4)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as work:
        print(json.dumps(measure(Path(work))))
