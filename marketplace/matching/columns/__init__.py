"""The market as columns: a compact copy of PostgreSQL's facts, from which everybody is ranked."""

from marketplace.matching.columns.barring import PASSES, RULES, Promise, barred_facing
from marketplace.matching.columns.book import Book, OpenWish, book_of, topic_bits
from marketplace.matching.columns.building import Built, build, refresh
from marketplace.matching.columns.encode import encode
from marketplace.matching.columns.facing import Facing, face
from marketplace.matching.columns.factors import factor_columns, factors_at, prices
from marketplace.matching.columns.folder import BrokenColumns, Busy
from marketplace.matching.columns.market import Market
from marketplace.matching.columns.peopling import use_people
from marketplace.matching.columns.planning import Plannable, delivered, have_joined, plannable
from marketplace.matching.columns.ranking import (
    BEST,
    Ranked,
    Ranking,
    cheapest_minor,
    middle,
    rank,
    ranking_of,
)
from marketplace.matching.columns.seeing import failing_at, left_out_at, seen_at
from marketplace.matching.columns.source import (
    ask,
    from_database,
    market_like,
    stay_warm,
    the_folder,
    use_folder,
)
from marketplace.matching.columns.target import Target, target_of
from marketplace.matching.columns.using import uses_words
from marketplace.matching.columns.views import shown_views

__all__ = [
    "BEST",
    "PASSES",
    "RULES",
    "Book",
    "BrokenColumns",
    "Built",
    "Busy",
    "Facing",
    "Market",
    "OpenWish",
    "Plannable",
    "Promise",
    "Ranked",
    "Ranking",
    "Target",
    "ask",
    "barred_facing",
    "book_of",
    "build",
    "cheapest_minor",
    "delivered",
    "encode",
    "face",
    "factor_columns",
    "factors_at",
    "failing_at",
    "from_database",
    "have_joined",
    "left_out_at",
    "market_like",
    "middle",
    "plannable",
    "prices",
    "rank",
    "ranking_of",
    "refresh",
    "seen_at",
    "shown_views",
    "stay_warm",
    "target_of",
    "the_folder",
    "topic_bits",
    "use_folder",
    "use_people",
    "uses_words",
]
