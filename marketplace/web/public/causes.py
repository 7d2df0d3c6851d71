"""What campaigns give to causes: all of it in public, as the ledger has it."""

from __future__ import annotations

from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.accounts.rules import countries
from marketplace.causes import queries
from marketplace.causes.rules.organisations import CATEGORY_WORDS, OrganisationState
from marketplace.kernel.errors import NotFound
from marketplace.store.session import reading
from marketplace.web.public.blueprint import bp


@bp.get("/causes")
def causes() -> ResponseReturnValue:
    """Who is given what by the campaigns here?"""
    with reading() as session:
        everybody = queries.organisations(session)
        totals = queries.totals_by_organisation(session, [each.id for each in everybody])
        pledges = queries.pledges_shown(session)
    return render_template(
        "public/causes.html",
        organisations=[
            each
            for each in everybody
            if each.state is OrganisationState.VERIFIED or totals.get(each.id)
        ],
        totals=totals,
        counts={
            each.id: sum(pledge.organisation_id == each.id for pledge in pledges)
            for each in everybody
        },
        categories=CATEGORY_WORDS,
        country_names=countries(),
    )


@bp.get("/causes/<uuid:organisation_id>")
def cause(organisation_id: UUID) -> ResponseReturnValue:
    """What is this organisation given, by which campaigns, and what was it sent?"""
    with reading() as session:
        organisation = queries.organisation_by_id(session, organisation_id)
        totals = queries.totals_by_organisation(session, [organisation_id])
        if organisation.state is not OrganisationState.VERIFIED and not totals:
            raise NotFound("organisation")
        pledges = queries.pledges_shown(session, organisation_id=organisation_id)
        return render_template(
            "public/cause.html",
            organisation=organisation,
            totals=totals.get(organisation_id, ()),
            pledges=[(each, each.money(paid=queries.paid_of(session, each))) for each in pledges],
            sent=queries.sent_to(session, organisation_id),
            categories=CATEGORY_WORDS,
            country_names=countries(),
        )
