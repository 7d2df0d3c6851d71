"""Where do my applications stand?"""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.campaigns import queries as campaigns
from marketplace.collaborations import queries
from marketplace.collaborations import service as collaborations
from marketplace.collaborations.rules import (
    APPLICATION_LIFE,
    REASON_SENTENCES,
    ApplicationEvent,
    money_of,
)
from marketplace.kernel.clock import utc_now
from marketplace.store.session import reading, transaction
from marketplace.web import access
from marketplace.web.creator.blueprint import bp


@bp.get("/applications")
def applications() -> ResponseReturnValue:
    """Each application with its state and until when the brand answers."""
    with reading() as session:
        page = queries.applications_of_creator(
            session, creator_id=access.creator_id(), page=access.page_number()
        )
        offers = queries.open_offers_for_creator(session, creator_id=access.creator_id())
        conditions = campaigns.conditions_in(
            session,
            [each.campaign for each in page.rows],
            country=access.creator_country(),
            now=utc_now(),
        )
    return render_template(
        "creator/applications.html",
        page=page,
        waiting=queries.WAITING,
        receives={
            each.id: money_of(each.fee, conditions[each.campaign_id].shares).creator_receives
            for each in page.rows
        },
        offers={each.application_id: each for each in offers},
        reasons={reason.value: words for reason, words in REASON_SENTENCES.items()},
        may_withdraw={
            each.id: APPLICATION_LIFE.allows(each.state, ApplicationEvent.WITHDRAW)
            for each in page.rows
        },
    )


@bp.post("/applications/<uuid:application_id>/withdraw")
def withdraw_application(application_id: UUID) -> ResponseReturnValue:
    """Take an application back."""
    with transaction() as session:
        collaborations.withdraw(
            session, application_id=application_id, actor=access.actor(), now=utc_now()
        )
    flash("Withdrawn. You can apply again while the campaign is open.", "success")
    return redirect(url_for("creator.applications"), 303)
