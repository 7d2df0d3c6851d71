"""How many different people did a campaign reach?"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue

from marketplace.web.brand.blueprint import bp
from marketplace.web.reach_forms import count_page, reach_page

PAGE: Final = "brand/reach.html"


@bp.get("/campaigns/<uuid:campaign_id>/reach")
def campaign_reach(campaign_id: UUID) -> ResponseReturnValue:
    """How many different people did it reach, beside what was predicted?"""
    return reach_page(PAGE, campaign_id)


@bp.post("/campaigns/<uuid:campaign_id>/reach")
def count_reach(campaign_id: UUID) -> ResponseReturnValue:
    """Say how many people it was found to reach."""
    return count_page(
        PAGE, campaign_id, back=url_for("brand.campaign_reach", campaign_id=campaign_id)
    )
