"""The jobs of the night that learn: what was decided moves the chances, once."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.collaborations import service as collaborations
from marketplace.collaborations.rules import DeclineReason
from marketplace.config import Settings
from marketplace.kernel.actor import Actor
from marketplace.matching import queries
from marketplace.matching.models import AttentionReport, ChanceVersion
from marketplace.matching.rules.chances import Facts, Step
from tests.factories.campaigns import NOON, make_campaign
from tests.factories.collaborations import make_application
from workers import learning
from workers.runtime import Run
from workers.schedule import SCHEDULE


def test_a_night_learns_from_what_was_decided_and_a_second_run_learns_nothing(
    app: Flask,
    settings: Settings,
    session: Session,
    acme: Brand,
    alice: Actor,
    bea: Actor,
    carl: Actor,
) -> None:
    """Twelve applications are declined, and twelve invitations."""
    assert bea.creator_id is not None
    for number in range(12):
        campaign = make_campaign(session, brand=acme, by=alice, name=f"Beans {number}")
        asked = make_application(session, campaign=campaign, creator=carl)
        collaborations.decline(
            session, application_id=asked.id, reason=DeclineReason.FEE, actor=alice, now=NOON
        )
        invitation = collaborations.invite(
            session, campaign_id=campaign.id, creator_id=bea.creator_id, message="", actor=alice,
            now=NOON,
        )  # fmt: skip
        session.flush()
        collaborations.decline_invitation(session, invitation_id=invitation.id, actor=bea, now=NOON)
    session.commit()

    def night(days: int) -> dict[tuple[Step, int], tuple[int, bool]]:
        run = Run(
            settings=settings,
            gateways=app.extensions["gateways"],
            now=NOON + timedelta(days=days),
        )
        with app.app_context():
            learning.report_attention(run)
            learning.learn_chances(run)
            learning.learn_reach(run)
        session.expire_all()
        found = session.scalars(select(ChanceVersion))
        return {(each.step, each.version): (each.rows, each.counts) for each in found}

    first = night(1)
    assert first == {(Step.OFFER, 1): (12, True), (Step.APPLY, 1): (12, True)}
    learned = queries.present_chances(session)
    # None of 12 and three of ten of 20 more, as was assumed
    assert learned[Step.OFFER].chance_bps(Facts()) == 1_875
    assert learned[Step.APPLY].chance_bps(Facts()) == 1_875
    assert night(1) == first
    assert night(14) == first | {(Step.REPLY, 1): (12, True)}
    assert session.scalar(select(func.count()).select_from(AttentionReport)) == 2


def test_learning_is_of_the_night_and_the_columns_are_of_the_minute() -> None:
    rings = {entry.sweep.__name__: entry.cron.split() for entry in SCHEDULE}

    for name in ("report_attention", "learn_chances", "learn_reach"):
        minute, hour, *days = rings[name]
        assert (minute.isdigit(), hour in {"2", "3"}, days) == (True, True, ["*", "*", "*"])
    assert rings["refresh_columns"] == ["*"] * 5
