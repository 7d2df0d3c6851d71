"""What the sandbox remembers: JSON documents in one SQLite file, so that a restart keeps all."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any, Final

Document = dict[str, Any]

EVERY_SCOPE: Final = "*"
_LATEST: Final = 2**62

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS document (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    scope TEXT NOT NULL,
    created INTEGER NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (kind, id)
);
CREATE INDEX IF NOT EXISTS document_by_kind ON document (kind, seq);
"""

_NEWEST_FIRST: Final = """
SELECT body FROM document
WHERE kind = :kind AND (:scope = '*' OR scope = :scope)
  AND seq < :before AND seq > :after AND created BETWEEN :since AND :until
  AND NOT EXISTS (
    SELECT 1 FROM json_each(:equal) AS wanted
    WHERE json_extract(document.body, '$.' || wanted.key) IS NOT wanted.value
  )
ORDER BY seq DESC LIMIT :limit
"""


class Store:
    """Documents by kind and id, kept in the order in which they were first written.

    Safe from many threads: one lock is held around every call, and around a whole transaction.
    A scope divides the documents of a kind, for example by connected account.
    """

    def __init__(self, path: Path) -> None:
        """Open the file, made where it is missing. Raises sqlite3.Error for an unusable one."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = RLock()
        self._depth = 0
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(_TABLES)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes inside happen or none; nobody else reads or writes meanwhile.

        One inside another joins it.
        """
        with self._lock:
            if self._depth == 0:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._connection.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._connection.execute("COMMIT")

    def get(self, kind: str, key: str, *, scope: str = EVERY_SCOPE) -> Document | None:
        """Return a fresh copy of the document, or None; None also when it is of another scope."""
        with self._lock:
            row = self._connection.execute(
                "SELECT body FROM document WHERE kind = ? AND id = ? AND (? = '*' OR scope = ?)",
                (kind, key, scope, scope),
            ).fetchone()
        if row is None:
            return None
        body: Document = json.loads(row[0])
        return body

    def put(self, kind: str, key: str, body: Mapping[str, Any], *, scope: str = "") -> None:
        """Write a document; a second writing keeps its place in the order and its scope.

        A whole number under ``created`` (seconds) is what ``newest`` filters by.
        """
        created = body.get("created")
        with self._lock:
            self._connection.execute(
                "INSERT INTO document (kind, id, scope, created, body) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
                (kind, key, scope, created if isinstance(created, int) else 0, json.dumps(body)),
            )

    def delete(self, kind: str, key: str) -> None:
        """Forget a document; nothing happens when it is not there."""
        with self._lock:
            self._connection.execute("DELETE FROM document WHERE kind = ? AND id = ?", (kind, key))

    def delete_older(self, kind: str, *, created_before: int) -> None:
        """Forget all documents of a kind created before that second."""
        with self._lock:
            self._connection.execute(
                "DELETE FROM document WHERE kind = ? AND created < ?", (kind, created_before)
            )

    def place(self, kind: str, key: str) -> int | None:
        """Return where the document stands in the order of first writing, or None."""
        with self._lock:
            row = self._connection.execute(
                "SELECT seq FROM document WHERE kind = ? AND id = ?", (kind, key)
            ).fetchone()
        return None if row is None else int(row[0])

    def newest(
        self,
        kind: str,
        *,
        scope: str = EVERY_SCOPE,
        equal: Mapping[str, str | int | bool] | None = None,
        since: int = 0,
        until: int = _LATEST,
        before: int = _LATEST,
        after: int = 0,
        limit: int = -1,
    ) -> list[Document]:
        """Return documents, newest first.

        equal: fields of the document that must have exactly these values.
        since, until: inclusive bounds of ``created``; before, after: exclusive places.
        limit: at most so many; -1 for all.
        """
        with self._lock:
            rows = self._connection.execute(
                _NEWEST_FIRST,
                {
                    "kind": kind,
                    "scope": scope,
                    "before": before,
                    "after": after,
                    "since": since,
                    "until": until,
                    "equal": json.dumps(dict(equal or {})),
                    "limit": limit,
                },
            ).fetchall()
        return [json.loads(row[0]) for row in rows]

    def close(self) -> None:
        """Close the file; no call may follow."""
        with self._lock:
            self._connection.close()
