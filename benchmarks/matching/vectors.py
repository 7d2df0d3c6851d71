"""The same question as nearest neighbours of vectors: by numpy, and by pgvector's index."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, text
from threadpoolctl import ThreadpoolController

WIDTH = 64
BEST = 200
EF_SEARCH = 400
CLUSTERS = 500

Vectors = NDArray[np.float32]

_LIBRARIES = ThreadpoolController()


def invented(count: int) -> Vectors:
    """Vectors in some hundred clusters, as embeddings of creators are, of length 1."""
    chance = np.random.default_rng(3)
    middles = chance.normal(size=(CLUSTERS, WIDTH)).astype(np.float32)
    found = middles[chance.integers(0, CLUSTERS, count)]
    found += chance.normal(scale=0.7, size=found.shape).astype(np.float32)
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    return found


def by_numpy(vectors: Vectors, query: Vectors) -> NDArray[np.intp]:
    """The nearest by a plain product with everybody."""
    near = vectors @ query
    return np.argpartition(near, len(near) - BEST)[-BEST:]


def index_of_pgvector(
    engine: Engine, vectors: Vectors, queries: Vectors
) -> tuple[float, float, float, float]:
    """Build an HNSW index over the vectors and ask it: (seconds, bytes, p50 in ms, recall@200)."""
    with engine.begin() as connection:
        connection.execute(text("CREATE EXTENSION IF NOT EXISTS vector"))
        connection.execute(text(f"CREATE TABLE vectors (id int, at vector({WIDTH}))"))
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy("COPY vectors FROM STDIN") as copy:
            for begin in range(0, len(vectors), 2_000):
                part = vectors[begin : begin + 2_000]
                copy.write(
                    "".join(
                        f"{begin + row}\t[{','.join(f'{value:.5f}' for value in values)}]\n"
                        for row, values in enumerate(part.tolist())
                    )
                )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET maintenance_work_mem = '2GB'"))
        start = time.perf_counter()
        connection.execute(text("CREATE INDEX near ON vectors USING hnsw (at vector_ip_ops)"))
        built = time.perf_counter() - start
        size = connection.scalar(text("SELECT pg_relation_size('near')"))
        connection.execute(text(f"SET hnsw.ef_search = {EF_SEARCH}"))
        connection.execute(text("SET enable_seqscan = off"))

        def ask(query: Vectors) -> set[int]:
            rows = connection.execute(
                text(f"SELECT id FROM vectors ORDER BY at <#> CAST(:q AS vector) LIMIT {BEST}"),
                {"q": str(query.tolist())},
            )
            return {row[0] for row in rows}

        took: list[float] = []
        found: list[float] = []
        for query in queries:
            since = time.perf_counter()
            answer = ask(query)
            took.append((time.perf_counter() - since) * 1_000)
            found.append(len(answer & set(by_numpy(vectors, query).tolist())) / BEST)
    return built, float(size or 0), statistics.median(took), statistics.mean(found)


def reference(vectors: Vectors) -> float:
    """Milliseconds of the product with everybody, by all processors there are."""
    with _LIBRARIES.limit(limits=len(os.sched_getaffinity(0))):
        return timed(lambda: by_numpy(vectors, vectors[0]))


def multiply_as_served() -> None:
    """Let one processor multiply from now on, as in each process of the product."""
    _LIBRARIES.limit(limits=1)


def timed(act: Callable[[], Any]) -> float:
    """Milliseconds of one act."""
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1_000
