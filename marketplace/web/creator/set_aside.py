"""Which open briefs are not for me now, and what would change that?"""

from __future__ import annotations

from itertools import groupby
from typing import Final

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.kernel.clock import utc_now
from marketplace.matching import queries as matching
from marketplace.matching.rules.left_out import (
    SET_ASIDE_WORDS,
    WHAT_CHANGES,
    YOU_LEFT_OUT_WORDS,
    LeftOut,
)
from marketplace.store.session import reading
from marketplace.web.creator.blueprint import bp
from marketplace.web.creator.briefs import asked_of_feed, pays_of

PROFILE: Final = ("creator.edit_profile", "Your profile")
AUDIENCE: Final = ("creator.audience", "Who watches you")
RATES: Final = ("creator.rates", "Your rates")
WHERE: Final = {
    LeftOut.LIVES_ELSEWHERE: PROFILE,
    LeftOut.OTHER_LANGUAGE: AUDIENCE,
    LeftOut.TOO_FEW_FOLLOWERS: ("creator.channels", "Your channels"),
    LeftOut.BLOCKED_TOPIC: PROFILE,
    LeftOut.AVOIDED_SUBJECT: ("creator.subjects", "What was found in your posts"),
    LeftOut.BOUND: ("creator.collaborations", "What you have promised"),
    LeftOut.AWAY: PROFILE,
    LeftOut.TOO_CHEAP: RATES,
    LeftOut.TOO_DEAR: RATES,
    LeftOut.NOBODY_IN_TARGET: AUDIENCE,
}
"""Where what a rule asks can be changed, if the creator can."""


@bp.get("/briefs/set-aside")
def briefs_set_aside() -> ResponseReturnValue:
    """Which open briefs leave me out, by which rule, and what would change that?"""
    now = utc_now()
    with reading() as session:
        asked = asked_of_feed(session)
        found = matching.set_aside_for(session, **asked.of_matching, now=now)
        lines = found.page.rows
        pay = pays_of(session, lines, now=now)
    by_rule = groupby(lines, key=lambda each: found.reasons[each.brief.id])
    return render_template(
        "creator/briefs_set_aside.html",
        page=found.page,
        cause=asked.cause,
        problems=asked.problems,
        groups=[
            {
                "title": SET_ASIDE_WORDS[rule],
                "count": found.counts[rule],
                "why": YOU_LEFT_OUT_WORDS[rule],
                "changes": WHAT_CHANGES[rule],
                "where": (url_for(WHERE[rule][0]), WHERE[rule][1]) if rule in WHERE else None,
                "lines": list(of_rule),
            }
            for rule, of_rule in by_rule
        ],
        pay=pay,
    )
