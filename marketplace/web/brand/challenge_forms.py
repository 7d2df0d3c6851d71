"""The forms of a brand's challenge."""

from __future__ import annotations

from typing import Any, Final

from wtforms import (
    DateField,
    FormField,
    IntegerField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from marketplace.challenges.models import Challenge
from marketplace.challenges.rules.prizes import (
    BANDS_MOST,
    PLACES_MOST,
    VIEWS_MOST,
    Prize,
    Promise,
    Split,
)
from marketplace.challenges.service.entering import REASON_MOST
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import digits, parse_money
from marketplace.web.forms import BaseForm, MoneyField, RowForm, RowsField

ROWS: Final = 5
"""How many lines of prizes the form shows, and more where there are more."""


class PrizeRow(RowForm):
    """One line of prizes; one without an amount is left out."""

    last = IntegerField("To place", [Optional(), NumberRange(1, PLACES_MOST)])
    amount = StringField("Each wins")


class PromiseForm(BaseForm):
    """What a challenge pays, and until when entries are taken."""

    pool = MoneyField("Prize pool", [InputRequired("Enter the prize pool.")])
    entries_until = DateField(
        "Last day for entries", [InputRequired("Choose the last day for entries.")]
    )
    split = RadioField(
        "How it is divided",
        choices=[
            SelectChoice(Split.RANK.value, "By place: the first places each win a prize"),
            SelectChoice(Split.VIEWS.value, "By views: everybody shares in it, in proportion"),
        ],
        default=Split.RANK.value,
        validators=[InputRequired("Choose how the pool is divided.")],
    )
    prizes = RowsField(FormField(PrizeRow), min_entries=ROWS, max_entries=BANDS_MOST)
    cap = MoneyField("The most one creator can win")
    least_views = IntegerField(
        "Least views to win",
        [InputRequired("Say how many views a post needs to win."), NumberRange(1, VIEWS_MOST)],
        default=1,
    )

    def promise(self, currency: str) -> Promise:
        """Return what is promised; raises InvalidInput under the fields' names."""
        split = Split(self.split.data)
        by_views = split is Split.VIEWS
        return Promise(
            pool=self.pool.amount_in(currency),
            split=split,
            prizes=() if by_views else self._prizes(currency),
            cap=self.cap.amount_in(currency) if by_views and self.cap.data else None,
            least_views=self.least_views.data,
        )

    def _prizes(self, currency: str) -> tuple[Prize, ...]:
        found: list[Prize] = []
        for row in self.prizes:
            if not (row.amount.data or "").strip():
                continue
            first = found[-1].last + 1 if found else 1
            try:
                amount = parse_money(row.amount.data, currency, field="prizes")
            except InvalidInput as refusal:
                words = refusal.problems["prizes"]
                raise InvalidInput({"prizes": f"From place {first}: {words}"}) from None
            last = row.last.data if row.last.data is not None else first
            found.append(Prize(first, last, amount))
        return tuple(found)


def filled_in(found: Challenge | None, *, pool: str, until: Any) -> dict[str, Any]:
    """Return what the form begins with. pool, until: where nothing is written down yet."""
    if found is None:
        return {"pool": pool, "entries_until": until, "split": Split.RANK.value, "least_views": 1}
    promise = found.promise
    rows = [{"last": each.last, "amount": digits(each.amount)} for each in promise.prizes]
    return {
        "pool": digits(promise.pool),
        "entries_until": found.entries_until,
        "split": promise.split.value,
        "prizes": rows + [{} for _ in range(ROWS - len(rows))],
        "cap": digits(promise.cap) if promise.cap else "",
        "least_views": promise.least_views,
    }


class RefuseEntryForm(BaseForm):
    """Why an entry is taken out."""

    reason = TextAreaField(
        "Which rule does it break?",
        [InputRequired("Say which rule it breaks."), Length(max=REASON_MOST)],
        description="The creator reads it.",
    )
