"""Write down the calls we mean to make."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.kernel.ids import new_id
from marketplace.processor.messages import CallDue
from marketplace.processor.models import ProcessorCall
from marketplace.processor.rules import CallKind, CallState
from marketplace.store.outbox import post, post_all
from marketplace.store.rows import insert_rows


@dataclass(frozen=True, slots=True)
class Plan:
    """A call that is meant for one row of a room above. params: frozen from here on."""

    subject_id: UUID
    params: Mapping[str, Any]


def plan(
    session: Session, *, kind: CallKind, subject_id: UUID, params: Mapping[str, Any], now: datetime
) -> ProcessorCall:
    """Write down a call we mean to make, in the same transaction as the reason for it.

    Its parameters never change; its id is the root of its idempotency keys. One call for each kind
    and subject: the database refuses a second.
    """
    call = ProcessorCall(**_planned(kind, Plan(subject_id, params), now))
    session.add(call)
    post(session, CallDue(call_id=call.id))
    return call


def plan_all(session: Session, *, kind: CallKind, plans: Sequence[Plan], now: datetime) -> None:
    """Do what ``plan`` does, for many rows in a few statements."""
    rows = [_planned(kind, each, now) for each in plans]
    insert_rows(session, ProcessorCall, rows)
    post_all(session, [CallDue(call_id=row["id"]) for row in rows])


def _planned(kind: CallKind, plan: Plan, now: datetime) -> dict[str, Any]:
    canonical = json.dumps(plan.params, sort_keys=True, separators=(",", ":"))
    return {
        "id": new_id(),
        "kind": kind,
        "subject_id": plan.subject_id,
        "params": dict(plan.params),
        "params_hash": hashlib.sha256(canonical.encode()).hexdigest(),
        "state": CallState.READY,
        "key_generation": 0,
        "fence": 0,
        "absent_count": 0,
        "look_only": False,
        "next_try_at": now,
        "planned_at": now,
    }
