"""Idempotency keys: the same key with the same parameters gets the same answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

from marketplace.sandbox.store import Document, Store
from marketplace.sandbox.stripe_errors import IDEMPOTENCY, INVALID_REQUEST, StripeRefusal

LONGEST_KEY: Final = 255
V1_KEPT: Final = 24 * 60 * 60
V2_KEPT: Final = 30 * V1_KEPT
"""Seconds after which a key is forgotten and would run again."""


def fingerprint(method: str, path: str, account: str, params: Mapping[str, Any]) -> str:
    """Return what must be the same when a key is used again."""
    told = json.dumps([method, path, account, params], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Saved:
    """An answer that was kept."""

    status: int
    body: Document
    request_id: str


class Keys:
    """The keys in use right now, and the answers kept in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self._running: set[str] = set()

    def begin(self, slot: str, *, told: str, now: int, kept: int) -> Saved | None:
        """Return the kept answer, or take the key into use; ``end`` must follow then.

        slot: account and key. Raises StripeRefusal when the key is in use, or was used with other
        parameters.
        """
        key = slot.partition(":")[2]
        if len(key) > LONGEST_KEY:
            raise StripeRefusal(
                f"Idempotency keys may be at most {LONGEST_KEY} characters long.",
                kind=INVALID_REQUEST,
            )
        with self._lock:
            earlier = self._store.get("idempotency", slot)
            if earlier is not None and earlier["created"] + kept <= now:
                self._store.delete("idempotency", slot)
                earlier = None
            if earlier is not None:
                if earlier["told"] != told:
                    raise StripeRefusal(
                        "Keys for idempotent requests can only be used with the same parameters "
                        f"they were first used with. Try using a key other than '{key}' if you "
                        "meant to execute a different request.",
                        kind=IDEMPOTENCY,
                    )
                return Saved(earlier["status"], earlier["body"], earlier["request_id"])
            if slot in self._running:
                raise StripeRefusal(
                    "There is currently another in-progress request using this Idempotency Key "
                    f"(that probably means you submitted twice, and the other request is still "
                    f"going through): {key}. Please try again later.",
                    status=409,
                    kind=IDEMPOTENCY,
                    code="idempotency_key_in_use",
                )
            self._running.add(slot)
            return None

    def save(self, slot: str, answer: Saved, *, told: str, now: int) -> None:
        """Keep the answer for whoever comes with the key again."""
        self._store.put(
            "idempotency",
            slot,
            {
                "created": now,
                "told": told,
                "status": answer.status,
                "body": answer.body,
                "request_id": answer.request_id,
            },
        )

    def end(self, slot: str) -> None:
        """Give the key free."""
        with self._lock:
            self._running.discard(slot)

    def prune(self, *, now: int) -> None:
        """Forget the answers that even v2 no longer keeps."""
        self._store.delete_older("idempotency", created_before=now - V2_KEPT)
