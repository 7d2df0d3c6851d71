"""Creators, their channels, and what is known of their audiences."""

from marketplace.creators.models.audiences import AudienceProof, AudienceSnapshot, CoAudience
from marketplace.creators.models.channels import (
    Channel,
    ChannelState,
    ChannelVideo,
    ConnectRequest,
    Platform,
)
from marketplace.creators.models.creators import (
    Creator,
    CreatorMark,
    CreatorRecord,
    CreatorSource,
    GroupDeclaration,
    RateCard,
)
from marketplace.creators.models.exclusivity import Exclusivity
from marketplace.creators.models.subjects import SubjectObjection

__all__ = [
    "AudienceProof",
    "AudienceSnapshot",
    "Channel",
    "ChannelState",
    "ChannelVideo",
    "CoAudience",
    "ConnectRequest",
    "Creator",
    "CreatorMark",
    "CreatorRecord",
    "CreatorSource",
    "Exclusivity",
    "GroupDeclaration",
    "Platform",
    "RateCard",
    "SubjectObjection",
]
