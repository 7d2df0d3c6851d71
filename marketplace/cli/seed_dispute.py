"""Where the people of the demo do not agree about a fee: one dispute decided, and two that wait."""

from __future__ import annotations

from uuid import UUID

from marketplace.cli.seed_campaign import DAY, PastCampaign
from marketplace.cli.seed_stage import Stage
from marketplace.cli.seed_story import BrandSide
from marketplace.deliverables.models import Deliverable
from marketplace.kernel.actor import Actor
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Dispute
from marketplace.payouts.rules.disputes import DisputeReason
from marketplace.payouts.service import Said
from marketplace.treasury import service as treasury


def have_decided(
    stage: Stage, side: BrandSide, work: Deliverable, *, creator: Actor, staff: Actor
) -> None:
    """The brand disputes accepted work, its creator answers, and staff decide; two days pass."""
    opened = _open(
        stage,
        side.owner,
        work,
        DisputeReason.NOT_AS_AGREED,
        5_000,
        "The tin is opened when the sun has gone again, so half of the viewers never see it."
        " We would agree to half of the fee.",
    )
    stage.time.sleep(DAY)
    _say(
        stage,
        creator,
        opened.id,
        9_000,
        "The tin is on the blanket from the first second. You approved this very version, and I"
        " would give you a tenth for the sun.",
    )
    stage.time.sleep(DAY)
    stage.act(
        treasury.ask_dispute_decision,
        dispute_id=opened.id,
        share_bps=8_000,
        reason="The version that was approved is the one that is live. The tin is in the picture"
        " and hard to read until it is opened, which was asked for: a fifth goes back.",
        actor=staff,
    )


def disagree(stage: Stage, side: BrandSide, work: Deliverable) -> None:
    """The brand disputes a work that was accepted; its creator has not answered yet."""
    _open(
        stage,
        side.owner,
        work,
        DisputeReason.DISCLOSURE_MISSING,
        7_500,
        "For the first evening the post had no label, and most of its views are from then. A"
        " viewer wrote to us about it. We would agree to three quarters of the fee.",
        "https://drafts.example/sunday-without-label",
    )


def want_a_decision(
    stage: Stage, campaign: PastCampaign, work: Deliverable, *, creator: Actor
) -> None:
    """A creator whose draft nobody reviews wants the fee; the brand answers, and staff decide."""
    opened = _open(
        stage,
        creator,
        work,
        DisputeReason.NOT_REVIEWED,
        10_000,
        "I handed this in on time and have had no word for a week. I turned another job down for"
        " these days, and I have promised not to work for anybody else in food.",
    )
    stage.time.sleep(DAY)
    _say(
        stage,
        campaign.side.owner,
        opened.id,
        4_000,
        "We are sorry for the silence: the person who reviews is ill. We do not need the video any"
        " more this season and would pay two fifths for the work.",
    )


def _open(
    stage: Stage,
    actor: Actor,
    work: Deliverable,
    reason: DisputeReason,
    share_bps: int,
    words: str,
    link: str = "",
) -> Dispute:
    return stage.act(
        payouts.open_dispute,
        actor=actor,
        deliverable_id=work.id,
        reason=reason,
        share_bps=share_bps,
        said=Said(words, link),
    )


def _say(stage: Stage, actor: Actor, dispute_id: UUID, share_bps: int, words: str) -> None:
    stage.act(
        payouts.say_in_dispute,
        actor=actor,
        dispute_id=dispute_id,
        said=Said(words),
        share_bps=share_bps,
    )
