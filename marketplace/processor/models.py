"""Intended calls, the attempts made of them, and what slows or stops them."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kernel.ids import new_id
from marketplace.processor.rules import CallKind, CallState, Outcome, Standing
from marketplace.store.base import Base, Json, StateText, one_of

_STANDING: Final = tuple(field.name for field in fields(Standing))


class ProcessorCall(Base):
    """One call we mean to make exactly once; its parameters never change."""

    __tablename__ = "processor_calls"
    __table_args__ = (
        one_of("kind", CallKind),
        one_of("state", CallState),
        UniqueConstraint("kind", "subject_id"),
        CheckConstraint("key_generation >= 0 AND fence >= 0", name="counters_are_not_negative"),
        Index(
            "ix_processor_calls_open",
            "next_try_at",
            postgresql_where=text("state IN ('ready', 'sending', 'unknown', 'retry')"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[CallKind] = mapped_column(StateText(CallKind))
    subject_id: Mapped[UUID]
    """The row in a room above that this call is for: a payout, a refund, a funding."""
    params: Mapped[Json]
    params_hash: Mapped[str]
    key_generation: Mapped[int] = mapped_column(default=0)
    state: Mapped[CallState] = mapped_column(StateText(CallState), default=CallState.READY)
    fence: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    next_try_at: Mapped[datetime]
    first_sent_at: Mapped[datetime | None]
    """When the present key was first sent; starts its clock."""
    last_sent_at: Mapped[datetime | None]
    absent_count: Mapped[int] = mapped_column(default=0)
    """How many look-ups in a row found nothing."""
    look_only: Mapped[bool] = mapped_column(default=False)
    remote_id: Mapped[str | None]
    error_code: Mapped[str | None]
    error_text: Mapped[str | None]
    planned_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    @property
    def idempotency_key(self) -> str:
        """The key under which the processor knows this call."""
        return f"{self.id}.{self.key_generation}"

    @property
    def standing(self) -> Standing:
        """Where it stands, for the rules to look at; set by what they return."""
        return Standing(**{name: getattr(self, name) for name in _STANDING})

    @standing.setter
    def standing(self, standing: Standing) -> None:
        for name in _STANDING:
            setattr(self, name, getattr(standing, name))


class ProcessorAttempt(Base):
    """One send, written before it is made: a crash leaves a visible "sent?, no answer"."""

    __tablename__ = "processor_attempts"
    __table_args__ = (
        one_of("outcome", Outcome),
        UniqueConstraint("call_id", "fence"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    call_id: Mapped[UUID] = mapped_column(ForeignKey("processor_calls.id"))
    fence: Mapped[int]
    idempotency_key: Mapped[str]
    sent_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None] = mapped_column(StateText(Outcome))
    """None: no answer was ever recorded."""
    code: Mapped[str | None]
    http_status: Mapped[int | None]
    request_id: Mapped[str | None]


class ProcessorLane(Base):
    """What all calls of one kind share: the pace of their sends, and whether they are stopped."""

    __tablename__ = "processor_lanes"
    __table_args__ = (
        CheckConstraint("(stopped_at IS NULL) = (probe_at IS NULL)", name="a_stop_is_probed"),
    )

    name: Mapped[str] = mapped_column(primary_key=True)
    """The kind of call."""
    next_send_at: Mapped[datetime]
    """When the next send has its turn, by the clock of the database."""
    stopped_at: Mapped[datetime | None]
    """Since when our credentials are not taken; nothing is sent but one probe now and then."""
    stop_code: Mapped[str | None]
    probe_at: Mapped[datetime | None]
