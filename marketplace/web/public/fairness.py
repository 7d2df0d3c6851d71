"""How is attention shared among creators, and what does that cost?"""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from marketplace.kernel.clock import utc_now
from marketplace.matching import queries
from marketplace.matching.rules.exposure import (
    CURVE_STEPS,
    FRESH_EVERY,
    FRESH_LEAST_OFTEN,
    FRESH_LISTS,
    FRESH_MOST_OFTEN,
    FRESH_POOL,
    SMALL_BELOW,
    attention_bps,
)
from marketplace.store.session import reading
from marketplace.web import charts
from marketplace.web.public.blueprint import bp


@bp.get("/fairness")
def fairness() -> ResponseReturnValue:
    """The rule in words, and how even attention was in the last seven days."""
    with reading() as session:
        report = queries.attention_report(session)
        every = queries.fresh_every(session, now=utc_now())
    return render_template(
        "public/fairness.html",
        report=report,
        curve=None if report is None else _curve(report.curve),
        one_list_bps=attention_bps(1),
        every=every,
        fresh_every=FRESH_EVERY,
        most_often=FRESH_MOST_OFTEN,
        least_often=FRESH_LEAST_OFTEN,
        small_below=SMALL_BELOW,
        fresh_lists=FRESH_LISTS,
        fresh_pool=FRESH_POOL,
    )


def _curve(shares: Sequence[int]) -> Markup:
    steps = [100 * step // CURVE_STEPS for step in range(CURVE_STEPS + 1)]
    return charts.curve(
        title="What part of all places the least shown creators had",
        across="% of creators, the least shown first",
        unit="% of places",
        at=steps,
        series=[
            charts.Series("Here", [share / 100 for share in shares]),
            charts.Series("All alike", steps, dashed=True),
        ],
    )
