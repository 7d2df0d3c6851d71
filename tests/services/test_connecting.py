"""Connecting a channel on a platform's consent page, and keeping its tokens good."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.creators import queries
from marketplace.creators import service as creators
from marketplace.creators.messages import ChannelConnected
from marketplace.creators.models import (
    Channel,
    ChannelState,
    ChannelVideo,
    ConnectRequest,
)
from marketplace.creators.ports import (
    Failure,
    FailureKind,
    FailureScope,
)
from marketplace.creators.rules import (
    ConnectFault,
    ConnectRefused,
)
from marketplace.creators.service import AccessKind
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, NotFound
from marketplace.notifications.models import Notification
from tests.conftest import NOON
from tests.factories.creators import (
    make_audience,
    make_channel,
    make_video,
)
from tests.services.connected import GRANT, T, connect, posted

# connecting


def start(session: Session, actor: Actor, now: datetime = NOON) -> str:
    state = creators.start_connect(session, actor=actor, platform=T, now=now)
    session.flush()
    return state


def fault_of(session: Session, actor: Actor, state: str, now: datetime = NOON) -> ConnectFault:
    with pytest.raises(ConnectRefused) as refusal:
        creators.take_connect(session, actor=actor, platform=T, state=state, now=now)
    return refusal.value.fault


def test_only_the_hash_of_a_state_is_kept(session: Session, bea: Actor) -> None:
    state = start(session, bea)

    kept = session.scalars(select(ConnectRequest.state_hash)).one()
    assert len(state) >= 43
    assert state not in kept


def test_a_state_is_good_once_for_ten_minutes_for_the_person_who_began(
    session: Session, bea: Actor, carl: Actor
) -> None:
    state = start(session, bea)

    assert fault_of(session, bea, "invented") is ConnectFault.UNKNOWN
    assert fault_of(session, bea, "") is ConnectFault.UNKNOWN
    assert fault_of(session, carl, state) is ConnectFault.OTHER_PERSON
    late = NOON + timedelta(minutes=10)
    assert fault_of(session, bea, state, late) is ConnectFault.EXPIRED
    creators.take_connect(session, actor=bea, platform=T, state=state, now=NOON)
    assert fault_of(session, bea, state) is ConnectFault.USED


def test_a_connected_channel_stands_for_its_creator_and_is_read_soon(
    session: Session, bea: Actor
) -> None:
    channel = connect(session, bea)

    assert bea.creator_id is not None
    assert queries.channel_of(session, creator_id=bea.creator_id) is channel
    assert channel.state is ChannelState.CONNECTED
    assert (channel.handle, channel.follower_count) == ("bea.cooks", 48_210)
    assert (channel.access_token, channel.refresh_token) == ("act.new", "rft.new")
    assert posted(session) == [ChannelConnected.name()]


def test_connecting_the_same_account_again_renews_it(session: Session, bea: Actor) -> None:
    channel = connect(session, bea)
    creators.needs_reconnect(session, channel_id=channel.id, now=NOON)

    again = connect(session, bea)

    assert again.id == channel.id
    assert again.state is ChannelState.CONNECTED
    assert session.scalar(select(func.count()).select_from(Channel)) == 1


def test_an_account_belongs_to_one_creator(session: Session, bea: Actor, carl: Actor) -> None:
    connect(session, bea)

    with pytest.raises(Conflict, match="connected to another creator on Fairview"):
        connect(session, carl)


def test_another_account_than_before_is_refused_until_the_first_is_disconnected(
    session: Session, bea: Actor
) -> None:
    first = connect(session, bea)
    other = replace(GRANT, external_id="open-2")

    with pytest.raises(Conflict, match=r"You connected @bea\.cooks before"):
        connect(session, bea, other)
    creators.disconnect(session, actor=bea, channel_id=first.id)
    second = connect(session, bea, other)

    assert second.is_main
    assert not first.is_main


def test_too_few_scopes_connect_nothing(session: Session, bea: Actor) -> None:
    with pytest.raises(Conflict, match="did not give us leave"):
        connect(session, bea, replace(GRANT, scopes=frozenset({"user.info.basic"})))

    assert session.scalar(select(func.count()).select_from(Channel)) == 0


def test_a_listed_channel_of_the_same_handle_becomes_the_connected_one(
    session: Session, bea: Actor
) -> None:
    assert bea.creator_id is not None
    listed = make_channel(
        session, creator_id=bea.creator_id, handle="Bea.Cooks", state=ChannelState.LISTED
    )
    make_audience(session, channel_id=listed.id)

    channel = connect(session, bea)

    assert channel.id == listed.id
    assert (channel.external_id, channel.is_main) == ("open-1", True)
    assert queries.latest_audience(session, channel_id=channel.id) is not None


def test_a_listed_channel_of_another_handle_steps_back(session: Session, bea: Actor) -> None:
    assert bea.creator_id is not None
    listed = make_channel(
        session, creator_id=bea.creator_id, handle="somebody", state=ChannelState.LISTED
    )

    channel = connect(session, bea)

    session.refresh(listed)
    assert (channel.is_main, listed.is_main) == (True, False)


def test_disconnecting_forgets_tokens_videos_and_figures_and_twice_is_once(
    session: Session, bea: Actor, carl: Actor
) -> None:
    channel = connect(session, bea)
    make_video(session, channel_id=channel.id)

    with pytest.raises(NotFound):
        creators.disconnect(session, actor=carl, channel_id=channel.id)
    tokens = [
        creators.disconnect(session, actor=bea, channel_id=channel.id),
        creators.disconnect(session, actor=bea, channel_id=channel.id),
    ]

    assert tokens == ["act.new", None]
    assert channel.state is ChannelState.DISCONNECTED
    assert (channel.refresh_token, channel.follower_count, channel.is_main) == (None, None, False)
    assert session.scalar(select(func.count()).select_from(ChannelVideo)) == 0


# tokens


def test_a_good_token_is_used_as_it_is(session: Session, bea: Actor) -> None:
    channel = connect(session, bea)

    access = creators.claim_access(session, channel_id=channel.id, now=NOON)

    assert (access.kind, access.token) == (AccessKind.READY, "act.new")
    assert "act.new" not in repr(access)


def test_one_caller_renews_and_the_others_wait(session: Session, bea: Actor) -> None:
    channel = connect(session, bea)
    later = NOON + timedelta(hours=1, minutes=56)

    first = creators.claim_access(session, channel_id=channel.id, now=later)
    rival = creators.claim_access(session, channel_id=channel.id, now=later)
    fresh = replace(
        GRANT,
        access_token="act.2",
        refresh_token="rft.2",
        access_expires_at=later + timedelta(hours=2),
    )
    creators.record_renewal(session, channel_id=channel.id, grant=fresh)
    after = creators.claim_access(session, channel_id=channel.id, now=later)

    assert (first.kind, first.token) == (AccessKind.RENEW, "rft.new")
    assert rival.kind is AccessKind.BUSY
    assert (after.kind, after.token) == (AccessKind.READY, "act.2")
    assert channel.refresh_token == "rft.2"


def test_a_lease_that_nobody_gave_back_runs_out(session: Session, bea: Actor) -> None:
    channel = connect(session, bea)
    later = NOON + timedelta(hours=3)

    creators.claim_access(session, channel_id=channel.id, now=later)
    again = creators.claim_access(session, channel_id=channel.id, now=later + timedelta(minutes=2))

    assert again.kind is AccessKind.RENEW


def failure(kind: FailureKind) -> Failure:
    return Failure(kind=kind, scope=FailureScope.CONNECTION, provider_code="x")


def test_a_dead_grant_asks_its_creator_to_connect_again_once(session: Session, bea: Actor) -> None:
    channel = connect(session, bea)
    for _ in range(2):
        creators.record_refusal(
            session, channel_id=channel.id, failure=failure(FailureKind.AUTH_REVOKED), now=NOON
        )

    assert channel.state is ChannelState.NEEDS_RECONNECT
    assert (channel.access_token, channel.refresh_token) == (None, None)
    told = session.scalars(select(Notification)).all()
    assert [(one.user_id, one.path) for one in told] == [(bea.user_id, "/creator/channels")]
    access = creators.claim_access(session, channel_id=channel.id, now=NOON)
    assert access.kind is AccessKind.NONE


def test_a_refused_access_token_is_renewed_next_time(session: Session, bea: Actor) -> None:
    channel = connect(session, bea)

    creators.record_refusal(
        session, channel_id=channel.id, failure=failure(FailureKind.AUTH_EXPIRED), now=NOON
    )

    access = creators.claim_access(session, channel_id=channel.id, now=NOON)
    assert access.kind is AccessKind.RENEW


def test_a_platform_that_is_away_changes_nothing(session: Session, bea: Actor) -> None:
    channel = connect(session, bea)

    creators.record_refusal(
        session, channel_id=channel.id, failure=failure(FailureKind.PROVIDER_UNAVAILABLE), now=NOON
    )

    access = creators.claim_access(session, channel_id=channel.id, now=NOON)
    assert (channel.state, access.kind) == (ChannelState.CONNECTED, AccessKind.READY)
