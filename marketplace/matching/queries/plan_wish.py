"""What a plan must obey, as somebody asks for it, and as it is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from marketplace.creators.rules.groups import Group
from marketplace.matching.rules.planner.correction import Correction
from marketplace.matching.rules.planner.limits import Limits
from marketplace.matching.rules.planner.problem import Size
from marketplace.matching.rules.planner.ways import Asked, Way, usual_asked, way_named, ways
from marketplace.matching.rules.wanted import Wanted


@dataclass(frozen=True, slots=True)
class PlanWish:
    """What a plan must obey. limits: without its lists of creators, which stand here by their ids.

    make: what one creator may be asked for; None for what the brief says. fixed: creators who must
    be in the plan and of whom this way is asked. exactly: nobody but these, as somebody has chosen
    by hand, each with a way or with None for the first that they offer; None lets the planner
    choose. groups: only creators who have asked to be found by any of them; with none, everybody.
    joined: only who has signed up, whom one can invite.
    """

    limits: Limits
    must_have: frozenset[UUID] = frozenset()
    must_not: frozenset[UUID] = frozenset()
    make: Asked | None = None
    fixed: Mapping[UUID, Way] = field(default_factory=dict)
    exactly: Mapping[UUID, Way | None] | None = None
    groups: frozenset[Group] = frozenset()
    joined: bool = False

    @property
    def asked_by_hand(self) -> list[Way]:
        """Return the ways that somebody has named for a creator."""
        return [way for way in (*self.fixed.values(), *(self.exactly or {}).values()) if way]

    def ways(self, wanted: Wanted) -> tuple[Way, ...]:
        """Return what a creator may be asked to make; raises PlanRefused."""
        return ways(self.make or usual_asked(wanted.pieces))

    def as_json(self) -> dict[str, Any]:
        """Return it in plain values; the same wish always gives the same."""
        limits = self.limits
        return {
            "budget": limits.budget_minor,
            "most_each": limits.most_each_minor,
            "most_share": limits.most_share_bps,
            "fewest": limits.fewest,
            "most": limits.most,
            "mix": {size.name.lower(): list(limits.mix[size]) for size in sorted(limits.mix)},
            "must_have": sorted(map(str, self.must_have)),
            "must_not": sorted(map(str, self.must_not)),
            "make": {name: list(counts) for name, counts in sorted((self.make or {}).items())},
            "fixed": {str(each): way.key for each, way in sorted(self.fixed.items())},
            "groups": sorted(self.groups),
            "joined": self.joined,
        }


def wish_in(rules: Mapping[str, Any]) -> PlanWish:
    """Return the wish of :meth:`PlanWish.as_json`."""
    fixed = {UUID(each): way_named(key) for each, key in rules["fixed"].items()}
    return PlanWish(
        limits=Limits(
            budget_minor=rules["budget"],
            most_each_minor=rules["most_each"],
            most_share_bps=rules["most_share"],
            fewest=rules["fewest"],
            most=rules["most"],
            mix={Size[name.upper()]: (low, high) for name, (low, high) in rules["mix"].items()},
        ),
        must_have=frozenset(map(UUID, rules["must_have"])),
        must_not=frozenset(map(UUID, rules["must_not"])),
        make={name: (low, high) for name, (low, high) in rules["make"].items()} or None,
        fixed={each: way for each, way in fixed.items() if way is not None},
        groups=frozenset(map(Group, rules.get("groups", ()))),
        joined=rules.get("joined", False),
    )


def question_of(
    wish: PlanWish, wanted: Wanted, correction: Correction, observed_at: datetime | None
) -> str:
    """Return a name for what is asked of the market: equal questions have equal names.

    observed_at: when the last overlap of two audiences was recorded.
    """
    asked = [wish.as_json(), _plain(wanted), correction.bps, str(observed_at)]
    return sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def _plain(value: object) -> Any:
    if is_dataclass(value):
        return [_plain(getattr(value, each.name)) for each in fields(value)]
    if isinstance(value, Mapping):
        return sorted((str(name), _plain(each)) for name, each in value.items())
    if isinstance(value, frozenset | tuple | list):
        found = [_plain(each) for each in value]
        return sorted(found) if isinstance(value, frozenset) else found
    return value if isinstance(value, int | None) else str(value)
