"""The form of an offer, the same for both sides, and what it is filled in with."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from wtforms import (
    BooleanField,
    DateField,
    FormField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from marketplace.campaigns.models import Brief
from marketplace.campaigns.rules import (
    CATEGORIES,
    FORMATS,
    LINE_MOST,
    OTHER,
    ROUNDS_MOST,
    USAGE_DAYS_MOST,
    UsageMedia,
)
from marketplace.collaborations import queries
from marketplace.collaborations.models import Offer
from marketplace.collaborations.rules import (
    BONUS_DAYS_MOST,
    BONUS_DAYS_USUAL,
    MESSAGE_MOST,
    Bonus,
    DueDeliverable,
    Exclusive,
    Terms,
    category_words,
)
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import Money, digits
from marketplace.matching.rules.planner.ways import Way
from marketplace.web.forms import BaseForm, MoneyField, RowForm, RowsField

FORMAT_CHOICES: Final = [
    SelectChoice(each, each.replace("_", " ").capitalize()) for each in FORMATS
]
MEDIA_CHOICES: Final = [
    SelectChoice(UsageMedia.ORGANIC.value, "On the brand’s own channels"),
    SelectChoice(UsageMedia.PAID.value, "On its own channels and as a paid ad"),
]
ROUND_CHOICES: Final = [SelectChoice(n, str(n)) for n in range(ROUNDS_MOST + 1)]
CATEGORY_CHOICES: Final = [
    SelectChoice(each, category_words(each).capitalize()) for each in CATEGORIES
]
DRAFT_AFTER: Final = timedelta(days=14)
PUBLISH_AFTER: Final = timedelta(days=21)


class OwedForm(RowForm):
    """One deliverable of an offer."""

    format = SelectField("Format", choices=FORMAT_CHOICES)
    description = StringField("What", [Length(max=200)])
    draft_due_on = DateField("Draft due", [Optional()])
    publish_by_on = DateField("Publish by", [Optional()])


class OfferForm(BaseForm):
    """Terms, from either side."""

    fee = MoneyField(
        "Fee for everything",
        [InputRequired("Enter a fee.")],
        description="The whole fee, before the platform’s share. A point for decimals, no commas.",
    )
    bonus_rate = MoneyField("For every 1,000 views of a post")
    bonus_cap = MoneyField("At most, for all posts together")
    bonus_days = IntegerField(
        "Counted for so many days after publication", [Optional(), NumberRange(1, BONUS_DAYS_MOST)]
    )
    deliverables = RowsField(FormField(OwedForm), max_entries=12)
    usage_media = RadioField(
        "Where the videos may be shown", [InputRequired()], choices=MEDIA_CHOICES
    )
    usage_days = IntegerField(
        "For how many days",
        [Optional(), NumberRange(1, USAGE_DAYS_MOST)],
    )
    usage_forever = BooleanField("For ever (in perpetuity)")
    revision_rounds = SelectField("Rounds of changes", choices=ROUND_CHOICES, coerce=int)
    exclusive_category = SelectField(
        "Works for this brand alone in",
        choices=[
            SelectChoice("", "Nothing: no exclusivity"),
            *(each for each in CATEGORY_CHOICES if each.value != OTHER),
        ],
        default="",
    )
    exclusive_from_on = DateField("From", [Optional()])
    exclusive_until_on = DateField("Until", [Optional()])
    note = TextAreaField("Note to the other side", [Length(max=MESSAGE_MOST)])

    def terms_in(self, currency: str) -> Terms:
        """Return what was typed; raises InvalidInput under the fields' names."""
        problems: dict[str, str] = {}
        fee = Money(0, currency)
        try:
            fee = self.fee.amount_in(currency)
        except InvalidInput as refusal:
            problems |= refusal.problems
        bonus = None
        try:
            bonus = self.bonus_in(currency)
        except InvalidInput as refusal:
            problems |= refusal.problems
        exclusive = None
        try:
            exclusive = self.exclusive_in()
        except InvalidInput as refusal:
            problems |= refusal.problems
        rows = [each.form for each in self.deliverables if filled(each.form)]
        if any(row.draft_due_on.data is None or row.publish_by_on.data is None for row in rows):
            problems["deliverables"] = "Give each deliverable both of its days."
        if self.usage_days.data is None and not self.usage_forever.data:
            problems["usage_days"] = "Say for how many days, or tick for ever."
        if problems:
            raise InvalidInput(problems)
        return Terms(
            fee=fee,
            deliverables=tuple(
                DueDeliverable(
                    format=row.format.data,
                    description=row.description.data.strip(),
                    draft_due_on=row.draft_due_on.data,
                    publish_by_on=row.publish_by_on.data,
                )
                for row in rows
            ),
            usage_media=self.usage_media.data,
            usage_days=None if self.usage_forever.data else self.usage_days.data,
            revision_rounds=self.revision_rounds.data,
            note=self.note.data or "",
            bonus=bonus,
            exclusive=exclusive,
        )

    def exclusive_in(self) -> Exclusive | None:
        """Return the exclusivity that was typed, None for none; raises InvalidInput for half."""
        category = self.exclusive_category.data
        first, last = self.exclusive_from_on.data, self.exclusive_until_on.data
        if not category:
            if first or last:
                raise InvalidInput({"exclusive_category": "Say in what, or clear both days."})
            return None
        if first is None or last is None:
            raise InvalidInput({"exclusive_until_on": "Give the exclusivity both of its days."})
        return Exclusive(category=category, starts_on=first, until_on=last)

    def bonus_in(self, currency: str) -> Bonus | None:
        """Return the bonus that was typed, None for none; raises InvalidInput for half of one."""
        if not any(each.data for each in (self.bonus_rate, self.bonus_cap)):
            return None
        problems: dict[str, str] = {}
        typed: dict[str, Money] = {}
        for name, field in (("rate", self.bonus_rate), ("cap", self.bonus_cap)):
            try:
                typed[name] = field.amount_in(currency)
            except InvalidInput as refusal:
                problems |= refusal.problems
        if problems:
            raise InvalidInput(problems)
        days = self.bonus_days.data or BONUS_DAYS_USUAL
        return Bonus(rate=typed["rate"], cap=typed["cap"], days=days)


def filled(row: Any) -> bool:
    """True for a deliverable that says what it is."""
    return bool((row.description.data or "").strip())


def form_from_brief(
    brief: Brief, *, fee: Money, ends_on: date, today: date, way: Way | None = None
) -> OfferForm:
    """Return a form with what the brief asks and the applicant wants, to be changed freely.

    way: what this creator was asked for when invited; None for all that the brief says.
    """
    publish = max(today + timedelta(days=1), min(today + PUBLISH_AFTER, ends_on))
    draft = min(today + DRAFT_AFTER, publish)
    return OfferForm(
        data={
            "fee": digits(fee),
            "deliverables": [
                {
                    "format": each["format"],
                    "description": each["description"],
                    "draft_due_on": draft,
                    "publish_by_on": publish,
                }
                for each in _owed(brief, way)
            ],
            "usage_media": brief.usage_media,
            "usage_days": brief.usage_days,
            "usage_forever": brief.usage_days is None,
            "revision_rounds": brief.revision_rounds,
            "bonus_days": BONUS_DAYS_USUAL,
        }
    )


def _owed(brief: Brief, way: Way | None) -> list[dict[str, Any]]:
    """Return each piece with the brief's words for its format."""
    pieces = [each for each in brief.deliverables for _ in range(each["count"])]
    if way is None:
        return pieces
    said = {name: [each for each in pieces if each["format"] == name] for name, _ in way.pieces}
    return [
        said[name][min(place, len(said[name]) - 1)]
        if said[name]
        else {"format": name, "description": brief.summary[:LINE_MOST]}
        for name, count in way.pieces
        for place in range(count)
    ]


def form_from_offer(offer: Offer) -> OfferForm:
    """Return a form with an offer's terms, to begin a counter-offer from."""
    return OfferForm(
        data={
            "fee": digits(offer.fee),
            "bonus_rate": digits(offer.bonus.rate) if offer.bonus else "",
            "bonus_cap": digits(offer.bonus.cap) if offer.bonus else "",
            "bonus_days": offer.bonus_days or BONUS_DAYS_USUAL,
            "deliverables": [
                {
                    "format": each.format,
                    "description": each.description,
                    "draft_due_on": each.draft_due_on,
                    "publish_by_on": each.publish_by_on,
                }
                for each in queries.owed_under(offer)
            ],
            "usage_media": offer.usage_media,
            "usage_days": offer.usage_days,
            "usage_forever": offer.usage_days is None,
            "revision_rounds": offer.revision_rounds,
            "exclusive_category": offer.exclusive_category or "",
            "exclusive_from_on": offer.exclusive_from_on,
            "exclusive_until_on": offer.exclusive_until_on,
        }
    )
