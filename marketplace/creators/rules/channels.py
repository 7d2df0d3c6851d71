"""What connecting a channel may meet, and when it is read again. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Final

from marketplace.kernel.errors import Conflict

CONNECT_LIFE: Final = timedelta(minutes=10)
"""How long a walk to a platform's consent page may take."""
TOKEN_MARGIN: Final = timedelta(minutes=5)
"""A token this close to its end is renewed before it is used."""
RENEWAL_LEASE: Final = timedelta(minutes=2)
"""How long one process may take to renew a token before another may try."""
READ_EVERY: Final = timedelta(hours=24)

SCOPES_NEEDED: Final = frozenset({"user.info.basic", "video.list"})
"""Without these a channel cannot be read at all."""
SCOPES_ASKED: Final = ("user.info.basic", "user.info.profile", "user.info.stats", "video.list")


class ConnectFault(StrEnum):
    """Why an answer from a consent page opens nothing."""

    UNKNOWN = "unknown"
    USED = "used"
    EXPIRED = "expired"
    OTHER_PERSON = "other_person"


CONNECT_SENTENCES: Final[Mapping[ConnectFault, str]] = {
    ConnectFault.UNKNOWN: "This answer does not belong to a connection that was started here, "
    "so nothing was connected",
    ConnectFault.USED: "This answer was used already; your channel is connected if you saw it "
    "succeed, otherwise start again",
    ConnectFault.EXPIRED: "More than ten minutes passed since you started connecting. Start again",
    ConnectFault.OTHER_PERSON: "Somebody else started this connection. Sign in as that person, or "
    "start your own",
}


class ConnectRefused(Conflict):
    """An answer from a consent page that opens nothing.

    fault: why, so that a page can say what to do next.
    """

    def __init__(self, fault: ConnectFault) -> None:
        super().__init__(CONNECT_SENTENCES[fault])
        self.fault = fault


def granted_problem(granted: Iterable[str]) -> str | None:
    """Return why the granted scopes are too few to read a channel, or None when they do."""
    if frozenset(granted) >= SCOPES_NEEDED:
        return None
    return (
        "TikTok did not give us leave to see your profile and your videos. "
        "Connect again and leave both switched on"
    )
