"""What was learned of how likely each step is, version by version, and whether it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from marketplace.kernel.money import BPS_WHOLE
from marketplace.matching import queries
from marketplace.matching.models import ChanceVersion
from marketplace.matching.rules.calibration import BANDS, Band, given_bps, skill_bps
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
class Trial:
    """How many outcomes a version foretold, beside those that came.

    outcomes: it had not learned from these. before_of_100, by_before: how often in 100 it had come
    until then, and how many that alone would have foretold.
    """

    picture: Markup
    outcomes: int
    foretold: float
    came: int
    before_of_100: int
    by_before: float


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step as it counts now. refused: the newest version, where it is not used."""

    words: str
    corners: dict[str, int]
    version: ChanceVersion | None
    refused: ChanceVersion | None

    @property
    def trial(self) -> Trial | None:
        """How the version did before it was used; None while nothing is known of that."""
        if self.version is None or not self.version.bands:
            return None
        bands = [Band(**band) for band in self.version.bands]
        return Trial(
            picture=charts.reliability(title=self.words, bands=[_foretold(each) for each in bands]),
            outcomes=self.version.held_back,
            foretold=sum(each.count * each.said_bps for each in bands) / BPS_WHOLE,
            came=sum(each.happened for each in bands),
            before_of_100=round(self.version.base_bps / 100),
            by_before=self.version.held_back * self.version.base_bps / BPS_WHOLE,
        )


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One learning. before_bps, after_bps: the chance that was given to what came; None untried."""

    version: ChanceVersion
    before_bps: int | None
    after_bps: int | None

    @property
    def verdict(self) -> str:
        """What came of it."""
        if not self.version.judged_on:
            return "Too few to judge"
        if self.version.counts:
            return "Better" if self.version.loss < self.version.loss_before else "As good"
        return "Worse, set aside"

    @property
    def skill_bps(self) -> int | None:
        """How much better it foretold than its base rate."""
        return skill_bps(self.version.brier, self.version.brier_base)


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
        versions=[_version_row(each) for each in versions],
        words=WORDS,
        rows_least=ROWS_LEAST,
        new_least=NEW_LEAST,
    )


def _row(step: Step, version: ChanceVersion | None, newest: ChanceVersion | None) -> StepRow:
    model = start(step) if version is None else queries.model_of(version)
    is_refused = newest is not None and not newest.counts and newest.judged_on
    return StepRow(WORDS[step], _corners(model), version, newest if is_refused else None)


def _version_row(version: ChanceVersion) -> VersionRow:
    if not version.judged_on:
        return VersionRow(version, None, None)
    return VersionRow(
        version, _tenths(given_bps(version.loss_before)), _tenths(given_bps(version.loss))
    )


def _tenths(bps: int) -> int:
    return round(bps, -1)


def _corners(model: Model) -> dict[str, int]:
    """The chance in the middle, and with one fact at its best, in whole per cent."""
    facts = {
        "usual": Facts(),
        "standing": Facts(standing=1),
        "pay": Facts(pay=1),
        "record": Facts(record=2),
    }
    return {name: round(model.chance_bps(each), -2) for name, each in facts.items()}


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
