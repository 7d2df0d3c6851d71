"""How many people a campaign reached: the form, the facts and the page, for brands and staff."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import DateField, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.rules import is_open
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import BPS_WHOLE
from marketplace.matching import queries as matching
from marketplace.matching.models import ReachCount
from marketplace.matching.rules.planner.correction import (
    SAMPLE_LEAST,
    SOURCE_WORDS,
    Correction,
    CountSource,
)
from marketplace.matching.rules.planner.promise import together
from marketplace.metrics import queries as metrics
from marketplace.metrics import service
from marketplace.store.session import reading, transaction
from marketplace.web import access
from marketplace.web.forms import BaseForm
from marketplace.web.reader import percent

COUNTED: Final = {"target": "People of the target", "anybody": "Anybody from 18 on, anywhere"}


class ReachForm(BaseForm):
    """How many different people a campaign reached, and how that is known."""

    people = IntegerField("Different people reached", [InputRequired("Enter a number of people.")])
    counted = RadioField(
        "Who was counted",
        [InputRequired("Say who was counted.")],
        choices=[SelectChoice(name, words) for name, words in COUNTED.items()],
        default="target",
    )
    source = SelectField(
        "How it is known",
        choices=[SelectChoice(each.value, words) for each, words in SOURCE_WORDS.items()],
    )
    sample = IntegerField(
        "People asked",
        [Optional()],
        description=f"{SAMPLE_LEAST} at least; leave it empty where everybody was counted.",
    )
    counted_on = DateField("Counted on", [InputRequired("Enter a day.")])
    note = TextAreaField("Where it can be looked up", [Optional(), Length(max=500)])


def reach_page(template: str, campaign_id: UUID, form: ReachForm | None = None) -> str:
    """How many people one campaign reached, with the form to say so."""
    with reading() as session:
        facts = _facts(session, access.actor(), campaign_id, now=utc_now())
    return render_template(template, form=form or ReachForm(), **facts)


def count_page(template: str, campaign_id: UUID, *, back: str) -> ResponseReturnValue:
    """Keep what the form says and go back, or show the page again with what is wrong."""
    form = ReachForm()
    if not form.validate_on_submit():
        return reach_page(template, campaign_id, form), 422
    try:
        with transaction() as session:
            _count_by(session, form, campaign_id=campaign_id, actor=access.actor(), now=utc_now())
    except InvalidInput as refusal:
        form.show(refusal)
        return reach_page(template, campaign_id, form), 422
    flash("Kept. Tonight’s plans learn from it.", "success")
    return redirect(back, 303)


def _facts(session: Session, actor: Actor, campaign_id: UUID, *, now: datetime) -> dict[str, Any]:
    """Return what the page shows beside the form."""
    campaign = campaigns.campaign_seen_by(session, actor, campaign_id)
    wanted = matching.wanted_for(session, campaign_id)
    result = metrics.result_of(session, campaign_id)
    promises = matching.plan_promises(session, [campaign_id]).get(campaign_id, [])
    promise = together([each.promise for each in promises])
    held = [
        (each, matching.promise_for(each, promises))
        for each in matching.counts_of(session, campaign_id)
    ]
    correction = matching.present_correction(session)
    expected = {
        name: round(
            correction.factor
            * matching.predicted_reach(
                session, wanted, result.made, in_target=name == "target", now=now
            )
        )
        for name in COUNTED
    }
    is_running = is_open(state=campaign.state, ends_on=campaign.ends_on, now=now)
    return {
        "campaign": campaign,
        "result": result,
        "is_running": is_running,
        "expected": expected,
        "learned": correction_words(correction),
        "promises": promises,
        "promise": promise,
        "counted": next((each for each in held if not each[0].set_aside_at), None),
        "planned": 0 if promise is None else len(promise.creators & result.made.keys()),
        "counts": held,
        "may_count": not is_running
        and bool(result.made)
        and (actor.is_staff or actor.may_edit(campaign.brand_id)),
    }


def _count_by(
    session: Session, form: ReachForm, *, campaign_id: UUID, actor: Actor, now: datetime
) -> ReachCount:
    return service.count_reach(
        session,
        campaign_id=campaign_id,
        people=form.people.data,
        in_target=form.counted.data == "target",
        source=CountSource(form.source.data),
        sample=form.sample.data,
        counted_on=form.counted_on.data,
        note=form.note.data or "",
        actor=actor,
        now=now,
    )


def correction_words(correction: Correction) -> str:
    """Return in a sentence what finished campaigns say of predictions."""
    if not correction.campaigns:
        return "Nothing was learned from finished campaigns yet, so nothing is corrected."
    several = "" if correction.campaigns == 1 else "s"
    source = f"From {correction.campaigns} finished campaign{several}"
    off = round(abs(correction.bps - BPS_WHOLE) / 100)
    if not off:
        return f"{source}: plans reached what was predicted."
    way = "less" if correction.bps < BPS_WHOLE else "more"
    return (
        f"{source}: plans reached {percent(100 * off)} {way} than predicted, which is in these"
        " numbers."
    )
