"""What a campaign asks of a creator, as the rules know it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.models import Brief, Campaign
from marketplace.campaigns.rules import OTHER, BriefContent
from marketplace.creators.rules.formats import LengthBand
from marketplace.creators.rules.subjects import USUALLY_AVOIDED, Subject
from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.kernel.errors import NotFound
from marketplace.matching import columns
from marketplace.matching.columns import Market
from marketplace.matching.models import BriefMedians, MatchRules
from marketplace.matching.rules.fit import Factors
from marketplace.matching.rules.wanted import Booking, HardRules, Wanted
from marketplace.store.rows import given_in

NO_RULES: Final = HardRules()


@dataclass(frozen=True, slots=True)
class Wish:
    """What a brief asks of a creator, beside what was worked out of the market for it."""

    wanted: Wanted
    medians: BriefMedians | None = None

    def middle_in(self, market: Market) -> Factors | None:
        """Its middle candidate, None where it has none: the one worked out, else this market's."""
        if self.medians is None:
            return columns.middle(market, self.wanted)
        return Factors(*self.medians.factors) if self.medians.factors else None


def brief_to_match(session: Session, campaign_id: UUID) -> Brief:
    """The version that counts now, or the one being written before the first is published.

    With its campaign. Raises NotFound.
    """
    brief = session.scalar(campaigns.PRESENT_BRIEF, {"campaign_id": campaign_id})
    if brief is None:
        raise NotFound("brief")
    return brief


def wish_seen_by(session: Session, actor: Actor, campaign_id: UUID) -> tuple[Brief, Wanted]:
    """The brief to match and what a campaign asks now, for its brand's own people and for staff.

    With its campaign. Raises NotFound.
    """
    whole = _ANYBODYS if actor.is_staff or actor.is_system else _OF_BRANDS
    given = {"campaign_id": campaign_id, "brand_ids": list(actor.brands)}
    found = session.execute(whole, given).one_or_none()
    if found is None:
        raise NotFound("campaign")
    brief, kept = found
    return brief, wanted_in(brief, rules=_rules_in(kept))


def wanted_in(brief: Brief, *, rules: HardRules = NO_RULES) -> Wanted:
    """What a version of a brief, with its campaign, asks of a creator."""
    content = campaigns.content_of(brief, currency=brief.campaign.currency)
    return wanted_by(content, brief.campaign, rules=rules)


def wishes_of(session: Session, briefs: Collection[Brief]) -> Mapping[UUID, Wish]:
    """Brief -> its wish now, with the rules that its brand has kept; one question for them all."""
    rows = session.execute(_KEPT, {"brief_ids": [brief.id for brief in briefs]})
    kept = {brief_id: (rules, medians) for brief_id, rules, medians in rows}
    found = {}
    for brief in briefs:
        rules, medians = kept[brief.id]
        found[brief.id] = Wish(wanted_in(brief, rules=_rules_in(rules)), medians)
    return found


def wanted_by(content: BriefContent, campaign: Campaign, *, rules: HardRules = NO_RULES) -> Wanted:
    """What a campaign would ask of a creator by such a brief, whether it is saved or not.

    Every label that it gives a share is in the target. The highest fee is a rule, that a creator is
    not away when the campaign starts, and that they have not promised the time to another brand.
    """
    formats: Counter[str] = Counter()
    lengths: Counter[LengthBand] = Counter()
    for each in content.deliverables:
        formats[each.format] += each.count
        if each.length:
            lengths[LengthBand(each.length)] += each.count
    return Wanted(
        currency=campaign.currency,
        age=frozenset(content.target_age),
        gender=frozenset(content.target_gender),
        country=frozenset(content.target_country),
        words=(*content.target_interests, *content.target_words),
        formats=dict(formats),
        lengths=dict(lengths),
        rules=replace(
            rules,
            price_most_minor=None if content.fee_high is None else content.fee_high.minor,
            free_on=campaign.starts_on,
            booking=booking_of(campaign),
        ),
    )


def booking_of(campaign: Campaign) -> Booking | None:
    """What a creator is taken for; None for a campaign that is in no category of its own."""
    if campaign.category in (None, OTHER):
        return None
    return Booking(
        brand_id=campaign.brand_id,
        category=campaign.category,
        starts_on=campaign.starts_on,
        ends_on=campaign.ends_on,
    )


def wanted_for(session: Session, campaign_id: UUID) -> Wanted:
    """What a campaign asks of a creator now: its brief and its rules. Raises NotFound."""
    return wish_seen_by(session, SYSTEM, campaign_id)[1]


def _rules_in(kept: MatchRules | None) -> HardRules:
    """What a brand asks of every creator of a campaign besides the brief.

    By default that they have touched nothing that is usually avoided.
    """
    if kept is None:
        return HardRules(avoided=USUALLY_AVOIDED)
    return HardRules(
        lives_in=frozenset(kept.lives_in),
        languages=frozenset(kept.languages),
        blocked_topics=frozenset(kept.blocked_topics),
        avoided=frozenset(map(Subject, kept.avoided)),
        followers_least=kept.followers_least,
        followers_most=kept.followers_most,
    )


def _with_rules(brief: Select[Brief]) -> Select[Brief, MatchRules | None]:
    return brief.outerjoin(MatchRules, MatchRules.campaign_id == Brief.campaign_id).add_columns(
        MatchRules
    )


_KEPT: Final = (
    select(Brief.id, MatchRules, BriefMedians)
    .outerjoin(MatchRules, MatchRules.campaign_id == Brief.campaign_id)
    .outerjoin(BriefMedians, BriefMedians.brief_id == Brief.id)
    .where(given_in(Brief.id, "brief_ids"))
)
_ANYBODYS: Final = _with_rules(campaigns.PRESENT_BRIEF)
_OF_BRANDS: Final = _with_rules(campaigns.PRESENT_BRIEF_OF_BRANDS)
