"""Disputes about money, from the creator's side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

from marketplace.collaborations.rules import Party
from marketplace.kernel.actor import Actor
from marketplace.payouts import queries
from marketplace.web import disputes
from marketplace.web.creator.blueprint import bp
from marketplace.web.creator.home import need
from marketplace.web.navigation import Todo

disputes.add_doors(bp, Party.CREATOR)


@need
def disputes_to_answer(
    session: Session, _actor: Actor, creator_id: UUID, now: datetime
) -> Sequence[Todo]:
    """What brands dispute and the creator has not answered."""
    return [
        disputes.turn_todo(each, url_for("creator.dispute", dispute_id=each.dispute.id), now)
        for each in queries.disputes_to_answer(session, party=Party.CREATOR, creator_id=creator_id)
    ]
