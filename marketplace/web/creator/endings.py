"""End a collaboration early, from the creator's side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.collaborations.rules import Party
from marketplace.deliverables import queries
from marketplace.deliverables import service as deliverables
from marketplace.kernel.actor import Actor
from marketplace.web.creator.blueprint import bp
from marketplace.web.creator.home import need
from marketplace.web.endings import answer_page, end_page, wish_todo
from marketplace.web.navigation import Todo

PAGE: Final = "creator.collaboration"


@bp.route("/collaborations/<uuid:collaboration_id>/end", methods=["GET", "POST"])
def end_collaboration(collaboration_id: UUID) -> ResponseReturnValue:
    """What happens when it ends now, and who has to agree?"""
    return end_page(Party.CREATOR, collaboration_id)


@bp.post("/endings/<uuid:ending_id>/agree")
def agree_to_end(ending_id: UUID) -> ResponseReturnValue:
    """Agree that it ends."""
    return answer_page(
        Party.CREATOR, ending_id, deliverables.agree_to_end, "The collaboration has ended."
    )


@bp.post("/endings/<uuid:ending_id>/decline")
def decline_to_end(ending_id: UUID) -> ResponseReturnValue:
    """Want it to go on."""
    return answer_page(
        Party.CREATOR, ending_id, deliverables.decline_to_end, "It goes on, and both know."
    )


@bp.post("/endings/<uuid:ending_id>/withdraw")
def withdraw_ending(ending_id: UUID) -> ResponseReturnValue:
    """Take our own wish back."""
    return answer_page(
        Party.CREATOR,
        ending_id,
        deliverables.withdraw_ending,
        "It goes on, and both know.",
    )


@bp.post("/endings/<uuid:ending_id>/staff")
def call_staff(ending_id: UUID) -> ResponseReturnValue:
    """Let Fairview decide."""
    return answer_page(
        Party.CREATOR,
        ending_id,
        deliverables.call_staff,
        "Fairview decides, and tells you both.",
    )


@need
def endings_to_answer(
    session: Session, _actor: Actor, creator_id: UUID, now: datetime
) -> Sequence[Todo]:
    """Wishes of the other side to end a collaboration."""
    return [
        wish_todo(each, url_for(PAGE, collaboration_id=each.collaboration_id), now)
        for each in queries.endings_to_answer(session, party=Party.CREATOR, creator_id=creator_id)
    ]
