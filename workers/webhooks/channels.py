"""What TikTok tells of creators' accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from marketplace.creators import queries
from marketplace.creators.messages import ChannelReadDue
from marketplace.creators.models import Platform
from marketplace.store.outbox import post
from marketplace.store.session import transaction
from workers.runtime import Run
from workers.webhooks.told import Handler, Told

TIKTOK_SENDER: Final = Platform.TIKTOK.value


def read_at_once(told: Told, run: Run) -> None:
    """Read the channel now: a grant that is gone shows itself, one given anew since is kept."""
    del run
    with transaction() as session:
        channel_id = queries.connected_channel_id(
            session, platform=Platform.TIKTOK, external_id=told.object_id
        )
        if channel_id is not None:
            post(session, ChannelReadDue(channel_id=channel_id))


TIKTOK: Final[Mapping[str, Handler]] = {"authorization.removed": read_at_once}
