"""Milvus: the vectors live in a service of their own, which every process of the app shares.

Each process writes every change that it learns of. As a row's number is made from what it stands for, writing it twice
changes nothing, and a process that dies between the database and Milvus leaves nothing behind that the others do not mend.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from knowledge_base.index.engine import EngineUnavailable, Rows
from nlu.encoder.ports import Vectors

logger = logging.getLogger(__name__)
AT_ONCE = 1_000
ROWS_AT_ONCE = 10_000
ANSWER_SECONDS = 2.0
CHANGE_SECONDS = 60.0
# After a failure the next question does not wait for Milvus again before this time has passed.
PAUSE_SECONDS = 5.0
T = TypeVar("T")


class MilvusEngine:
    """One collection of a Milvus server (``http://host:19530``), or of a file (Milvus Lite, for one process alone)."""

    def __init__(self, uri: str, token: str, collection: str, dimension: int) -> None:
        self._uri, self._token = uri, token
        self._collection = collection
        self._dimension = dimension
        self._client: Any = None
        self._asleep_until = 0.0
        # Changes that Milvus has not taken in yet: the vector of a row, or None where the row has to go.
        self._owed: dict[int, Vectors | None] = {}
        self._lock = threading.Lock()

    def replace(self, gone: Rows, rows: Rows, vectors: Vectors) -> None:
        """Forget ``gone``, then learn ``rows``; kept here and tried again while Milvus does not answer."""
        with self._lock:
            self._owed |= dict.fromkeys(gone.tolist())
            self._owed |= zip(rows.tolist(), vectors, strict=True)
        try:
            self._ask(lambda client: None)
        except EngineUnavailable as error:
            logger.warning("%s; %d changes wait for it", error, len(self._owed))

    def search(self, vector: Vectors, limit: int) -> list[tuple[int, float]]:
        """The nearest rows with their cosine, best first."""
        found = self._ask(
            lambda client: client.search(
                self._collection, [vector], limit=limit, output_fields=["row"], timeout=ANSWER_SECONDS
            )
        )
        return [(int(hit["row"]), float(hit["distance"])) for hit in found[0]]

    def rows(self) -> Rows:
        """Every row in the collection."""

        def ask(client: Any) -> list[int]:
            pages = client.query_iterator(
                self._collection, batch_size=ROWS_AT_ONCE, filter="row >= 0", output_fields=["row"]
            )
            rows: list[int] = []
            while page := pages.next():
                rows += [hit["row"] for hit in page]
            pages.close()
            return rows

        return np.array(self._ask(ask), dtype=np.int64)

    def tend(self, threads: int = 1) -> bool:
        """Hand over what waits; the shape of the index is Milvus's own business."""
        if not self._owed:
            return False
        try:
            self._ask(lambda client: None)
        except EngineUnavailable:
            return False
        return True

    def clear(self) -> None:
        """Drop the collection."""
        with self._lock:
            self._owed = {}
        self._ask(lambda client: client.drop_collection(self._collection))
        self.close()

    def save(self, folder: Path) -> None:
        """Milvus keeps its vectors itself."""

    def load(self, folder: Path) -> None:
        """Milvus keeps its vectors itself."""

    def close(self) -> None:
        """Let the connection go; the next question opens another."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def _ask(self, question: Callable[[Any], T]) -> T:
        """The answer, once all changes are handed over."""
        from pymilvus import MilvusException  # slow to import, and not installed where FAISS is the engine

        try:
            with self._lock:
                if time.monotonic() < self._asleep_until:
                    raise EngineUnavailable("Milvus does not answer")
                if self._client is None:
                    self._client = self._connected()
                client = self._client
                self._hand_over(client)
            return question(client)
        except (MilvusException, OSError) as error:
            self._asleep_until = time.monotonic() + PAUSE_SECONDS
            raise EngineUnavailable(f"Milvus does not answer: {type(error).__name__}: {error}") from error

    def _hand_over(self, client: Any) -> None:
        gone = [row for row, vector in self._owed.items() if vector is None]
        new = [{"row": row, "vector": vector} for row, vector in self._owed.items() if vector is not None]
        for start in range(0, len(gone), AT_ONCE):
            client.delete(self._collection, ids=gone[start : start + AT_ONCE], timeout=CHANGE_SECONDS)
        for start in range(0, len(new), AT_ONCE):
            client.upsert(self._collection, new[start : start + AT_ONCE], timeout=CHANGE_SECONDS)
        self._owed = {}

    def _connected(self) -> Any:
        from pymilvus import DataType, MilvusClient

        client: Any = MilvusClient(self._uri, token=self._token, timeout=ANSWER_SECONDS)
        if not client.has_collection(self._collection):
            schema = client.create_schema(auto_id=False)
            schema.add_field("row", DataType.INT64, is_primary=True)
            schema.add_field("vector", DataType.FLOAT_VECTOR, dim=self._dimension)
            index = client.prepare_index_params()
            index.add_index("vector", index_type="AUTOINDEX", metric_type="IP")
            # A process has to see what it wrote itself; what others write it writes too.
            client.create_collection(self._collection, schema=schema, index_params=index, consistency_level="Session")
        client.load_collection(self._collection)
        return client
