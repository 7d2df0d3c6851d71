"""What both sides see of a deliverable: its steps, who waits for whom, its post and its money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from markupsafe import Markup
from sqlalchemy.orm import Session

from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import CollaborationState, OfferMoney, Party, parts_of_offer
from marketplace.creators.ports import FailureKind
from marketplace.deliverables import queries
from marketplace.deliverables.models import Deliverable, PublishedPost
from marketplace.deliverables.queries import Handed, Sheet
from marketplace.deliverables.rules import DONE, DeliverableEvent, DeliverableState, PostState
from marketplace.kernel.actor import Actor
from marketplace.kernel.days import today_somewhere
from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Money
from marketplace.metrics import queries as metrics
from marketplace.metrics.models import MetricGap, MetricSnapshot
from marketplace.metrics.rules.readings import cost_per_thousand_views, engagement_rate_bps
from marketplace.payouts import queries as payouts
from marketplace.payouts.queries import EarningLine
from marketplace.payouts.queries.chains import chain_of_deliverable, chains_of, promised_under
from marketplace.payouts.rules import EarningState
from marketplace.payouts.rules.chain import Chain
from marketplace.web import charts, reader, render
from marketplace.web.agreements import MoneySides, on_collaboration_page, sides_of
from marketplace.web.bonus import BonusCard, bonus_card
from marketplace.web.disputes import DisputesPart, part_for
from marketplace.web.views_in_question import HeldCard, held_card

S = DeliverableState

STEPS: Final = ("Draft", "Review", "Publish", "Acceptance", "Paid")
PRESENT_STEP: Final[Mapping[DeliverableState, int]] = {
    S.AWAITING_SUBMISSION: 0,
    S.CHANGES_REQUESTED: 0,
    S.IN_REVIEW: 1,
    S.APPROVED: 2,
    S.LIVE: 3,
    S.ACCEPTED: 4,
}
ENDED_BY: Final = (
    DeliverableEvent.SUBMIT,
    DeliverableEvent.APPROVE,
    DeliverableEvent.CONFIRM_POST,
    DeliverableEvent.ACCEPT,
)
"""What ends each step but the last."""
DEFINITIONS: Final[Mapping[str, str]] = {
    "tiktok.display.v2": "TikTok’s own public counts, as its Display API tells them to the creator",
}
GAPS: Final[Mapping[str, str]] = {
    FailureKind.NOT_VISIBLE: "TikTok did not show the post: it was private, removed or not there.",
    FailureKind.AUTH_EXPIRED: "TikTok did not take our key for this channel; we renew it.",
    FailureKind.AUTH_REVOKED: "The channel is not connected, so nothing can be read until it is.",
    FailureKind.SCOPE_MISSING: "The channel is connected without leave to read its videos.",
    FailureKind.RATE_LIMITED: "TikTok asked us to come back later.",
    FailureKind.PROVIDER_UNAVAILABLE: "TikTok could not be reached.",
    FailureKind.BAD_RESPONSE: "TikTok answered something that could not be read.",
    FailureKind.REQUEST_REJECTED: "TikTok did not take our question; we are looking into it.",
}


@dataclass(frozen=True, slots=True)
class GapLine:
    """A reading that is missing, and why. times: how often in a row, for the same reason."""

    sentence: str
    last_at: datetime
    times: int


@dataclass(frozen=True, slots=True)
class PostCard:
    """A post with what is known of its numbers.

    agreed: says what was expected of it; None for what is no video. latest: None before the first
    reading. next_at: None when reading has ended or not begun. held: None where no view ever was.
    """

    post: PublishedPost
    agreed: Collaboration | None
    latest: MetricSnapshot | None
    definition: str
    engagement_bps: int | None
    per_thousand: Money | None
    chart: Markup
    gaps: Sequence[GapLine]
    last_at: datetime | None
    next_at: datetime | None
    next_is_due: bool
    missing_since: datetime | None
    held: HeldCard | None


@dataclass(frozen=True, slots=True)
class DeliverablePage:
    """Everything that the page of a deliverable shows, the same facts for both sides."""

    sheet: Sheet
    handed: Sequence[Handed]
    steps: Sequence[Mapping[str, Any]]
    waiting: str
    post: PostCard | None
    refused: PublishedPost | None
    earning: EarningLine | None
    chain: Chain
    bonus: BonusCard | None
    money: OfferMoney
    sides: MoneySides
    payable_on: datetime
    """When the fee is payable if the post is accepted now."""
    disputes: DisputesPart
    silent_at: datetime | None
    """When the live post is accepted without a word; None where that is not to come."""

    @property
    def deliverable(self) -> Deliverable:
        return self.sheet.deliverable

    @property
    def rounds_left(self) -> int:
        return self.deliverable.rounds_allowed - self.deliverable.rounds_used

    @property
    def under_review(self) -> Handed | None:
        """The version that waits for the brand's word."""
        return self.handed[0] if self.deliverable.state is S.IN_REVIEW else None


def page_for(
    session: Session, actor: Actor, deliverable_id: UUID, *, side: Party, now: datetime
) -> DeliverablePage:
    """Return the page of a deliverable for one of its two sides; NotFound for everybody else."""
    deliverable = queries.deliverable_seen_by(session, actor, deliverable_id)
    on_side = (
        actor.belongs_to(deliverable.brand_id)
        if side is Party.BRAND
        else actor.creator_id == deliverable.creator_id
    )
    if not on_side:
        raise NotFound("deliverable")
    sheet = queries.sheet_of(session, deliverable)
    handed = queries.handed_in(session, deliverable_id=deliverable.id)
    post = queries.standing_post(session, deliverable_id=deliverable.id)
    earning = payouts.earning_line(session, deliverable_id=deliverable.id, now=now)
    part = parts_of_offer(sheet.offer)[deliverable.position - 1]
    return DeliverablePage(
        sheet=sheet,
        handed=handed,
        steps=_steps(session, deliverable, earning=earning),
        waiting=waiting_words(
            deliverable,
            brand_name=sheet.brand_name,
            creator_name=sheet.creator_name,
            post_state=post.state if post else None,
            side=side,
            now=now,
        ),
        post=post_card(session, post, fee=deliverable.fee, now=now) if post else None,
        refused=queries.last_refused_post(session, deliverable_id=deliverable.id),
        earning=earning,
        chain=chain_of_deliverable(session, deliverable, earning, now=now),
        bonus=bonus_card(session, deliverable, sheet.offer, post, now=now),
        money=part,
        sides=sides_of(part, sheet.offer.shares),
        payable_on=now + timedelta(days=sheet.offer.hold_days),
        disputes=part_for(session, actor, deliverable, now=now),
        silent_at=_silent_at(deliverable, post, now),
    )


def _silent_at(
    deliverable: Deliverable, post: PublishedPost | None, now: datetime
) -> datetime | None:
    at = deliverable.answer_by
    if deliverable.state is not S.LIVE or at is None or at <= now:
        return None
    return at if post is not None and post.state is PostState.VERIFIED else None


def waiting_words(
    deliverable: Deliverable,
    *,
    brand_name: str,
    creator_name: str,
    post_state: PostState | None,
    side: Party,
    now: datetime,
) -> str:
    """Say who waits for whom, and until when, as the reader's side reads it."""
    words = _work_words(
        deliverable,
        brand="you" if side is Party.BRAND else brand_name,
        creator="you" if side is Party.CREATOR else creator_name,
        post_state=post_state,
        now=now,
    )
    if deliverable.disputed_at is None:
        return words
    return f"There is an open dispute about its money. {words}".rstrip()


def _work_words(
    deliverable: Deliverable,
    *,
    brand: str,
    creator: str,
    post_state: PostState | None,
    now: datetime,
) -> str:
    draft, publish = deliverable.draft_due_on, deliverable.publish_by_on
    answer = _by(deliverable.answer_by, now)
    match deliverable.state:
        case S.AWAITING_SUBMISSION:
            return f"Waiting for {creator} to hand in a draft{_by(draft, now)}."
        case S.CHANGES_REQUESTED:
            return f"Waiting for {creator} to hand in a new version{_by(draft, now)}."
        case S.IN_REVIEW:
            return f"Waiting for {brand} to review the draft{answer}."
        case S.APPROVED if post_state is PostState.CHECKING:
            return "Waiting for TikTok to confirm the post; this takes a moment."
        case S.APPROVED:
            return f"Waiting for {creator} to publish and paste the address{_by(publish, now)}."
        case S.LIVE if post_state is PostState.NOT_VISIBLE:
            return f"Waiting for {creator} to make the post visible again."
        case S.LIVE if deliverable.answer_by is not None and deliverable.answer_by <= now:
            return f"The time for {brand} to object is over; the post is accepted in a moment."
        case S.LIVE:
            return (
                f"Waiting for {brand} to accept the post{answer}; without a word it is accepted"
                " then."
            )
        case S.ACCEPTED:
            return ""
        case S.CANCELLED:
            return "This was cancelled; nothing is owed any more."


def _by(when: date | datetime | None, now: datetime) -> str:
    if when is None:
        return ""
    if isinstance(when, datetime):
        over, said = when <= now, render.moment(when)
    else:
        over, said = when < today_somewhere(now), render.day(when)
    return f", {'was due' if over else 'due'} {said}"


def _steps(
    session: Session, deliverable: Deliverable, *, earning: EarningLine | None
) -> list[Mapping[str, Any]]:
    taken = {
        step.event: step.happened_at
        for step in queries.steps_of(session, deliverable_id=deliverable.id)
    }
    paid = earning is not None and earning.earning.state is EarningState.PAID
    present = len(STEPS) if paid else PRESENT_STEP.get(deliverable.state, len(STEPS))
    steps: list[Mapping[str, Any]] = []
    for place, label in enumerate(STEPS):
        if deliverable.state is S.CANCELLED:
            state = "next"
        else:
            state = "done" if place < present else "now" if place == present else "next"
        ended_at = taken.get(ENDED_BY[place]) if place < len(ENDED_BY) else _paid_at(earning)
        steps.append(
            {
                "label": label,
                "state": state,
                "at": ended_at if state == "done" else None,
                "note": _note(deliverable) if state == "now" else "",
            }
        )
    return steps


def _paid_at(earning: EarningLine | None) -> datetime | None:
    return earning.paid_at if earning else None


def _note(deliverable: Deliverable) -> str:
    if deliverable.state is S.CHANGES_REQUESTED:
        return f"round {deliverable.rounds_used} of {deliverable.rounds_allowed}"
    return ""


def post_card(session: Session, post: PublishedPost, *, fee: Money, now: datetime) -> PostCard:
    """Return a post with its numbers, its curve and what could not be read."""
    series = metrics.post_series(session, post_id=post.id)
    tracking = metrics.tracking_or_none(session, post.id)
    latest = series[-1] if series else None
    made = post.deliverable
    next_at = tracking.next_read_at if tracking else None
    return PostCard(
        post=post,
        agreed=made.collaboration if made.format == "video" else None,
        latest=latest,
        definition=DEFINITIONS.get(latest.definition, latest.definition) if latest else "",
        engagement_bps=engagement_rate_bps(
            views=latest.views, likes=latest.likes, comments=latest.comments, shares=latest.shares
        )
        if latest
        else None,
        per_thousand=cost_per_thousand_views(fee, latest.views) if latest else None,
        chart=views_chart(series),
        gaps=_gap_lines(metrics.gaps_of(session, post_id=post.id), since=latest),
        last_at=tracking.last_read_at if tracking else None,
        next_at=next_at,
        next_is_due=next_at is not None and next_at <= now,
        missing_since=tracking.missing_since if tracking else None,
        held=held_card(session, post.id, now=now),
    )


def views_chart(series: Sequence[MetricSnapshot]) -> Markup:
    """Draw the views by day, each day by its last reading.

    Readings that count by another definition get a line of their own: the two are not one curve.
    """
    days: dict[date, dict[str, int | None]] = {}
    for snapshot in series:
        on = snapshot.taken_at.astimezone(reader.zone()).date()
        days.setdefault(on, {})[snapshot.definition] = snapshot.views
    kinds = list(dict.fromkeys(snapshot.definition for snapshot in series))
    return charts.line(
        title="Views by day",
        unit="views",
        dates=list(days),
        series=[
            charts.Series(
                "Views" if len(kinds) == 1 else f"Views ({kind})",
                [read.get(kind) for read in days.values()],
            )
            for kind in kinds
        ],
    )


def _gap_lines(gaps: Sequence[MetricGap], *, since: MetricSnapshot | None) -> list[GapLine]:
    """Return what went wrong since the last good reading, the same reason in one line."""
    lines: dict[str, GapLine] = {}
    for gap in gaps:
        if since is not None and gap.noticed_at <= since.taken_at:
            continue
        known = lines.get(gap.kind)
        lines[gap.kind] = GapLine(
            sentence=GAPS.get(gap.kind, "The reading failed."),
            last_at=known.last_at if known else gap.noticed_at,
            times=known.times + 1 if known else 1,
        )
    return list(lines.values())


@on_collaboration_page
def on_collaboration(
    session: Session, actor: Actor, collaboration: Collaboration, now: datetime
) -> Mapping[str, Any]:
    """Give the page of a collaboration its deliverables, and say who waits for whom."""
    owed = queries.deliverables_of(session, collaboration_id=collaboration.id)
    if not owed:
        return {"deliverables": []}
    side = Party.CREATOR if actor.creator_id == collaboration.creator_id else Party.BRAND
    posts = queries.post_states_of(session, [each.id for each in owed])
    waiting = [
        waiting_words(
            each,
            brand_name=collaboration.campaign.brand.name,
            creator_name=collaboration.creator.display_name,
            post_state=posts.get(each.id),
            side=side,
            now=now,
        )
        for each in owed
        if each.state not in DONE
    ]
    done = sum(1 for each in owed if each.state in DONE)
    earned = payouts.earnings_under(session, collaboration_id=collaboration.id, now=now)
    return {
        "promised": promised_under(session, collaboration_id=collaboration.id, now=now),
        "earned": earned,
        "chains": chains_of(session, earned, now=now),
        "deliverables": owed,
        "waiting": waiting[0] if waiting else "",
        "steps": [
            {
                "label": "Work",
                "state": "done" if collaboration.state is CollaborationState.COMPLETED else "now",
                "note": f"{done} of {len(owed)} accepted",
            }
        ],
    }
