"""A brand and a creator of the demo do not agree about a fee in its hold window."""

from __future__ import annotations

from marketplace.cli.seed_stage import Stage
from marketplace.cli.seed_story import BrandSide
from marketplace.deliverables.models import Deliverable
from marketplace.payouts import service as payouts
from marketplace.payouts.rules.disputes import DisputeReason
from marketplace.payouts.service import Said


def disagree(stage: Stage, side: BrandSide, work: Deliverable) -> None:
    """The brand disputes a work that was accepted; its creator has not answered yet."""
    stage.act(
        payouts.open_dispute,
        actor=side.owner,
        deliverable_id=work.id,
        reason=DisputeReason.DISCLOSURE_MISSING,
        share_bps=7_500,
        said=Said(
            "For the first evening the post had no label, and most of its views are from then. A"
            " viewer wrote to us about it. We would agree to three quarters of the fee.",
            "https://drafts.example/sunday-without-label",
        ),
    )
