"""What is known of creators: the market, one creator, their channels, audience and rates."""

from marketplace.creators.queries.audiences import (
    audience_in,
    latest_audience,
)
from marketplace.creators.queries.compact import (
    CompactCreator,
    compact_creators,
    compact_creators_of,
)
from marketplace.creators.queries.market import (
    SORTS,
    MarketFilters,
    countries_in_market,
    market,
    market_size,
)
from marketplace.creators.queries.profiles import (
    READABLE,
    channel_by_id,
    channel_of,
    channels_of,
    connected_channel_id,
    creator_by_id,
    creator_id_of,
    due_for_reading,
    missing_in_profile,
    rates_of,
    user_id_of,
    video_count,
    videos_of,
)

__all__ = [
    "READABLE",
    "SORTS",
    "CompactCreator",
    "MarketFilters",
    "audience_in",
    "channel_by_id",
    "channel_of",
    "channels_of",
    "compact_creators",
    "compact_creators_of",
    "connected_channel_id",
    "countries_in_market",
    "creator_by_id",
    "creator_id_of",
    "due_for_reading",
    "latest_audience",
    "market",
    "market_size",
    "missing_in_profile",
    "rates_of",
    "user_id_of",
    "video_count",
    "videos_of",
]
