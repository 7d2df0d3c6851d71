"""Disputes about money, from the creator's side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.collaborations.rules import Party
from marketplace.kernel.actor import Actor
from marketplace.payouts import queries
from marketplace.web import disputes
from marketplace.web.creator.blueprint import bp
from marketplace.web.creator.home import need
from marketplace.web.navigation import Todo


@bp.route("/deliverables/<uuid:deliverable_id>/dispute", methods=["GET", "POST"])
def open_dispute(deliverable_id: UUID) -> ResponseReturnValue:
    """What is wrong, what would settle it, and what happens to the money until then?"""
    return disputes.open_page(Party.CREATOR, deliverable_id)


@bp.get("/disputes/<uuid:dispute_id>")
def dispute(dispute_id: UUID) -> ResponseReturnValue:
    """What is disputed, what was said, and whose step is next?"""
    return disputes.show_page(Party.CREATOR, dispute_id)


@bp.post("/disputes/<uuid:dispute_id>/say")
def say_in_dispute(dispute_id: UUID) -> ResponseReturnValue:
    """Answer, show something, or name another number."""
    return disputes.say_page(Party.CREATOR, dispute_id)


@bp.post("/disputes/<uuid:dispute_id>/agree")
def agree_in_dispute(dispute_id: UUID) -> ResponseReturnValue:
    """Agree to the number of the other side."""
    return disputes.agree_page(Party.CREATOR, dispute_id)


@bp.post("/disputes/<uuid:dispute_id>/withdraw")
def withdraw_dispute(dispute_id: UUID) -> ResponseReturnValue:
    """Take our own dispute back."""
    return disputes.withdraw_page(Party.CREATOR, dispute_id)


@bp.get("/disputes/proofs/<uuid:step_id>")
def dispute_proof(step_id: UUID) -> ResponseReturnValue:
    return disputes.send_proof(step_id)


@need
def disputes_to_answer(
    session: Session, _actor: Actor, creator_id: UUID, now: datetime
) -> Sequence[Todo]:
    """What brands dispute and the creator has not answered."""
    return [
        disputes.turn_todo(each, url_for("creator.dispute", dispute_id=each.dispute.id), now)
        for each in queries.disputes_to_answer(session, party=Party.CREATOR, creator_id=creator_id)
    ]
