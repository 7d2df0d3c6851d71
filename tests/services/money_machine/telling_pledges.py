"""The events of pledges, drawn like the others."""

from __future__ import annotations

from typing import Final

from marketplace.ledger.rules import events
from tests.services.money_machine.telling import BRANDS, CAMPAIGNS, ORGANISATIONS, Dice, Told


def set_pledge_aside(d: Dice) -> Told:
    (brand, amount), campaign = d.take(2010, BRANDS), d.one(CAMPAIGNS)
    entry = events.pledge_set_aside(
        pledge_id=d.new(),
        paid_with=d.new(),
        brand_id=brand,
        campaign_id=campaign,
        amount=amount,
    )
    return entry, d.moves((2010, brand, 2110, campaign, amount))


def return_pledge(d: Dice) -> Told:
    (campaign, amount), brand = d.take(2110, CAMPAIGNS), d.one(BRANDS)
    entry = events.pledge_returned(
        pledge_id=d.new(),
        before=d.maybe(99),
        campaign_id=campaign,
        brand_id=brand,
        amount=amount,
    )
    return entry, d.moves((2110, campaign, 2010, brand, amount))


def owe_pledge(d: Dice) -> Told:
    (campaign, amount), organisation = d.take(2110, CAMPAIGNS), d.one(ORGANISATIONS)
    entry = events.pledge_owed(
        pledge_id=d.new(),
        before=d.maybe(99),
        campaign_id=campaign,
        organisation_id=organisation,
        amount=amount,
    )
    return entry, d.moves((2110, campaign, 2120, organisation, amount))


def pay_pledge(d: Dice) -> Told:
    organisation, amount = d.take(2120, ORGANISATIONS)
    entry = events.pledge_paid(request_id=d.new(), organisation_id=organisation, amount=amount)
    return entry, d.moves((2120, organisation, 1030, None, amount))


PLEDGES: Final = (set_pledge_aside, return_pledge, owe_pledge, pay_pledge)
