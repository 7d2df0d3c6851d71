"""Challenges in public: what can be won, and who stands where."""

from __future__ import annotations

from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.challenges import queries
from marketplace.kernel.clock import utc_now
from marketplace.store.session import reading
from marketplace.web import access
from marketplace.web.challenges import public_name, top_chart, view_of
from marketplace.web.public.blueprint import bp


@bp.get("/challenges")
def challenges() -> ResponseReturnValue:
    """Which challenges are open to everybody, and how did the others end?"""
    now = utc_now()
    with reading() as session:
        found = queries.open_challenges(session, now=now)
        closed = queries.closed_challenges(session, now=now, page=access.page_number())
    return render_template("public/challenges.html", lines=found, closed=closed, now=now)


@bp.get("/challenges/<uuid:campaign_id>")
def challenge(campaign_id: UUID) -> ResponseReturnValue:
    """What can be won, and who stands where?"""
    now = utc_now()
    with reading() as session:
        found = queries.public_challenge(session, campaign_id)
        view = view_of(session, found, page=access.page_number(), now=now)
    return render_template(
        "public/challenge.html",
        view=view,
        chart=top_chart(view.board, in_public=True),
        name_of=public_name,
        is_creator=access.actor().creator_id is not None,
    )
