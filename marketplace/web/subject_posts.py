"""Where the posts that touch a subject can be looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from marketplace.creators.models import Channel, Platform
from marketplace.creators.rules.touching import Finding
from marketplace.metrics.rules.addresses import PostAddress


def addresses_of(channel: Channel | None, found: Iterable[Finding]) -> Mapping[str, str]:
    """The posts' own ids -> their addresses; nothing where the channel has no name of its own."""
    if channel is None or channel.platform is not Platform.TIKTOK or not channel.handle:
        return {}
    return {
        post.key: PostAddress("tiktok", post.key, channel.handle).canonical
        for each in found
        for post in each.posts
        if post.key.isdigit()
    }
