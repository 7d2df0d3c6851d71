"""Who fits this campaign? The whole market, ranked as it is asked for, each with the reasons."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import (
    copy_current_request_context,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from wtforms import HiddenField
from wtforms.validators import InputRequired

from marketplace.accounts.rules import countries, is_local_path
from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.rules import is_open
from marketplace.collaborations import queries as collaborations
from marketplace.creators import queries as creators
from marketplace.creators.rules.groups import GROUP_WORDS
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import InvalidInput, NotFound
from marketplace.kernel.money import Money
from marketplace.matching import queries
from marketplace.matching import service as matching
from marketplace.matching.rules.labels import age_words
from marketplace.matching.rules.left_out import LEFT_OUT_WORDS
from marketplace.store.session import reading, transaction
from marketplace.web import access
from marketplace.web.brand.blueprint import bp
from marketplace.web.brand.creators import group_asked_for
from marketplace.web.brand.wishes import (
    FILLED,
    FROM_WORDS,
    TO_WORDS,
    form_of,
    has_other_rules,
    wish_form,
)
from marketplace.web.forms import BaseForm

ROWS: Final = 10
"""Creators on one page: as many as one compares in a sitting."""
PART_HEADER: Final = "X-Part"
"""Sent by the script that follows the form: the list alone is wanted, without its page."""


class ShortlistForm(BaseForm):
    creator_id = HiddenField(validators=[InputRequired()])
    keep = HiddenField()


@bp.get("/campaigns/<uuid:campaign_id>/matches")
def matches(campaign_id: UUID) -> ResponseReturnValue:
    """Who fits, best first. The wish begins as the brief's and lives in the address from then on.

    Only what the brief itself asks for is logged as shown: the rest is looking around. It is
    written when the page is out, so that nobody waits for it.
    """
    now = utc_now()
    with reading() as session:
        brief, base = queries.wish_seen_by(session, access.actor(), campaign_id)
        campaign = brief.campaign
        form = wish_form(request.args, base)
        wrong: dict[str, str] = {}
        wanted, found = base, None
        group = group_asked_for()
        try:
            wanted = form.wanted(base) if FILLED in request.args else base
            found = queries.matches_for(
                session,
                wanted,
                campaign_id=campaign_id,
                only_shortlist=bool(form.shortlisted.data),
                among=creators.ids_found_by(session, group) if group is not None else None,
                is_fair=not form.by_fit.data,
                page=access.page_number(),
                size=ROWS,
                now=now,
            )
        except InvalidInput as refusal:
            wrong = dict(refusal.problems)
            form.show(refusal)
        asked = (
            {}
            if found is None
            else collaborations.asked_creators(
                session,
                campaign_id=campaign_id,
                creator_ids=[match.creator_id for match in found.page.rows],
            )
        )
        form.offer(found.homes if found else creators.countries_in_market(session))
        usual = wanted == base and not form.shortlisted.data and group is None
    is_part = request.headers.get(PART_HEADER) == "list"
    answer = make_response(
        render_template(
            "brand/matches_part.html" if is_part else "brand/matches_list.html",
            campaign=campaign,
            form=form,
            group=group,
            groups=GROUP_WORDS,
            sliders=[(form.age_from, FROM_WORDS), (form.age_to, TO_WORDS)],
            wrong=wrong,
            wanted=wanted,
            ages=age_words(wanted.ages) if wanted.ages else "any age",
            found=found,
            left_out=[]
            if found is None
            else [(count, LEFT_OUT_WORDS[rule]) for rule, count in found.left_out.items()],
            left_out_words=LEFT_OUT_WORDS,
            cheapest=None
            if found is None or found.cheapest_minor is None
            else Money(found.cheapest_minor, wanted.currency),
            asked=asked,
            is_changed=wanted != base,
            rules=form_of(wanted) if has_other_rules(wanted, base) else None,
            countries=countries(),
            may_edit=access.actor().may_edit(campaign.brand_id),
            is_open=is_open(state=campaign.state, ends_on=campaign.ends_on, now=now),
        ),
        422 if wrong else 200,
    )
    answer.vary.add(PART_HEADER)
    if found is not None and usual:
        lines, actor = found.page.rows, access.actor()

        @answer.call_on_close
        @copy_current_request_context
        def log() -> None:
            with transaction() as session:
                matching.record_showing(
                    session,
                    campaign_id=campaign_id,
                    brief_id=brief.id,
                    lines=lines,
                    actor=actor,
                    now=now,
                )

    return answer


@bp.post("/campaigns/<uuid:campaign_id>/matches")
def keep_rules(campaign_id: UUID) -> ResponseReturnValue:
    """Ask the rules of the present wish of every creator of the campaign from now on."""
    now = utc_now()
    with transaction() as session:
        campaigns.campaign_seen_by(session, access.actor(), campaign_id)
        brief = queries.brief_to_match(session, campaign_id)
        base = queries.wanted_in(brief)
        form = wish_form(request.form, base)
        form.offer(())
        matching.keep_rules(
            session,
            campaign_id=campaign_id,
            rules=form.wanted(base).rules,
            actor=access.actor(),
            now=now,
        )
    flash("Kept. These rules hold for this campaign from now on.", "success")
    return redirect(url_for("brand.matches", campaign_id=campaign_id), 303)


@bp.post("/campaigns/<uuid:campaign_id>/shortlist")
def shortlist(campaign_id: UUID) -> ResponseReturnValue:
    """Set a creator aside for this campaign, or take them off; goes back where it came from."""
    form = ShortlistForm()
    creator_id = _id_in(form)
    with transaction() as session:
        if form.keep.data == "1":
            matching.shortlist(
                session,
                campaign_id=campaign_id,
                creator_id=creator_id,
                actor=access.actor(),
                now=utc_now(),
            )
        else:
            matching.take_off_shortlist(
                session, campaign_id=campaign_id, creator_id=creator_id, actor=access.actor()
            )
    back = request.form.get("next", "")
    if not is_local_path(back):
        back = url_for("brand.matches", campaign_id=campaign_id)
    return redirect(back, 303)


def _id_in(form: ShortlistForm) -> UUID:
    form.validate_on_submit()
    try:
        return UUID(form.creator_id.data or "")
    except ValueError:
        raise NotFound("creator") from None
