"""Guessing audiences at night."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.creators.models import AudienceSnapshot
from marketplace.creators.rules import AudienceSource
from tests.factories.creators import make_audience, make_channel, make_creator, make_video
from workers import audiences
from workers.runtime import Run


def test_every_silent_channel_is_guessed_batch_by_batch_and_only_once(
    session: Session, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audiences, "BATCH", 2)
    channels = [
        make_channel(
            session, creator_id=make_creator(session).id, external_id=str(place), handle=None
        )
        for place in range(6)
    ]
    told = make_audience(session, channel_id=channels[3].id)

    audiences.infer_audiences(run)
    audiences.infer_audiences(run)

    guessed = session.scalars(
        select(AudienceSnapshot.channel_id).where(AudienceSnapshot.id != told.id)
    ).all()
    assert sorted(guessed) == sorted(one.id for one in channels if one is not channels[3])
    assert set(
        session.scalars(select(AudienceSnapshot.source).where(AudienceSnapshot.id != told.id))
    ) == {AudienceSource.INFERRED}


def test_every_channel_is_looked_through_and_a_second_night_changes_nothing(
    session: Session, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audiences, "BATCH", 2)
    channels = [
        make_channel(session, creator_id=make_creator(session).id, external_id=str(place))
        for place in range(5)
    ]
    for number in ("1", "2"):
        make_video(session, channel_id=channels[4].id, external_id=number, hashtags=["poker"])

    for _ in range(2):
        audiences.find_subjects(run)

        session.expire_all()
        assert [one.subjects for one in channels] == [[], [], [], [], ["gambling"]]
