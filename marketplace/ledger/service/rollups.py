"""Checkpoints, so that a balance is read without all of its postings."""

from __future__ import annotations

from sqlalchemy import BigInteger, func, select
from sqlalchemy.orm import Session


def roll_up(session: Session) -> int:
    """Move the checkpoints ahead to what is surely complete; returns how many accounts moved.

    Safe to run at any time, also beside writers: it stops below the oldest transaction that is
    still under way, and whoever reads adds what came after.
    """
    return session.execute(select(func.ledger_roll_up(type_=BigInteger))).scalar_one()
