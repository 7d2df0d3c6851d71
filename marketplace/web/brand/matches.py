"""Who fits this campaign? The whole market, ranked as it is asked for, each with the reasons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from flask import (
    Response,
    copy_current_request_context,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from wtforms import HiddenField
from wtforms.validators import InputRequired

from marketplace.accounts.rules import is_local_path
from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.models import Brief
from marketplace.creators import queries as creators
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import InvalidInput, NotFound
from marketplace.matching import queries
from marketplace.matching import service as matching
from marketplace.matching.queries import MatchLine
from marketplace.matching.rules.labels import group_words
from marketplace.store.session import reading, transaction
from marketplace.web import access
from marketplace.web.asked import Asked
from marketplace.web.brand.blueprint import bp
from marketplace.web.brand.who_fits import PART_HEADER, nobody, wants_part, who_fits
from marketplace.web.brand.wishes import (
    FILLED,
    FROM_WORDS,
    TO_WORDS,
    form_of,
    has_other_rules,
    wish_form,
)
from marketplace.web.forms import BaseForm
from marketplace.web.groups import group_choices, groups_chosen

WORDS_KEPT_SECONDS: Final = 3_600
"""How long a browser keeps the words that a field suggests; they change once a night."""
ROWS: Final = 10
"""Creators on one page: as many as one compares in a sitting."""


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
        asked, groups = Asked(), group_choices(brief.amplified_groups)
        wanted, group = base, asked.one_of("group", groups, "group")
        try:
            wanted = form.wanted(base) if FILLED in request.args else base
            shown = who_fits(
                session,
                campaign,
                wanted,
                only_shortlist=bool(form.shortlisted.data),
                found_by=groups_chosen(group, brief.amplified_groups),
                is_fair=not form.by_fit.data,
                page=access.page_number(),
                size=ROWS,
                now=now,
            )
        except InvalidInput as refusal:
            form.show(refusal)
            shown = nobody(campaign, wanted, refusal.problems, now=now)
        found = shown["found"]
        offered = form.offered(found.homes if found else creators.countries_in_market(session))
        usual = wanted == base and not form.shortlisted.data and group is None
    answer = make_response(
        render_template(
            "brand/matches_part.html" if wants_part() else "brand/matches_list.html",
            form=form,
            offered=offered,
            group=group,
            groups=groups,
            amplified=group_words(brief.amplified_groups, "and"),
            problems=asked.problems,
            sliders=[(form.age_from, FROM_WORDS), (form.age_to, TO_WORDS)],
            is_changed=wanted != base,
            rules=form_of(wanted) if has_other_rules(wanted, base) else None,
            **shown,
        ),
        200 if found else 422,
    )
    answer.vary.add(PART_HEADER)
    if found is not None and usual:
        _record_later(answer, brief, found.page.rows, now)
    return answer


def _record_later(
    answer: Response, brief: Brief, lines: Sequence[MatchLine], now: datetime
) -> None:
    """Log who was shown, once the page is out."""
    actor = access.actor()

    @answer.call_on_close
    @copy_current_request_context
    def log() -> None:
        with transaction() as session:
            matching.record_showing(
                session,
                campaign_id=brief.campaign_id,
                brief_id=brief.id,
                lines=lines,
                actor=actor,
                now=now,
            )


@bp.get("/words")
def words() -> ResponseReturnValue:
    """What do creators of the market make? For the fields that suggest words while one types."""
    with reading() as session:
        found = queries.words_of_market(session, now=utc_now())
    answer = jsonify(found)
    answer.cache_control.private = True
    answer.cache_control.max_age = WORDS_KEPT_SECONDS
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
