"""One engine at one size, in a process of its own: ``python -m tests.benchmarks.search_engine ENGINE SIZE FOLDER``.

``FOLDER`` has ``texts.txt`` and ``vectors.npy`` (engine ``texts`` writes them). The last line printed is the findings as JSON.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import lru_cache, partial
from pathlib import Path

import numpy as np

from knowledge_base.phrases import phrases_of
from nlu.encoder.ports import Encoder, Vectors
from nlu.tokenizer import Tokenizer
from tests.benchmarks import search_peers
from tests.benchmarks.numbers import Spread
from tests.benchmarks.search_measure import CLIENTS, LIMIT, MB, EngineFindings, memory_mb, searched, timed
from tests.benchmarks.search_product import Product, trained_encoder
from tests.benchmarks.search_texts import TEXTS_AN_ENTRY, entries, questions

OURS, TEXTS = "product", "texts"
QUESTIONS, GOLDEN, COMPARED, PUBLISHED, ADDED = 1_000, 200, 200, 20, 20
AT_ONCE = 5_000
# Cosines that differ by less are equal: the index keeps 16 bits a number, and there are equal texts.
SAME_COSINE = 1e-3


def say(words: str) -> None:
    """What is going on, for whoever waits."""
    print(f"  {words}", flush=True)


def write_texts(size: int, folder: Path) -> EngineFindings:
    """The texts, and their vectors by our encoder, by two processes: cutting Chinese takes the time."""
    started, total = time.perf_counter(), size // TEXTS_AN_ENTRY
    dimension = trained_encoder().load(Tokenizer())[0].dimension
    shape = (total * TEXTS_AN_ENTRY, dimension)
    vectors = np.lib.format.open_memmap(folder / "vectors.npy", mode="w+", dtype=np.float32, shape=shape)
    blocks = [(first, min(AT_ONCE, total - first)) for first in range(0, total, AT_ONCE)]
    with (
        (folder / "texts.txt").open("w", encoding="utf-8") as file,
        ProcessPoolExecutor(2, None, _learn, (total,)) as pool,
    ):
        at = 0
        for texts, encoded in pool.map(_encoded, blocks):
            vectors[at : at + len(texts)] = encoded
            at += len(texts)
            file.writelines(f"{text}\n" for text in texts)
            say(f"{at / size:.0%} of the texts encoded")
    vectors.flush()
    return EngineFindings(TEXTS, size, build_seconds=round(time.perf_counter() - started, 1))


@lru_cache(maxsize=1)
def _encoder() -> tuple[Encoder, Tokenizer]:
    """This process's own."""
    tokenizer = Tokenizer()
    return trained_encoder().load(tokenizer)[0], tokenizer


def _learn(total: int) -> None:
    """Names of entries stay whole, as in the product."""
    _encoder()[1].add_words(row.title for row in entries(total))


def _encoded(block: tuple[int, int]) -> tuple[list[str], Vectors]:
    first, count = block
    texts = [phrase.text for row in entries(count, first) for phrase in phrases_of(row)]
    return texts, _encoder()[0].encode(texts)


def measure_product(size: int, folder: Path) -> EngineFindings:
    """The whole search."""
    asked, others = questions(QUESTIONS), questions(QUESTIONS + GOLDEN)[QUESTIONS:]
    with tempfile.TemporaryDirectory(dir=folder) as work:
        product = Product(Path(work))
        before, started = memory_mb(), time.perf_counter()
        product.build(size, lambda share: say(f"{share:.0%} published after {time.perf_counter() - started:.0f} s"))
        findings = EngineFindings(OURS, size, build_seconds=round(time.perf_counter() - started, 1))
        findings.memory_mb = round(memory_mb() - before, 1)
        findings.one, findings.eight = (searched(product.search, asked, clients) for clients in (1, CLIENTS))
        findings.recall_at_10 = _recall(product, asked[:COMPARED], np.load(folder / "vectors.npy", mmap_mode="r"))
        product.keep_golden(others)
        findings.visible_ms = Spread.of([product.publish(number) for number in range(PUBLISHED)])
        product.close()
    return findings


def _recall(product: Product, asked: Sequence[str], texts: Vectors) -> float:
    """Share of the exact nearest ten that the index finds among its ten; equally near ones count alike."""
    means = texts.reshape(-1, TEXTS_AN_ENTRY, texts.shape[1]).sum(axis=1)
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
    shares = []
    for question in asked:
        vector = product.dense.encode(question)
        exact = np.concatenate([np.asarray(texts @ vector), means @ vector])
        least = np.partition(exact, -LIMIT)[-LIMIT] - SAME_COSINE
        found = [cosine for _, cosine in product.dense.search(question, LIMIT)]
        shares.append(sum(cosine >= least for cosine in found) / LIMIT)
    return round(float(np.mean(shares)), 4)


def measure_peer(name: str, size: int, folder: Path) -> EngineFindings:
    """One of the others."""
    asked, tokenizer = questions(QUESTIONS), Tokenizer()
    trained = trained_encoder()
    encoder, _ = trained.load(tokenizer)
    texts = (folder / "texts.txt").read_text(encoding="utf-8").splitlines()
    vectors: Vectors = np.load(folder / "vectors.npy", mmap_mode="r")
    with tempfile.TemporaryDirectory(dir=folder) as work:
        peer = search_peers.make(name, tokenizer, encoder, trained.model, Path(work))
        before, started = memory_mb(), time.perf_counter()
        peer.build(texts, vectors)
        findings = EngineFindings(name, size, build_seconds=round(time.perf_counter() - started, 1))
        findings.memory_mb = round(memory_mb() - before + peer.outside_mb(), 1)
        findings.one, findings.eight = (
            searched(lambda question: peer.search(question, LIMIT), asked, clients) for clients in (1, CLIENTS)
        )
        if isinstance(peer, search_peers.AddingPeer):
            findings.visible_ms = Spread.of([timed(partial(_add, peer, number)) for number in range(ADDED)])
        else:
            findings.note = "cannot add: build again"
        peer.close()
    return findings


def _add(peer: search_peers.AddingPeer, number: int) -> None:
    peer.add(f"新样例{number}办理条件")
    peer.search(f"新样例{number}办理条件", LIMIT)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine", choices=[TEXTS, OURS, *search_peers.PEERS])
    parser.add_argument("size", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--memory-gb", type=float, default=9.0)
    options = parser.parse_args()
    limit = int(options.memory_gb * 1024 * MB)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    if options.engine == TEXTS:
        findings = write_texts(options.size, options.folder)
    elif options.engine == OURS:
        findings = measure_product(options.size, options.folder)
    else:
        findings = measure_peer(options.engine, options.size, options.folder)
    print(json.dumps(asdict(findings)))


if __name__ == "__main__":
    main()
