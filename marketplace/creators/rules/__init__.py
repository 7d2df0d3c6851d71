"""What a profile, a rate, an audience and a channel may be, and what past videos say. Pure."""

from __future__ import annotations

from marketplace.creators.rules.audience import (
    AGES,
    AUDIENCE_FRESH,
    GENDERS,
    SAMPLE_MOST,
    Audience,
    audience_problems,
    is_fresh,
)
from marketplace.creators.rules.channels import (
    CONNECT_LIFE,
    CONNECT_SENTENCES,
    READ_EVERY,
    RENEWAL_LEASE,
    SCOPES_ASKED,
    SCOPES_NEEDED,
    TOKEN_MARGIN,
    ConnectFault,
    ConnectRefused,
    granted_problem,
)
from marketplace.creators.rules.profile import (
    BIO_MOST,
    FORMATS,
    NAME_MOST,
    TOPICS,
    TOPICS_MOST,
    missing_steps,
    profile_problems,
    rate_problems,
)
from marketplace.creators.rules.videos import (
    EMPTY_HASHTAGS,
    HASHTAGS_SHOWN,
    ChannelFigures,
    VideoCounts,
    figures_of,
    hashtags_in,
)

__all__ = [
    "AGES",
    "AUDIENCE_FRESH",
    "BIO_MOST",
    "CONNECT_LIFE",
    "CONNECT_SENTENCES",
    "EMPTY_HASHTAGS",
    "FORMATS",
    "GENDERS",
    "HASHTAGS_SHOWN",
    "NAME_MOST",
    "READ_EVERY",
    "RENEWAL_LEASE",
    "SAMPLE_MOST",
    "SCOPES_ASKED",
    "SCOPES_NEEDED",
    "TOKEN_MARGIN",
    "TOPICS",
    "TOPICS_MOST",
    "Audience",
    "ChannelFigures",
    "ConnectFault",
    "ConnectRefused",
    "VideoCounts",
    "audience_problems",
    "figures_of",
    "granted_problem",
    "hashtags_in",
    "is_fresh",
    "missing_steps",
    "profile_problems",
    "rate_problems",
]
