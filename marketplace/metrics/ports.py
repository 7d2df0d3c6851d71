"""Where readings of live posts come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeAlias

from marketplace.creators.ports import Failure
from marketplace.metrics.rules.addresses import PostAddress
from marketplace.metrics.rules.readings import Reading


@dataclass(frozen=True, slots=True)
class PostFacts:
    """A post that the platform shows to the account that published it, and what it counted.

    address: canonical, as the platform gives it, without its query. None where it gave none.
    handle: the account's present handle, read from that address.
    """

    video_id: str
    address: str | None
    handle: str | None
    description: str
    published_at: datetime | None
    reading: Reading


PostAnswer: TypeAlias = PostFacts | Failure


class LinkTrouble(StrEnum):
    """Why a short link does not lead to a post."""

    DEAD = "dead"
    ELSEWHERE = "elsewhere"
    """To another site, or to a page that is not a post."""
    ENDLESS = "endless"
    """From one short link to the next, in a circle or too often."""


class ShortLinks(Protocol):
    """Follows the short links that a platform's Share button makes."""

    def follow(self, address: PostAddress) -> PostAddress | LinkTrouble | Failure:
        """Return the post that a short link leads to; Failure when nobody can be asked now.

        Never raises for anything a platform or a network can do; RuntimeError while a transaction
        is open.
        """
        ...


class PostMetricsSource(Protocol):
    """A platform that counts what happens to posts."""

    def posts(self, access_token: str, video_ids: Sequence[str]) -> Mapping[str, PostAnswer]:
        """Read posts of the token's own account: exactly one answer for each distinct id.

        NOT_VISIBLE also covers posts of other accounts. When one of several calls fails, what was
        read before is kept and the rest gets that failure. Never raises for anything a platform or
        a network can do; RuntimeError while a transaction is open.
        """
        ...
