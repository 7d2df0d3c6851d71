"""The life of a deliverable, its clocks and who may judge it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.statechart import Statechart


class DeliverableState(StrEnum):
    """Where a deliverable stands."""

    AWAITING_SUBMISSION = "awaiting_submission"
    IN_REVIEW = "in_review"
    CHANGES_REQUESTED = "changes_requested"
    APPROVED = "approved"
    """The draft is approved; the creator publishes it next."""
    LIVE = "live"
    """The platform says that the post exists and is the creator's."""
    ACCEPTED = "accepted"
    """The brand has accepted the live post, or its time to object is over: the fee is earned."""
    CANCELLED = "cancelled"


class DeliverableEvent(StrEnum):
    """What moves a deliverable."""

    SUBMIT = "submit"
    REQUEST_CHANGES = "request_changes"
    APPROVE = "approve"
    CONFIRM_POST = "confirm_post"
    REFUSE_POST = "refuse_post"
    """An entry to a challenge breaks its rules; another post may be handed in."""
    ACCEPT = "accept"
    AWARD = "award"
    """Its fee, or a part of it, is earned as a dispute has ended."""
    CANCEL = "cancel"


class SubmissionKind(StrEnum):
    FILE = "file"
    LINK = "link"


class Verdict(StrEnum):
    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"


class PostState(StrEnum):
    """What is known of a pasted post address."""

    CHECKING = "checking"
    VERIFIED = "verified"
    REFUSED = "refused"
    NOT_VISIBLE = "not_visible"
    """Was verified, and is gone or private since."""


S, E = DeliverableState, DeliverableEvent

LIFE: Final = Statechart(
    "deliverable",
    {
        (S.AWAITING_SUBMISSION, E.SUBMIT): S.IN_REVIEW,
        (S.IN_REVIEW, E.REQUEST_CHANGES): S.CHANGES_REQUESTED,
        (S.CHANGES_REQUESTED, E.SUBMIT): S.IN_REVIEW,
        (S.IN_REVIEW, E.APPROVE): S.APPROVED,
        (S.APPROVED, E.CONFIRM_POST): S.LIVE,
        (S.LIVE, E.REFUSE_POST): S.APPROVED,
        (S.LIVE, E.ACCEPT): S.ACCEPTED,
        (S.IN_REVIEW, E.AWARD): S.ACCEPTED,
        (S.CHANGES_REQUESTED, E.AWARD): S.ACCEPTED,
        (S.APPROVED, E.AWARD): S.ACCEPTED,
        (S.LIVE, E.AWARD): S.ACCEPTED,
        (S.CANCELLED, E.AWARD): S.ACCEPTED,
        (S.AWAITING_SUBMISSION, E.CANCEL): S.CANCELLED,
        (S.IN_REVIEW, E.CANCEL): S.CANCELLED,
        (S.CHANGES_REQUESTED, E.CANCEL): S.CANCELLED,
        (S.APPROVED, E.CANCEL): S.CANCELLED,
        (S.LIVE, E.CANCEL): S.CANCELLED,
    },
)

DONE: Final = frozenset({S.ACCEPTED, S.CANCELLED})
"""Nobody owes anything more for it."""

LONGEST_LINK: Final = 2_048
LONGEST_NOTE: Final = 2_000
"""Letters of a note or a comment."""
VIDEO_TYPES: Final = ("video/mp4", "video/quicktime", "video/webm", "video/x-m4v")
"""What may be handed in as a file; told by the file's first bytes, not by its name."""
LARGEST_FILE_BYTES: Final = 500 * 1024 * 1024


def checklist(dos: Sequence[str], donts: Sequence[str], *, disclosure: str) -> list[str]:
    """Return what a creator ticks before handing in: every do, every don't, the disclosure."""
    return [
        *(f"Do: {each}" for each in dos),
        *(f"Don’t: {each}" for each in donts),
        f"The post will carry the label “{disclosure}”",
    ]


def unticked(points: Sequence[str], done: Collection[int]) -> list[str]:
    """Return the points of a checklist whose positions, from 0, are not among those done."""
    return [point for place, point in enumerate(points) if place not in done]


def check_link(text: str) -> str:
    """Return the link to a draft; raises InvalidInput for what a browser could not open safely."""
    link = text.strip()
    try:
        parts = urlsplit(link)
        host = parts.hostname or ""
    except ValueError:
        raise InvalidInput({"link": "This is not a web address."}) from None
    if (
        len(link) > LONGEST_LINK
        or parts.scheme != "https"
        or "." not in host
        or link.split() != [link]
    ):
        raise InvalidInput({"link": "Give a full link that begins with https://."})
    if parts.username or parts.password:
        raise InvalidInput({"link": "The link carries a user name; give one without."})
    return link


def check_words(text: str, *, field: str) -> str:
    """Return a note or a comment; raises InvalidInput under the field for one that is too long."""
    if len(text) > LONGEST_NOTE:
        raise InvalidInput({field: f"Write {LONGEST_NOTE:,} letters at most."})
    return text


def check_video(content_type: str | None) -> str:
    """Return the type of an uploaded file; raises InvalidInput when it is not a video we take.

    content_type: what the file's first bytes say; None when they say nothing.
    """
    if content_type not in VIDEO_TYPES:
        raise InvalidInput(
            {"file": "This file is not a video we can show. Upload an MP4, MOV or WebM file."}
        )
    return content_type


def older_than_agreement(*, published_at: datetime | None, agreed_at: datetime) -> bool:
    """True when a post was there before it was asked for, so that it cannot be the one owed.

    published_at: in whole seconds, as platforms tell it; None when they do not.
    """
    return published_at is not None and published_at < agreed_at.replace(microsecond=0)
