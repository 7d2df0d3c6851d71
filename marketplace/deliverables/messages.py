"""News of the deliverables room."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.messages import Message


@dataclass(frozen=True, slots=True)
class SubmissionReceived(Message):
    """A creator has handed something in; the review clock runs."""

    submission_id: UUID


@dataclass(frozen=True, slots=True)
class SubmissionReviewed(Message):
    """A brand has approved a submission or asked for changes."""

    submission_id: UUID


@dataclass(frozen=True, slots=True)
class PostPasted(Message):
    """A creator says where the post is: ask the platform."""

    post_id: UUID


@dataclass(frozen=True, slots=True)
class PostPublished(Message):
    """The platform confirms the post and whose it is."""

    post_id: UUID


@dataclass(frozen=True, slots=True)
class PostRefused(Message):
    """The pasted address does not stand for a post of this creator."""

    post_id: UUID


@dataclass(frozen=True, slots=True)
class EntryRefused(Message):
    """A brand took a live post out of its challenge; the post carries the reason."""

    post_id: UUID


@dataclass(frozen=True, slots=True)
class DeliverableAccepted(Message):
    """The live post is accepted: the fee is earned."""

    deliverable_id: UUID


@dataclass(frozen=True, slots=True)
class EndingMoved(Message):
    """One side wants to end a collaboration early, or somebody has answered that."""

    ending_id: UUID
    state: str
    """What it is now; a later answer has a message of its own."""


@dataclass(frozen=True, slots=True)
class CollaborationEnded(Message):
    """A collaboration has ended early: what was called off is the campaign's again."""

    collaboration_id: UUID
