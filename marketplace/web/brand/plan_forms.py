"""The form of a plan: money, counts, sizes, what to make, and whom to keep or leave out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final, Self
from uuid import UUID

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from marketplace.campaigns.models import Brief
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import BPS_WHOLE, digits
from marketplace.matching.queries import PlanWish
from marketplace.matching.rules.labels import group_words
from marketplace.matching.rules.planner.limits import PICKS_MOST, Limits
from marketplace.matching.rules.planner.problem import SIZE_FROM, Size
from marketplace.matching.rules.planner.ways import NAMES, Asked, Way, usual_asked, way_named
from marketplace.matching.rules.wanted import Wanted
from marketplace.web.forms import BaseForm, MoneyField
from marketplace.web.groups import OF_BRIEF, group_choices, groups_chosen
from marketplace.web.reader import compact

FILLED: Final = "plan"
"""In the address once the form was used."""
NAMED_MOST: Final = 200
"""So many creators at most can be kept, left out or accepted by one form."""


def size_words(size: Size) -> str:
    """Return a size with its followers, like "Micro, from 10k"."""
    begin = SIZE_FROM[size]
    bound = f"from {compact(begin)}" if begin else f"up to {compact(SIZE_FROM[size + 1])}"
    return f"{size.name.capitalize()}, {bound} followers"


def several_words(name: str) -> str:
    """Return several pieces of a format in words, like "Photo posts"."""
    return NAMES[name][1].capitalize()


class PlanForm(BaseForm):
    """What a plan must obey; it lives in the address and is kept nowhere."""

    class Meta(BaseForm.Meta):
        """It changes nothing, so it needs no token."""

        csrf = False

    budget = MoneyField("Budget for fees")
    most_each = MoneyField("At most for one creator")
    most_share = IntegerField("At most for one creator, % of the budget", [Optional()])
    fewest = IntegerField("Creators from", [Optional()])
    most = IntegerField("to", [Optional()])
    nano_fewest = IntegerField("from", [Optional()])
    nano_most = IntegerField("to", [Optional()])
    micro_fewest = IntegerField("from", [Optional()])
    micro_most = IntegerField("to", [Optional()])
    mid_fewest = IntegerField("from", [Optional()])
    mid_most = IntegerField("to", [Optional()])
    macro_fewest = IntegerField("from", [Optional()])
    macro_most = IntegerField("to", [Optional()])
    mega_fewest = IntegerField("from", [Optional()])
    mega_most = IntegerField("to", [Optional()])
    video_fewest = IntegerField("from", [Optional()])
    video_most = IntegerField("to", [Optional()])
    photo_post_fewest = IntegerField("from", [Optional()])
    photo_post_most = IntegerField("to", [Optional()])
    story_fewest = IntegerField("from", [Optional()])
    story_most = IntegerField("to", [Optional()])
    live_fewest = IntegerField("from", [Optional()])
    live_most = IntegerField("to", [Optional()])
    group = SelectField("Only who wants to be found by", default="")
    joined = BooleanField("Only who is on Fairview, whom you can invite")
    add = StringField("Add a creator by their handle")
    have = SelectMultipleField(validate_choice=False)
    out = SelectMultipleField(validate_choice=False)
    pick = SelectMultipleField(validate_choice=False)
    make = SelectMultipleField(validate_choice=False)
    hand = BooleanField("Only the creators listed, no others")

    def for_brief(self, brief: Brief) -> Self:
        """Count in its currency, and let choose any of the groups that it names as one."""
        self._brief = brief
        choices = {"": "Anybody"} | group_choices(brief.amplified_groups)
        self.group.choices = [SelectChoice(value, words) for value, words in choices.items()]
        return self

    def wish(self, *, find: Callable[[str], UUID | None]) -> PlanWish:
        """Return what the form asks for; raises InvalidInput under the fields' names.

        find: the creator of a handle.
        """
        wrong: dict[str, str] = {}
        currency = self._brief.campaign.currency
        if not self.validate():
            wrong = {name: str(errors[0]) for name, errors in self.errors.items() if name}
        budget = self._amount(self.budget, currency, wrong)
        most_each = self._amount(self.most_each, currency, wrong) if self.most_each.data else None
        have, out = set(_ids(self.have.data)), set(_ids(self.out.data))
        if self.add.data:
            added = find(self.add.data)
            if added is None:
                wrong["add"] = "There is no creator with this handle here."
            elif added in out:
                wrong["add"] = "You leave this creator out: untick that, or empty this field."
            else:
                have.add(added)
        fixed = _named(_asked(self.make.data), without=out)
        exactly: dict[UUID, Way | None] | None = None
        if self.hand.data:
            chosen = {**dict.fromkeys(have), **_asked(self.pick.data), **fixed}
            exactly = {each: way for each, way in chosen.items() if each not in out}
        if max(len(have), len(out), len(exactly or fixed)) > NAMED_MOST:
            wrong["add"] = f"Name {NAMED_MOST} creators at most."
        if wrong:
            raise InvalidInput(wrong)
        return PlanWish(
            limits=Limits(
                budget_minor=budget or 0,
                most_each_minor=most_each,
                most_share_bps=_share(self.most_share.data),
                fewest=1 if self.fewest.data is None else self.fewest.data,
                most=PICKS_MOST if self.most.data is None else self.most.data,
                mix=self._mix(),
            ),
            must_have=frozenset(have - out),
            must_not=frozenset(out),
            make=self._make() or None,
            groups=frozenset(groups_chosen(self.group.data, self._brief.amplified_groups)),
            joined=self.joined.data,
            fixed={} if self.hand.data else fixed,
            exactly=exactly,
        )

    def only(self) -> str:
        """Return whom alone a plan looks at, as it follows "creators who"; empty for everybody."""
        found = []
        if self.group.data:
            any_of_brief = self.group.data == OF_BRIEF
            by = "a group you want to hear from" if any_of_brief else group_words([self.group.data])
            found.append(f"have asked to be found by {by}")
        if self.joined.data:
            found.append("are on Fairview")
        return " and ".join(found)

    def formats(self) -> list[tuple[str, Any, Any]]:
        """Return each format in words with its two fields."""
        return [
            (several_words(name), self[f"{name}_fewest"], self[f"{name}_most"]) for name in NAMES
        ]

    def sizes(self) -> list[tuple[str, Any, Any]]:
        """Return each size in words with its two fields."""
        return [
            (
                size_words(size),
                self[f"{size.name.lower()}_fewest"],
                self[f"{size.name.lower()}_most"],
            )
            for size in Size
        ]

    def _make(self) -> Asked:
        """Return from how many to how many of each format, as far as that is said."""
        found = {}
        for name, (_, fewest, most) in zip(NAMES, self.formats(), strict=True):
            if fewest.data is not None or most.data is not None:
                least = fewest.data or 0
                found[name] = (least, least if most.data is None else most.data)
        return found

    def _mix(self) -> Mapping[Size, tuple[int, int]]:
        mix = {}
        for size, (_, fewest, most) in zip(Size, self.sizes(), strict=True):
            if fewest.data is not None or most.data is not None:
                mix[size] = (fewest.data or 0, PICKS_MOST if most.data is None else most.data)
        return mix

    def _amount(self, field: MoneyField, currency: str, wrong: dict[str, str]) -> int | None:
        try:
            return field.amount_in(currency).minor
        except InvalidInput as refusal:
            wrong |= refusal.problems
            return None


def plan_form(asked: MultiDict[str, str], brief: Brief, wanted: Wanted) -> PlanForm:
    """Return the form as the address fills it, or with what the campaign says at first."""
    if FILLED in asked:
        return PlanForm(formdata=asked).for_brief(brief)
    make = usual_asked(wanted.pieces)
    return PlanForm(
        formdata=None,
        data={"budget": digits(brief.campaign.budget)}
        | {f"{name}_fewest": fewest or None for name, (fewest, _) in make.items()}
        | {f"{name}_most": most for name, (_, most) in make.items()},
    ).for_brief(brief)


def asked_value(creator_id: UUID, way: Way) -> str:
    """Return how an address says that a creator is asked for this."""
    return f"{creator_id}.{way.key}"


def _share(percent: int | None) -> int:
    return BPS_WHOLE if percent is None else percent * BPS_WHOLE // 100


def _asked(texts: Iterable[str] | None) -> dict[UUID, Way | None]:
    """Return whom some texts name, each with a way where one is said; others than ours are none."""
    found: dict[UUID, Way | None] = {}
    for each in texts or ():
        name, _, key = each.partition(".")
        for creator_id in _ids([name]):
            found[creator_id] = way_named(key)
    return found


def _named(asked: Mapping[UUID, Way | None], *, without: Collection[UUID]) -> dict[UUID, Way]:
    return {each: way for each, way in asked.items() if way and each not in without}


def _ids(texts: Iterable[str] | None) -> list[UUID]:
    """Return the ids among some texts; the page writes no others."""
    found = []
    for each in texts or ():
        try:
            found.append(UUID(each))
        except ValueError:
            continue
    return found
