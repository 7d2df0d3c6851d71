"""Brand and creator disagree about money: which disputes wait for us, and what do we decide?"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import IntegerField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import BPS_WHOLE
from marketplace.payouts import queries
from marketplace.payouts.rules.disputes import (
    OPEN_DISPUTES,
    REASON_SENTENCES,
    DisputeAbout,
    DisputeState,
)
from marketplace.store.session import reading, transaction
from marketplace.terms import queries as terms
from marketplace.treasury import queries as treasury_queries
from marketplace.treasury import service as treasury
from marketplace.treasury.rules.requests import RequestKind, RequestState, needs_second
from marketplace.web import access, disputes
from marketplace.web.asked import Asked, Desk, desk_of
from marketplace.web.forms import BaseForm
from marketplace.web.staff.blueprint import bp
from marketplace.web.staff.requests import LONGEST

STATES: Final = {
    Desk.WAITING: (DisputeState.WITH_STAFF,),
    Desk.ASKED: (DisputeState.ASKED,),
    Desk.DECIDED: tuple(each for each in DisputeState if each not in OPEN_DISPUTES),
}
"""What stands on which list: the other side is asked before us."""


class DecideDisputeForm(BaseForm):
    """How much is the creator's, and why."""

    outcome = RadioField("Who gets it?", [InputRequired("Choose who gets it.")])
    share = IntegerField(
        "If a part: the creator gets, in percent",
        [Optional(), NumberRange(0, 100, "Between 0 and 100 percent.")],
    )
    reason = TextAreaField(
        "Why?", [InputRequired("Say why: both sides read it."), Length(max=LONGEST)]
    )


@bp.get("/disputes", endpoint="disputes")
def list_disputes() -> ResponseReturnValue:
    """Which disputes wait for our word, and for how long?"""
    asked = Asked()
    only = desk_of(asked, lists=STATES)
    with reading() as session:
        page = queries.disputes(session, states=STATES[only], page=access.page_number())
    return render_template(
        "staff/disputes.html",
        page=page,
        names={each.id: queries.names_of(each) for each in page.rows},
        only=only,
        reasons=REASON_SENTENCES,
        problems=asked.problems,
        now=utc_now(),
    )


@bp.get("/disputes/<uuid:dispute_id>")
def dispute(dispute_id: UUID) -> ResponseReturnValue:
    """What is disputed, what does each side show, and who gets the money?"""
    return _page(dispute_id, DecideDisputeForm(formdata=None))


@bp.post("/disputes/<uuid:dispute_id>")
def decide_dispute(dispute_id: UUID) -> ResponseReturnValue:
    """Decide for both sides, or ask a colleague to agree."""
    form = DecideDisputeForm()
    with reading() as session:
        seen = queries.dispute_seen_by(session, access.actor(), dispute_id)
    form.outcome.choices = _outcomes(seen.about)
    if not form.validate_on_submit():
        return _page(dispute_id, form), 422
    try:
        share = _share_of(form)
        with transaction() as session:
            made = treasury.ask_dispute_decision(
                session,
                actor=access.actor(),
                dispute_id=dispute_id,
                share_bps=share,
                reason=form.reason.data,
                now=utc_now(),
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return _page(dispute_id, form), 422
    if made.state is RequestState.EXECUTED:
        flash("Decided and booked, and both sides are told.", "success")
    else:
        flash("A colleague has to agree first: it is a larger amount.", "info")
    return redirect(url_for("staff.dispute", dispute_id=dispute_id), 303)


@bp.get("/disputes/proofs/<uuid:step_id>")
def dispute_proof(step_id: UUID) -> ResponseReturnValue:
    return disputes.send_proof(step_id)


def _share_of(form: DecideDisputeForm) -> int | None:
    match form.outcome.data:
        case "all":
            return BPS_WHOLE
        case "none":
            return 0
        case "part" if form.share.data is None:
            raise InvalidInput({"share": "Say which part, in percent."})
        case "part":
            return int(form.share.data) * disputes.PERCENT
        case _:
            return None


def _outcomes(about: DisputeAbout) -> list[SelectChoice]:
    words = dict(disputes.WORDS_FOR)
    if about is not DisputeAbout.UNACCEPTED:
        del words["goes_on"]
    return [SelectChoice(value, text) for value, text in words.items()]


def _page(dispute_id: UUID, form: DecideDisputeForm) -> str:
    with reading() as session:
        view = disputes.view_of(session, access.actor(), dispute_id, now=utc_now())
        waiting = treasury_queries.open_request_about(
            session, kind=RequestKind.DECIDE_DISPUTE, subject_id=dispute_id
        )
        limits = terms.limits_at(session, view.dispute.currency, at=utc_now())
    form.outcome.choices = _outcomes(view.dispute.about)
    may_decide = view.dispute.state is DisputeState.WITH_STAFF and waiting is None
    return render_template(
        "staff/dispute.html",
        view=view,
        form=form,
        reasons=REASON_SENTENCES,
        waiting=waiting,
        may_decide=may_decide,
        needs_second=needs_second(RequestKind.DECIDE_DISPUTE, view.dispute.stake, limits),
    )
