"""End a collaboration early, from the brand's side."""

from __future__ import annotations

from uuid import UUID

from flask.typing import ResponseReturnValue

from marketplace.collaborations.rules import Party
from marketplace.deliverables import service as deliverables
from marketplace.web.brand.blueprint import bp
from marketplace.web.endings import answer_page, end_page


@bp.route("/collaborations/<uuid:collaboration_id>/end", methods=["GET", "POST"])
def end_collaboration(collaboration_id: UUID) -> ResponseReturnValue:
    """What happens when it ends now, and who has to agree?"""
    return end_page(Party.BRAND, collaboration_id)


@bp.post("/endings/<uuid:ending_id>/agree")
def agree_to_end(ending_id: UUID) -> ResponseReturnValue:
    """Agree that it ends."""
    return answer_page(
        Party.BRAND, ending_id, deliverables.agree_to_end, "The collaboration has ended."
    )


@bp.post("/endings/<uuid:ending_id>/decline")
def decline_to_end(ending_id: UUID) -> ResponseReturnValue:
    """Want it to go on."""
    return answer_page(
        Party.BRAND, ending_id, deliverables.decline_to_end, "It goes on, and both know."
    )


@bp.post("/endings/<uuid:ending_id>/withdraw")
def withdraw_ending(ending_id: UUID) -> ResponseReturnValue:
    """Take our own wish back."""
    return answer_page(
        Party.BRAND, ending_id, deliverables.withdraw_ending, "It goes on, and both know."
    )


@bp.post("/endings/<uuid:ending_id>/staff")
def call_staff(ending_id: UUID) -> ResponseReturnValue:
    """Let Fairview decide."""
    return answer_page(
        Party.BRAND, ending_id, deliverables.call_staff, "Fairview decides, and tells you both."
    )
