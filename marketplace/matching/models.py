"""Whom a brand has been shown, whom it has set aside, and what it asks of everybody."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import BigInteger, Boolean, Uuid

from marketplace.kernel.ids import new_id
from marketplace.matching.rules.chances import Step
from marketplace.matching.rules.feed import FeedChoiceKind
from marketplace.matching.rules.planner.correction import CountSource
from marketplace.matching.rules.planner.limits import BoundState
from marketplace.store.base import Base, Json, StateText, one_of


class MatchShowing(Base):
    """One page of matches as somebody saw it: the log from which to learn what is chosen.

    The fits themselves are computed anew each time.
    """

    __tablename__ = "match_showings"
    __table_args__ = (
        Index(None, "campaign_id", "shown_at"),
        CheckConstraint("cardinality(creator_ids) = cardinality(fits)", name="one_fit_a_creator"),
        CheckConstraint(
            "cardinality(creator_ids) = cardinality(fresh)"
            " AND cardinality(creator_ids) = cardinality(best_fits)",
            name="one_place_a_creator",
        ),
        CheckConstraint("first_place >= 1", name="places_start_at_one"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    brief_id: Mapped[UUID] = mapped_column(ForeignKey("briefs.id"))
    shown_to: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    shown_at: Mapped[datetime]
    first_place: Mapped[int]
    """The place of the first of them; the others follow."""
    creator_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    fits: Mapped[list[int]] = mapped_column(ARRAY(BigInteger()))
    fresh: Mapped[list[bool]] = mapped_column(ARRAY(Boolean()))
    """Who of them had their place because hardly anybody has seen them."""
    best_fits: Mapped[list[int]] = mapped_column(ARRAY(BigInteger()))
    """Those of the same places in the order of fit: what sharing attention costs."""


class MatchListing(Base):
    """That a creator was in a campaign's list, and when last: what attention is shared by."""

    __tablename__ = "match_listings"
    __table_args__ = (Index(None, "shown_at"),)

    creator_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"), primary_key=True)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    shown_at: Mapped[datetime]


class Shortlisting(Base):
    """A creator a brand has set aside for a campaign."""

    __tablename__ = "shortlistings"

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    creator_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"), primary_key=True)
    added_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    added_at: Mapped[datetime]


class MatchRules(Base):
    """What a creator must be to be ranked for a campaign; the brief itself says whom to reach."""

    __tablename__ = "match_rules"
    __table_args__ = (
        CheckConstraint(
            "followers_least >= 0 AND followers_most >= followers_least",
            name="followers_are_in_order",
        ),
        CheckConstraint("followers_most >= 0", name="followers_most_is_not_negative"),
    )

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    lives_in: Mapped[list[str]]
    languages: Mapped[list[str]]
    blocked_topics: Mapped[list[str]]
    avoided: Mapped[list[str]]
    """Subjects that nobody who is taken has touched of late."""
    followers_least: Mapped[int | None]
    followers_most: Mapped[int | None]
    kept_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    kept_at: Mapped[datetime]


class AttentionReport(Base):
    """How attention was shared in the seven days before one day, and what came of it."""

    __tablename__ = "attention_reports"
    __table_args__ = (CheckConstraint("fresh_every > 0", name="fresh_every_is_positive"),)

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    creators: Mapped[int]
    impressions: Mapped[int]
    gini_bps: Mapped[int]
    top_bps: Mapped[int]
    unseen_bps: Mapped[int]
    curve: Mapped[list[int]] = mapped_column(ARRAY(BigInteger()))
    fresh_bps: Mapped[int]
    """The part of all impressions that were places for the hardly seen."""
    cost_bps: Mapped[int]
    """How much lower the mean fit of what was shown is than in the order of fit."""
    fresh_chosen_bps: Mapped[int]
    """Of the hardly seen who had such a place, how many were shortlisted or invited."""
    other_chosen_bps: Mapped[int]
    """The same of everybody else who was shown."""
    fresh_every: Mapped[int]
    """What is learned of it: the last of so many places is for the hardly seen from next week."""
    small_bps: Mapped[int]
    """The part of all impressions that small channels had."""
    small_market_bps: Mapped[int]
    """The part of all creators with a channel who have a small one."""


class ChanceVersion(Base):
    """One learning of how likely a step is, beside the version before it."""

    __tablename__ = "chance_versions"
    __table_args__ = (one_of("step", Step), UniqueConstraint("step", "version"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    step: Mapped[Step] = mapped_column(StateText(Step))
    version: Mapped[int]
    learned_at: Mapped[datetime]
    counts: Mapped[bool]
    """Whether it took the present one's place."""
    base: Mapped[float]
    weights: Mapped[Json]
    """Fact -> weight."""
    rows: Mapped[int]
    held_back: Mapped[int]
    """So many outcomes, the newest, told how calibrated it is; it was tried without them."""
    judged_on: Mapped[int]
    """So many of them the version before had not learned from either."""
    loss: Mapped[float]
    loss_before: Mapped[float]
    loss_base: Mapped[float]
    brier: Mapped[float | None]
    brier_base: Mapped[float | None]
    """Of always saying ``base_bps``."""
    base_bps: Mapped[int]
    bands: Mapped[list[Json]]
    """Each of ``rules.calibration.Band``."""


class BriefMedians(Base):
    """The middle candidate of a brief: what a creator's own fit is told against in the feed."""

    __tablename__ = "brief_medians"

    brief_id: Mapped[UUID] = mapped_column(ForeignKey("briefs.id"), primary_key=True)
    candidates: Mapped[int]
    factors: Mapped[list[int]] = mapped_column(ARRAY(BigInteger()))
    """In the order of ``rules.fit.Factors``; empty where there is no candidate."""
    worked_out_at: Mapped[datetime]


class FeedState(Base):
    """How often what every feed is told from has moved: one row, or none before the first time.

    Beside which briefs are open, that is their middle candidates, kept rules and learned chances.
    Whoever moves one counts here last, so that moves are counted in the order of their commits.
    """

    __tablename__ = "feed_states"
    __table_args__ = (CheckConstraint("id = 1", name="is_one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    moves: Mapped[int]


class FeedChoice(Base):
    """What a creator wants to see nothing, less or more of among open briefs."""

    __tablename__ = "feed_choices"
    __table_args__ = (one_of("kind", FeedChoiceKind),)

    creator_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"), primary_key=True)
    kind: Mapped[FeedChoiceKind] = mapped_column(StateText(FeedChoiceKind), primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    """A topic, a category, a kind of cause, or the id of a brand or campaign."""
    chosen_at: Mapped[datetime]


class AcceptedPlan(Base):
    """A plan as it was accepted: a plan that was only looked at is kept nowhere."""

    __tablename__ = "accepted_plans"
    __table_args__ = (
        Index(None, "campaign_id", "accepted_at"),
        CheckConstraint("budget_minor > 0 AND cost_minor > 0", name="amounts_are_positive"),
        CheckConstraint("people_low <= people AND people <= people_high", name="people_in_order"),
        CheckConstraint("target_people > 0", name="target_has_people"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    brief_id: Mapped[UUID] = mapped_column(ForeignKey("briefs.id"))
    currency: Mapped[str] = mapped_column(String(3))
    budget_minor: Mapped[int]
    cost_minor: Mapped[int]
    rules: Mapped[Json]
    """What was asked of the plan besides the budget, by the names of its rules."""
    people: Mapped[int]
    """Different people of the target it is expected to reach."""
    people_low: Mapped[int]
    people_high: Mapped[int]
    target_people: Mapped[int | None]
    """How many people there are in the target, by that day’s figures; None where not kept."""
    correction_version: Mapped[int | None] = mapped_column(ForeignKey("reach_corrections.version"))
    """What finished campaigns had taught by then; None while they had taught nothing."""
    accepted_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    accepted_at: Mapped[datetime]


class PlanPick(Base):
    """One creator of an accepted plan."""

    __tablename__ = "plan_picks"
    __table_args__ = (
        UniqueConstraint("plan_id", "place"),
        CheckConstraint("price_minor > 0", name="price_is_positive"),
        CheckConstraint("place >= 1", name="places_start_at_one"),
    )

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("accepted_plans.id"), primary_key=True)
    creator_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"), primary_key=True)
    place: Mapped[int]
    """By what each adds to those before."""
    deliverables: Mapped[list[Json]]
    """In order: {"format": "video", "count": 1}; empty for what the brief asks."""
    price_minor: Mapped[int]
    adds: Mapped[int]
    """People on top of those whom the places before reach."""


class ReachCount(Base):
    """How many different people a finished campaign was found to reach. Never changed.

    The newest of a campaign counts, unless staff have set it aside.
    """

    __tablename__ = "reach_counts"
    __table_args__ = (
        one_of("source", CountSource),
        Index(None, "campaign_id", "entered_at"),
        CheckConstraint("people > 0 AND predicted > 0", name="people_are_positive"),
        CheckConstraint("sample > 0", name="sample_is_positive"),
        CheckConstraint(
            "num_nulls(set_aside_at, set_aside_by) IN (0, 2)", name="set_aside_is_whole"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    people: Mapped[int]
    in_target: Mapped[bool]
    """Whether only people of the target were counted, or everybody."""
    predicted: Mapped[int]
    """What the planner expects of those who delivered, of the same people, uncorrected."""
    creators: Mapped[int]
    source: Mapped[CountSource] = mapped_column(StateText(CountSource))
    sample: Mapped[int | None]
    """People asked; None where everybody was counted."""
    counted_on: Mapped[date] = mapped_column(Date)
    note: Mapped[str]
    entered_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    entered_at: Mapped[datetime]
    set_aside_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    set_aside_at: Mapped[datetime | None]
    set_aside_why: Mapped[str] = mapped_column(default="")


class ReachCorrection(Base):
    """One learning of how far plans reach what is predicted, beside the version before it."""

    __tablename__ = "reach_corrections"
    __table_args__ = (
        CheckConstraint("correction_bps > 0", name="correction_is_positive"),
        CheckConstraint("doubt >= 0", name="doubt_is_not_negative"),
    )

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    learned_at: Mapped[datetime]
    counts: Mapped[bool]
    """Whether it took the present one's place."""
    correction_bps: Mapped[int]
    doubt: Mapped[float]
    campaigns: Mapped[int]
    held_back: Mapped[int]
    before_bps: Mapped[int]
    """The correction that counted before it."""
    error_bps: Mapped[int]
    error_before_bps: Mapped[int]
    learned_from: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    """The counts, the oldest first."""


class PlanBound(Base):
    """A close bound on what any plan can reach, as somebody has asked for it. Kept for a day."""

    __tablename__ = "plan_bounds"
    __table_args__ = (
        one_of("state", BoundState),
        UniqueConstraint("campaign_id", "question"),
        Index(None, "asked_at"),
        CheckConstraint("done_bps BETWEEN 0 AND 10000", name="done_is_a_share"),
        CheckConstraint("(state = 'done') = (at_most IS NOT NULL)", name="at_most_when_done"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    question: Mapped[str] = mapped_column(String(64))
    wish: Mapped[Json]
    state: Mapped[BoundState] = mapped_column(StateText(BoundState))
    done_bps: Mapped[int]
    """How much of the work is done."""
    at_most: Mapped[int | None]
    refusal: Mapped[str]
    """Why there is none, in a plain sentence."""
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
