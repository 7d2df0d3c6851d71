"""How it came to be known that people who watch one creator watch another one too. Pure."""

from __future__ import annotations

from enum import StrEnum


class CoAudienceSource(StrEnum):
    """Of whom the people were that were looked at."""

    COMMENTERS = "commenters"
    """Accounts that commented: they watch more than others, so they share more."""
    FOLLOWERS = "followers"
    PANEL = "panel"
    """People who were asked, or whose watching was recorded with their consent."""
    PLATFORM = "platform"
    """A figure of the platform itself."""
