"""What does this creator have to do now?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.collaborations import queries as collaborations
from marketplace.collaborations.rules import offer_money
from marketplace.creators import queries as creators
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.payouts import queries as payouts
from marketplace.payouts.queries import chains
from marketplace.store.session import reading
from marketplace.web import access, render
from marketplace.web.creator.blueprint import bp
from marketplace.web.navigation import Needs, Todo, in_order

NEEDS: Final = Needs()
need: Final = NEEDS.add


@bp.get("/")
def home() -> ResponseReturnValue:
    """What needs me now?"""
    now, creator_id = utc_now(), access.creator_id()
    with reading() as session:
        todos = NEEDS.todos(session, access.actor(), creator_id, now)
        work = collaborations.work_of_creator(session, creator_id=creator_id)
        arriving = payouts.lines_arriving(session, creator_id=creator_id, now=now)
        chain_by_id = chains.chains_of(session, arriving, now=now)
        waiting = collaborations.applications_waiting(session, creator_id=creator_id)
        has_channel = bool(todos or work or arriving or waiting) or (
            creators.channel_of(session, creator_id=creator_id) is not None
        )
    return render_template(
        "creator/home.html",
        has_channel=has_channel,
        todos=in_order(todos),
        work=[(each, offer_money(each.offer)) for each in work],
        arriving=[(line, chain_by_id[line.earning.id]) for line in arriving],
        waiting=waiting,
    )


@need
def offers_to_answer(
    session: Session, _actor: Actor, creator_id: UUID, _now: datetime
) -> Sequence[Todo]:
    """Offers of brands that the creator has not answered."""
    return [
        Todo(
            title=f"{each.brand_name} made you an offer",
            detail=f"{each.campaign_name}: you receive "
            f"{render.money(offer_money(each.offer).creator_receives)}",
            action_label="Answer",
            url=url_for("creator.offer", offer_id=each.offer.id),
            due=each.offer.expires_at,
        )
        for each in collaborations.offers_to_answer(session, creator_id=creator_id)
    ]


@need
def invitations_to_answer(
    session: Session, _actor: Actor, creator_id: UUID, now: datetime
) -> Sequence[Todo]:
    """Invitations without an answer."""
    return [
        Todo(
            title=f"{each.brand_name} invites you to apply",
            detail=each.campaign_name,
            action_label="Read the brief",
            url=url_for("creator.brief", campaign_id=each.campaign_id),
            due=each.ends_on,
        )
        for each in collaborations.invitations_to_answer(session, creator_id=creator_id, now=now)
    ]
