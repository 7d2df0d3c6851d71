"""The events of prizes, drawn like the others."""

from __future__ import annotations

from typing import Final

from marketplace.ledger.rules import Free, events
from tests.services.money_machine.telling import CAMPAIGNS, CREATORS, Dice, Told


def set_prizes_aside(d: Dice) -> Told:
    campaign, amount = d.take(2020, CAMPAIGNS)
    entry = events.prizes_set_aside(
        challenge_id=d.new(), campaign_id=campaign, amount=amount, free=Free(amount)
    )
    return entry, d.moves((2020, campaign, 2035, campaign, amount))


def return_prizes(d: Dice) -> Told:
    campaign, amount = d.take(2035, CAMPAIGNS)
    entry = events.prizes_returned(challenge_id=d.new(), campaign_id=campaign, amount=amount)
    return entry, d.moves((2035, campaign, 2020, campaign, amount))


def win_prize(d: Dice) -> Told:
    (campaign, net), creator = d.take(2035, CAMPAIGNS, 80), d.one(CREATORS)
    share, on_top = d.maybe(5), d.part(2100, campaign, 10)
    entry = events.prize_won(
        deliverable_id=d.new(),
        campaign_id=campaign,
        creator_id=creator,
        net=net,
        platform_share=share,
        fee_on_top=on_top,
    )
    return entry, d.moves(
        (2035, campaign, 2040, creator, net),
        (2035, campaign, 4010, None, share),
        (2100, campaign, 4010, None, on_top),
    )


PRIZES: Final = (set_prizes_aside, return_prizes, win_prize)
