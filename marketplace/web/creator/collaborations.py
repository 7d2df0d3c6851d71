"""What did I promise, and how far is it?"""

from __future__ import annotations

from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.collaborations import queries
from marketplace.collaborations.rules import category_words, offer_money
from marketplace.creators import queries as creators
from marketplace.kernel.clock import utc_now
from marketplace.kernel.days import today_somewhere
from marketplace.store.session import reading
from marketplace.web import access
from marketplace.web.agreements import collaboration_page
from marketplace.web.creator.blueprint import bp


@bp.get("/collaborations", endpoint="collaborations")
def collaboration_list() -> ResponseReturnValue:
    """Everything I work on, and worked on before."""
    with reading() as session:
        page = queries.collaborations_of_creator(
            session, creator_id=access.creator_id(), page=access.page_number()
        )
        promises = creators.exclusivities_of(
            session, creator_id=access.creator_id(), today=today_somewhere(utc_now())
        )
    return render_template(
        "creator/collaborations.html",
        page=page,
        promises=[(each, category_words(each.category)) for each in promises],
        money={each.id: offer_money(each.offer) for each in page.rows},
    )


@bp.get("/collaborations/<uuid:collaboration_id>")
def collaboration(collaboration_id: UUID) -> ResponseReturnValue:
    """What was agreed, who waits for whom, and what is next?"""
    with reading() as session:
        facts = collaboration_page(session, access.actor(), collaboration_id, now=utc_now())
    return render_template("creator/collaboration.html", **facts)
