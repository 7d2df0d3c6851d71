"""The form of a plan: money, counts, sizes, and whom to keep or leave out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, IntegerField, SelectMultipleField, StringField
from wtforms.validators import Optional

from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import BPS_WHOLE, Money, digits
from marketplace.matching.queries import PlanWish
from marketplace.matching.rules.planner.limits import PICKS_MOST, Limits
from marketplace.matching.rules.planner.problem import SIZE_FROM, Size
from marketplace.web.forms import BaseForm, MoneyField
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
    add = StringField("Add a creator by their handle")
    have = SelectMultipleField(validate_choice=False)
    out = SelectMultipleField(validate_choice=False)
    pick = SelectMultipleField(validate_choice=False)
    hand = BooleanField("Only the creators listed, no others")
    certain = BooleanField("How far from the best possible")

    def wish(self, currency: str, *, find: Callable[[str], UUID | None]) -> PlanWish:
        """Return what the form asks for; raises InvalidInput under the fields' names.

        find: the creator of a handle.
        """
        wrong: dict[str, str] = {}
        if not self.validate():
            wrong = {name: str(errors[0]) for name, errors in self.errors.items() if name}
        budget = self._amount(self.budget, currency, wrong)
        most_each = self._amount(self.most_each, currency, wrong) if self.most_each.data else None
        have, out = set(_ids(self.have.data)), set(_ids(self.out.data))
        if self.add.data:
            added = find(self.add.data)
            if added is None:
                wrong["add"] = "There is no creator with this handle here."
            else:
                have.add(added)
        exactly = (set(_ids(self.pick.data)) | have) - out if self.hand.data else None
        if max(len(have), len(out), len(exactly or ())) > NAMED_MOST:
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
            exactly=None if exactly is None else frozenset(exactly),
            with_bound=bool(self.certain.data),
        )

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


def plan_form(asked: MultiDict[str, str], budget: Money) -> PlanForm:
    """Return the form as the address fills it, or with the campaign's budget at first."""
    if FILLED in asked:
        return PlanForm(formdata=asked)
    return PlanForm(formdata=None, data={"budget": digits(budget)})


def _share(percent: int | None) -> int:
    return BPS_WHOLE if percent is None else percent * BPS_WHOLE // 100


def _ids(texts: Iterable[str] | None) -> list[UUID]:
    """Return the ids among some texts; the page writes no others."""
    found = []
    for each in texts or ():
        try:
            found.append(UUID(each))
        except ValueError:
            continue
    return found
