"""Milvus Lite: the Milvus API over one file, its own default index, strong consistency so that what is added is found."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pymilvus import MilvusClient

from nlu.encoder.ports import Encoder, Vectors
from nlu.tokenizer import Tokenizer

BATCH = 5_000
NAME = "texts"


class MilvusLite:
    """Vectors alone."""

    def __init__(self, tokenizer: Tokenizer, encoder: Encoder, model: str, folder: Path) -> None:
        self._encoder = encoder
        self._client = MilvusClient(str(folder / "milvus.db"))
        self._client.create_collection(
            NAME, dimension=encoder.dimension, metric_type="IP", consistency_level="Strong", auto_id=False
        )
        self._count = 0

    def build(self, texts: Sequence[str], vectors: Vectors) -> None:
        for start in range(0, len(vectors), BATCH):
            rows = enumerate(vectors[start : start + BATCH], start=start)
            self._client.insert(NAME, [{"id": row, "vector": vector} for row, vector in rows])
        self._client.flush(NAME)
        self._client.load_collection(NAME)
        self._count = len(vectors)

    def search(self, question: str, limit: int) -> list[int]:
        found = self._client.search(NAME, data=[self._encoder.encode([question])[0]], limit=limit)
        return [int(hit["id"]) for hit in found[0]]

    def add(self, text: str) -> None:
        self._client.insert(NAME, [{"id": self._count, "vector": self._encoder.encode([text])[0]}])
        self._count += 1

    def outside_mb(self) -> float:
        return 0.0

    def close(self) -> None:
        self._client.close()
