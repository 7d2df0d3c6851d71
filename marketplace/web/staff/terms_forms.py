"""Forms for the platform's terms: percentages, days, and the numbers of each currency."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from wtforms import (
    BooleanField,
    DateTimeLocalField,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    TextAreaField,
    validators,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import TextArea

from marketplace.kernel.currencies import KNOWN
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import Money, digits
from marketplace.terms.rules import (
    DISPUTE_DAYS_MOST,
    HOLD_DAYS_MOST,
    REASON_MOST,
    Bearer,
    BrandTerms,
    DisputeDays,
    Limits,
    PlatformTerms,
)
from marketplace.web.forms import BaseForm, LinesField, MoneyField, PercentField, RowForm, RowsField

AMOUNTS: Final = (
    "funding_least", "funding_most", "payout_least", "processor_fixed", "dispute_alone",
    "identify_alone",
)  # fmt: skip
BEARERS: Final = {
    Bearer.PLATFORM.value: "We do: our fee has to cover it",
    Bearer.BRAND.value: "The brand does: it is added to what it pays",
}
AS_EVERYBODY: Final = ""


class ShareField(PercentField):
    """A share of money in percent, kept in basis points."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the number; a basis point is the least there is."""
        super().process_formdata(valuelist)
        if self.data is not None and (self.data * 100) % 1:
            self.data = None
            raise ValueError("Two decimals at most, like 12.25.")

    @property
    def basis_points(self) -> int | None:
        """What was typed, or None for nothing."""
        return None if self.data is None else int(self.data * 100)


def percent_of(basis_points: int | None) -> Decimal | None:
    """Return basis points as they are typed: 1250 is 12.50."""
    return None if basis_points is None else Decimal(basis_points).scaleb(-2)


class LimitForm(RowForm):
    """The numbers of one currency."""

    currency = HiddenField()
    offered = BooleanField("Offered")
    funding_least = MoneyField("Smallest payment")
    funding_most = MoneyField("Largest payment")
    payout_least = MoneyField("Smallest payout")
    processor_fixed = MoneyField("Fixed part of the processor’s fee")
    dispute_alone = MoneyField("Disputes that one person decides, up to")
    identify_alone = MoneyField("Movements that one person identifies, up to")


class WhenForm(BaseForm):
    """From when, and why."""

    valid_from = DateTimeLocalField(
        "From, in UTC", [Optional()], description="Empty: at once. Never for a time that is over."
    )
    why = TextAreaField(
        "Why?",
        [InputRequired("Say why: everybody on the staff will read it."), Length(max=REASON_MOST)],
    )

    def moment(self, now: datetime) -> datetime:
        """From when the terms are to count."""
        typed = self.valid_from.data
        return now if typed is None else typed.replace(tzinfo=UTC)


def _dispute_days(label: str) -> IntegerField:
    between = f"Between 1 and {DISPUTE_DAYS_MOST} days."
    return IntegerField(
        label, [InputRequired("Enter days."), NumberRange(1, DISPUTE_DAYS_MOST, between)]
    )


class TermsForm(WhenForm):
    """Everybody's terms."""

    looked_at = HiddenField(validators=[InputRequired(), validators.UUID()])
    brand_fee_bps = ShareField("Platform fee on top, in %", [InputRequired("Enter a share.")])
    creator_fee_bps = ShareField(
        "Platform’s share of the creator’s fee, in %", [InputRequired("Enter a share.")]
    )
    fee_tax_bps = ShareField(
        "Sales tax on the platform fee, in %",
        [InputRequired("Enter a share; 0 where there is none.")],
    )
    hold_days = IntegerField(
        "Hold window, in days",
        [InputRequired("Enter days."), NumberRange(0, HOLD_DAYS_MOST, "Between 0 and 90 days.")],
        description="From acceptance of the live post until its fee can be paid out.",
    )
    dispute_answer_days = _dispute_days("Days to answer a dispute")
    dispute_decide_days = _dispute_days("Days in which we decide")
    dispute_to_open_days = _dispute_days("Days to dispute what has ended")
    processor_fees_by = SelectField(
        "Who bears the processor’s fee?",
        choices=[SelectChoice(value, words) for value, words in BEARERS.items()],
    )
    processor_fee_bps = ShareField(
        "What the processor takes of a payment, in %",
        [InputRequired("Enter a share.")],
        description="By its price list. What it really takes is booked from each payment.",
    )
    limits = RowsField(FormField(LimitForm))
    withholding = LinesField(
        "Tax kept back from creators",
        widget=TextArea(),
        description="One country a line, with its share in percent: DE 15.82. Empty: none.",
    )

    @property
    def looked_at_id(self) -> UUID:
        """The version that was set last when the form was opened."""
        return UUID(self.looked_at.data)

    def terms(self) -> PlatformTerms:
        """Return what was typed; raises InvalidInput under the fields' names."""
        problems: dict[str, str] = {}
        limits: dict[str, Limits] = {}
        for row in self.limits:
            code = row.form.currency.data
            try:
                limits[code] = _limits_in(row.form, code)
            except InvalidInput as refusal:
                problems[f"limits_{code}"] = f"{code}: {' '.join(refusal.problems.values())}"
        try:
            withholding = dict(_withheld(line) for line in self.withholding.data or [])
        except ValueError:
            problems["withholding"] = "Write a country and a share on each line, like DE 15.82."
        if problems:
            raise InvalidInput(problems)
        return PlatformTerms(
            brand_fee_bps=_given(self.brand_fee_bps),
            creator_fee_bps=_given(self.creator_fee_bps),
            hold_days=self.hold_days.data,
            dispute_days=DisputeDays(
                answer=self.dispute_answer_days.data,
                decide=self.dispute_decide_days.data,
                to_open=self.dispute_to_open_days.data,
            ),
            processor_fees_by=Bearer(self.processor_fees_by.data),
            processor_fee_bps=_given(self.processor_fee_bps),
            fee_tax_bps=_given(self.fee_tax_bps),
            limits=limits,
            withholding=withholding,
        )


class BrandTermsForm(WhenForm):
    """What one brand has instead; empty is as everybody."""

    brand_fee_bps = ShareField("Platform fee on top, in %", [Optional()])
    creator_fee_bps = ShareField("Platform’s share of the creator’s fee, in %", [Optional()])
    hold_days = IntegerField(
        "Hold window, in days", [Optional(), NumberRange(0, HOLD_DAYS_MOST, "Between 0 and 90.")]
    )
    processor_fees_by = SelectField(
        "Who bears the processor’s fee?",
        choices=[
            SelectChoice(AS_EVERYBODY, "As for everybody"),
            *(SelectChoice(value, words) for value, words in BEARERS.items()),
        ],
    )

    def own(self) -> BrandTerms:
        """Return what was typed."""
        bearer = self.processor_fees_by.data
        return BrandTerms(
            brand_fee_bps=self.brand_fee_bps.basis_points,
            creator_fee_bps=self.creator_fee_bps.basis_points,
            hold_days=self.hold_days.data,
            processor_fees_by=Bearer(bearer) if bearer else None,
        )


def _given(field: ShareField) -> int:
    share = field.basis_points
    assert share is not None  # the form was validated, and every share is required
    return share


def filled_in(terms: PlatformTerms) -> dict[str, Any]:
    """Return what the form of everybody's terms begins with: those of a version."""
    return {
        "brand_fee_bps": percent_of(terms.brand_fee_bps),
        "creator_fee_bps": percent_of(terms.creator_fee_bps),
        "fee_tax_bps": percent_of(terms.fee_tax_bps),
        "hold_days": terms.hold_days,
        "dispute_answer_days": terms.dispute_days.answer,
        "dispute_decide_days": terms.dispute_days.decide,
        "dispute_to_open_days": terms.dispute_days.to_open,
        "processor_fees_by": terms.processor_fees_by.value,
        "processor_fee_bps": percent_of(terms.processor_fee_bps),
        "limits": [_limit_row(code, terms.limits.get(code)) for code in KNOWN],
        "withholding": [
            f"{country} {percent_of(share)}" for country, share in sorted(terms.withholding.items())
        ],
    }


def _limit_row(code: str, limits: Limits | None) -> dict[str, Any]:
    if limits is None:
        return {"currency": code, "offered": False}
    amounts: Iterable[Money] = (getattr(limits, name) for name in AMOUNTS)
    return {
        "currency": code,
        "offered": limits.offered,
        **{name: digits(amount) for name, amount in zip(AMOUNTS, amounts, strict=True)},
    }


def _limits_in(row: Any, code: str) -> Limits:
    def or_nothing(field: MoneyField) -> Money:
        is_nothing = not (field.data or "").strip("0. ")
        return Money(0, code) if is_nothing else field.amount_in(code)

    return Limits(
        offered=row.offered.data,
        funding_least=row.funding_least.amount_in(code),
        funding_most=row.funding_most.amount_in(code),
        payout_least=row.payout_least.amount_in(code),
        processor_fixed=or_nothing(row.processor_fixed),
        dispute_alone=or_nothing(row.dispute_alone),
        identify_alone=or_nothing(row.identify_alone),
    )


def _withheld(line: str) -> tuple[str, int]:
    country, share = line.replace("%", "").split()
    basis_points = Decimal(share) * 100 if share.replace(".", "", 1).isdecimal() else None
    if basis_points is None or basis_points % 1:
        raise ValueError(line)
    return country.upper(), int(basis_points)
