"""Disputes of the market whose doors are asked: opened by either side, and with staff."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.files import StoredFile
from marketplace.kernel.ids import new_id
from marketplace.payouts import service as payouts
from marketplace.payouts.models import DisputeStep
from marketplace.payouts.rules.disputes import DisputeReason
from marketplace.payouts.service import Said
from tests.factories.campaigns import NOON, make_campaign
from tests.factories.deliverables import make_deliverable
from tests.factories.money import make_accepted, make_earning, pay_in
from tests.services.disputing import dispute, say
from tests.web.access.world import World

A_PICTURE = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64


def disagree(session: Session, world: World, *, acme: Brand) -> None:
    """Accepted work in its hold window, undisputed, disputed and with staff; and a draft."""
    alice, bea = world.people["owner"], world.people["creator"]
    held = [_held(session, world, acme, number) for number in range(3)]
    draft = make_deliverable(
        session,
        brand=acme,
        by=alice,
        creator=bea,
        state=DeliverableState.IN_REVIEW,
        campaign_name="Disputed draft",
    )
    by_brand = dispute(session, held[1], alice, share=2_500, now=NOON)
    with_staff = dispute(session, held[2], alice, now=NOON)
    say(session, with_staff, bea, now=NOON)
    by_creator = dispute(session, draft, bea, reason=DisputeReason.OTHER, share=5_000, now=NOON)
    picture = f"{new_id().hex}.png"
    (Path(world.app.extensions["settings"].upload_folder) / picture).write_bytes(A_PICTURE)
    payouts.say_in_dispute(
        session,
        dispute_id=by_creator.id,
        said=Said("Here it is.", proof=StoredFile(picture, "shot.png", "image/png", 72)),
        share_bps=None,
        actor=bea,
        now=NOON,
    )
    session.flush()
    world.ids |= {
        "undisputed": held[0].id,
        "dispute_id": by_creator.id,
        "disputed_by_brand": by_brand.id,
        "disputed_by_creator": by_creator.id,
        "dispute_with_staff": with_staff.id,
        "step_id": session.scalars(
            select(DisputeStep.id).where(DisputeStep.file_key == picture)
        ).one(),
    }


def _held(session: Session, world: World, acme: Brand, number: int) -> Deliverable:
    alice, bea = world.people["owner"], world.people["creator"]
    campaign = make_campaign(session, brand=acme, by=alice, name=f"Held {number}")
    pay_in(session, campaign, by=alice, charge_id=f"ch_held_{number}")
    work = make_accepted(
        session, campaign, by=alice, creator=bea, video_id=f"73456789012345680{number:02}"
    )
    make_earning(session, work, matured=False)
    return work
