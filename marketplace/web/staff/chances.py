"""What was learned of how likely each step is, version by version."""

from __future__ import annotations

from typing import Final

from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.matching import queries
from marketplace.matching.rules.chances import ROWS_LEAST, Facts, Model, Step, start
from marketplace.store.session import reading
from marketplace.web.staff.blueprint import bp

WORDS: Final = {
    Step.REPLY: "An invited creator answers",
    Step.APPLY: "An invited creator who answers applies",
    Step.OFFER: "An applicant gets an offer",
    Step.AGREE: "An offer becomes an agreement",
    Step.DELIVER: "What was agreed is delivered",
    Step.RENEW: "The brand works with the creator again",
    Step.VIEWS: "A video gets the authentic views expected when it was agreed",
    Step.VIEWS_LOW: "A video gets at least the lower end of that",
}


@bp.get("/chances")
def chances() -> ResponseReturnValue:
    """How likely is each step now, and did each learning foretell better than the one before?"""
    with reading() as session:
        present = queries.present_chances(session)
        versions = queries.chance_versions(session)
    return render_template(
        "staff/chances.html",
        steps=[
            (WORDS[step], step in present, _corners(present.get(step, start(step))))
            for step in Step
        ],
        versions=versions,
        words=WORDS,
        rows_least=ROWS_LEAST,
    )


def _corners(model: Model) -> dict[str, int]:
    """The chance in the middle, and with one fact at its best."""
    return {
        "usual": model.chance_bps(Facts()),
        "standing": model.chance_bps(Facts(standing=1)),
        "pay": model.chance_bps(Facts(pay=1)),
        "record": model.chance_bps(Facts(record=2)),
    }
