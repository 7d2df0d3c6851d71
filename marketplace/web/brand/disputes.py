"""Disputes about money, from the brand's side."""

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
from marketplace.web.brand.blueprint import bp
from marketplace.web.brand.home import need
from marketplace.web.navigation import Todo

disputes.add_doors(bp, Party.BRAND)


@need
def disputes_to_answer(
    session: Session, actor: Actor, brand_id: UUID, now: datetime
) -> Sequence[Todo]:
    """What creators dispute and we have not answered."""
    if not actor.may_edit(brand_id):
        return []
    return [
        disputes.turn_todo(each, url_for("brand.dispute", dispute_id=each.dispute.id), now)
        for each in queries.disputes_to_answer(session, party=Party.BRAND, brand_id=brand_id)
    ]
