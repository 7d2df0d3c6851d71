"""Asking a platform about posts with a good token, and telling for whom a refusal is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NoReturn
from uuid import UUID

from marketplace.creators import queries as channels
from marketplace.creators import service as creators
from marketplace.creators.models import ChannelState
from marketplace.creators.ports import Failure, FailureKind, FailureScope
from marketplace.metrics.ports import PostAnswer
from marketplace.store.session import reading, transaction
from workers.creators import access_token
from workers.runtime import Run, TryLater

NEEDS_THE_CREATOR: Final = frozenset({FailureKind.AUTH_REVOKED, FailureKind.SCOPE_MISSING})


class RejectedByPlatform(RuntimeError):
    """The platform says that our credentials or our question are wrong: for the operator."""


def ask_posts(
    channel_id: UUID, video_ids: Sequence[str], run: Run
) -> Mapping[str, PostAnswer] | None:
    """Ask the platform for posts of a channel: one answer for each distinct id.

    None when the channel cannot be read until its creator connects it again. A token that is
    refused is renewed once. Raises TryLater while no token is to be had, and RejectedByPlatform
    when that is nothing the creator could mend.
    """
    answers: Mapping[str, PostAnswer] = {}
    for _ in range(2):
        token = access_token(channel_id, run)
        if token is None:
            _only_its_creator_can_mend(channel_id)
            return None
        answers = run.gateways.tiktok.posts(token, video_ids)
        refusal = next((each for each in answers.values() if _says_no_to_token(each)), None)
        if not isinstance(refusal, Failure):
            return answers
        with transaction() as session:
            creators.record_refusal(session, channel_id=channel_id, failure=refusal, now=run.now)
        if refusal.kind in NEEDS_THE_CREATOR:
            return None
    return answers


def raise_for(failure: Failure) -> NoReturn:
    """Raise TryLater for what may pass, RejectedByPlatform for what the operator has to mend."""
    if failure.kind is FailureKind.REQUEST_REJECTED:
        raise RejectedByPlatform(failure.provider_code)
    raise TryLater(failure.kind.value)


def _only_its_creator_can_mend(channel_id: UUID) -> None:
    with reading() as session:
        channel = channels.channel_by_id(session, channel_id)
    if channel.state is ChannelState.CONNECTED:
        raise RejectedByPlatform("the platform gives no token for a channel that is connected")


def _says_no_to_token(answer: PostAnswer) -> bool:
    return isinstance(answer, Failure) and answer.scope is FailureScope.CONNECTION
