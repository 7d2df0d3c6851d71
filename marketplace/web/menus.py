"""The main menu of each audience, on its own pages and on those that are for everybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import current_app, request

from marketplace.kernel.actor import Actor
from marketplace.web.navigation import NavEntry, NavItem, nav_items

BRAND: Final = (
    NavEntry("Home", "brand.home", ()),
    NavEntry(
        "Campaigns",
        "brand.campaigns",
        (
            "/brand/campaigns",
            "/brand/applications",
            "/brand/offers",
            "/brand/collaborations",
            "/brand/entries",
        ),
    ),
    NavEntry("Work", "brand.deliverables", ("/brand/deliverables", "/brand/disputes")),
    NavEntry("Creators", "brand.creators", ("/brand/creators",)),
    NavEntry("Trends", "brand.trends", ()),
    NavEntry("Money", "brand.billing", ("/brand/billing", "/brand/fundings")),
    NavEntry("Team", "brand.members", ("/brand/team",)),
)
CREATOR: Final = (
    NavEntry("Home", "creator.home", ()),
    NavEntry("Briefs", "creator.briefs", ("/creator/briefs", "/creator/challenges")),
    NavEntry("Trends", "creator.trends", ()),
    NavEntry("Applications", "creator.applications", ("/creator/applications", "/creator/offers")),
    NavEntry(
        "Work",
        "creator.deliverables",
        ("/creator/deliverables", "/creator/collaborations", "/creator/disputes", "/creator/views"),
    ),
    NavEntry(
        "Earnings",
        "creator.earnings",
        ("/creator/earnings", "/creator/payouts", "/creator/payout-account"),
    ),
    NavEntry(
        "Profile",
        "creator.edit_profile",
        (
            "/creator/channels",
            "/creator/rates",
            "/creator/audience",
            "/creator/groups",
            "/creator/subjects",
        ),
    ),
)
STAFF: Final = (
    NavEntry(
        "Home",
        "staff.home",
        (
            "/staff/endings",
            "/staff/disputes",
            "/staff/audiences",
            "/staff/subjects",
            "/staff/views",
        ),
    ),
    NavEntry(
        "Payouts",
        "staff.payouts",
        (
            "/staff/payouts",
            "/staff/earnings",
            "/staff/deliverables",
            "/staff/calls",
            "/staff/freezes",
            "/staff/clawbacks",
        ),
    ),
    NavEntry(
        "Treasury",
        "staff.treasury_page",
        ("/staff/treasury", "/staff/requests", "/staff/suspense", "/staff/terms"),
    ),
    NavEntry(
        "Chargebacks",
        "staff.chargebacks",
        ("/staff/chargebacks", "/staff/fraud-warnings", "/staff/debts", "/staff/refunds"),
    ),
    NavEntry("Causes", "staff.causes", ("/staff/causes",)),
    NavEntry("Reconciliation", "staff.reconciliation", ("/staff/reconciliation", "/staff/breaks")),
    NavEntry("Ledger", "staff.ledger", ("/staff/ledger",)),
    NavEntry("Proof", "staff.proof", ()),
    NavEntry(
        "Jobs",
        "staff.messages",
        ("/staff/messages", "/staff/webhooks", "/staff/chances", "/staff/reach"),
    ),
)
CLOCK: Final = NavEntry("Clock", "staff.clock", ())
"""Only the demo has a clock to move."""
_BY_AUDIENCE: Final[Mapping[str, tuple[NavEntry, ...]]] = {
    "brand": BRAND,
    "creator": CREATOR,
    "staff": STAFF,
}


def menu_for(who: Actor) -> list[NavItem]:
    """Return the menu of this page: its audience's, or on a page for everybody the person's own."""
    audience = request.blueprint if request.blueprint in _BY_AUDIENCE else audience_of(who)
    entries = _BY_AUDIENCE.get(audience or "", ())
    if audience == "staff" and current_app.config["DEMO"]:
        entries = (*entries, CLOCK)
    return nav_items(entries)


def audience_of(who: Actor) -> str | None:
    """Return whose pages a person works on; None for somebody who has no work here yet."""
    if who.is_staff:
        return "staff"
    if who.brands:
        return "brand"
    return "creator" if who.creator_id is not None else None
