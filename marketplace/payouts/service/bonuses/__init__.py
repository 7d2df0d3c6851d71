"""Views become money: a bonus is opened with its fee, booked step by step, and ends."""

from __future__ import annotations

from marketplace.payouts.service.bonuses.booking import BATCH, book_bonuses, due_bonuses
from marketplace.payouts.service.bonuses.measuring import views_that_count
from marketplace.payouts.service.bonuses.opening import open_bonus

__all__ = ["BATCH", "book_bonuses", "due_bonuses", "open_bonus", "views_that_count"]
