"""What was learned of how likely each step is, version by version, and whether it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from marketplace.matching import queries
from marketplace.matching.models import ChanceVersion
from marketplace.matching.rules.calibration import BANDS, Band, skill_bps
from marketplace.matching.rules.chances import NEW_LEAST, ROWS_LEAST, Facts, Model, Step, start
from marketplace.store.session import reading
from marketplace.web import charts
from marketplace.web.staff.blueprint import bp

WORDS: Final = {
    Step.REPLY: "An invited creator answers",
    Step.APPLY: "An invited creator who answers applies",
    Step.OFFER: "An applicant gets an offer",
    Step.AGREE: "An offer becomes an agreement",
    Step.DELIVER: "What was agreed is delivered",
    Step.RENEW: "The brand works with the creator again",
    Step.VIEWS: "A video gets the views expected when it was agreed",
    Step.VIEWS_LOW: "A video gets at least the lower end of that",
}


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step as it counts now. refused: the newest version, where it is not used."""

    words: str
    corners: dict[str, int]
    version: ChanceVersion | None
    refused: ChanceVersion | None

    @property
    def skill_bps(self) -> int | None:
        return None if self.version is None else skill_of(self.version)

    @property
    def picture(self) -> Markup | None:
        """What was foretold beside what came; None while nothing is known of it."""
        if self.version is None or not self.version.bands:
            return None
        return charts.reliability(
            title=self.words, bands=[_foretold(Band(**band)) for band in self.version.bands]
        )


@bp.get("/chances")
def chances() -> ResponseReturnValue:
    """How likely is each step now, does that hold, and did each learning foretell better?"""
    with reading() as session:
        present = queries.present_versions(session)
        newest = queries.newest_versions(session)
        versions = queries.chance_versions(session)
    return render_template(
        "staff/chances.html",
        steps=[_row(step, present.get(step), newest.get(step)) for step in Step],
        versions=versions,
        skill_of=skill_of,
        words=WORDS,
        rows_least=ROWS_LEAST,
        new_least=NEW_LEAST,
    )


def skill_of(version: ChanceVersion) -> int | None:
    """Return how much better a version foretold than its base rate."""
    return skill_bps(version.brier, version.brier_base)


def _row(step: Step, version: ChanceVersion | None, newest: ChanceVersion | None) -> StepRow:
    model = start(step) if version is None else queries.model_of(version)
    is_refused = newest is not None and not newest.counts and newest.judged_on
    return StepRow(WORDS[step], _corners(model), version, newest if is_refused else None)


def _corners(model: Model) -> dict[str, int]:
    """The chance in the middle, and with one fact at its best."""
    return {
        "usual": model.chance_bps(Facts()),
        "standing": model.chance_bps(Facts(standing=1)),
        "pay": model.chance_bps(Facts(pay=1)),
        "record": model.chance_bps(Facts(record=2)),
    }


def _foretold(band: Band) -> charts.Foretold:
    low, high = band.range_bps
    step = 100 // BANDS
    return charts.Foretold(
        label=f"{band.number * step} to {(band.number + 1) * step}\xa0%",
        count=band.count,
        said_bps=band.said_bps,
        came_bps=band.happened_bps,
        low_bps=low,
        high_bps=high,
    )
