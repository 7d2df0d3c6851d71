"""The form of a campaign's basics: its name, money and days."""

from __future__ import annotations

from typing import Any

from wtforms import DateField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import NAME_MOST, CampaignKind
from marketplace.kernel.money import digits
from marketplace.terms.rules import PlatformTerms
from marketplace.web.forms import BaseForm, MoneyField
from marketplace.web.offer_forms import CATEGORY_CHOICES
from marketplace.web.reader import percent


def category_field() -> Any:
    """Return the field that says what a campaign is for."""
    return SelectField(
        "What is it for?",
        choices=[SelectChoice("", "Choose a category"), *CATEGORY_CHOICES],
        default="",
        description="Creators who have promised another brand not to work for this are left out.",
    )


class BasicsForm(BaseForm):
    """Name, money and days of a campaign."""

    name = StringField("Name", [InputRequired("Give the campaign a name."), Length(max=NAME_MOST)])
    budget = MoneyField("Budget for creators’ fees", [InputRequired("Enter a budget.")])
    currency = SelectField("Currency", choices=[])
    kind = RadioField(
        "How do you find creators?",
        choices=[
            SelectChoice(CampaignKind.AGREEMENTS.value, "Agree with each on a fee"),
            SelectChoice(
                CampaignKind.CHALLENGE.value,
                "A challenge: open to all, and the best posts win prizes",
            ),
        ],
        default=CampaignKind.AGREEMENTS.value,
        validators=[DataRequired("Choose how you find creators.")],
        description="This stays as it is once the campaign is begun.",
    )
    starts_on = DateField("First day", [InputRequired("Choose the first day.")])
    ends_on = DateField("Last day", [InputRequired("Choose the last day.")])
    category = category_field()

    def follow(self, terms: PlatformTerms, *, kept: str | None) -> None:
        """Offer what the terms offer, and what the campaign has already; say what it costs."""
        codes = terms.currencies if kept in (None, *terms.currencies) else (*terms.currencies, kept)
        self.currency.choices = [SelectChoice(code) for code in codes]
        fee = percent(terms.brand_fee_bps)
        self.budget.description = f"The platform fee of {fee} comes on top when you add the money."

    def basics(self) -> dict[str, Any]:
        """Return the values for the service; raises InvalidInput under the fields' names."""
        return {
            "name": self.name.data,
            "budget": self.budget.amount_in(self.currency.data),
            "starts_on": self.starts_on.data,
            "ends_on": self.ends_on.data,
            "category": self.category.data or None,
        }


def basics_from(campaign: Campaign) -> dict[str, Any]:
    """Return what the form of the basics begins with."""
    return {
        "name": campaign.name,
        "budget": digits(campaign.budget),
        "currency": campaign.currency,
        "starts_on": campaign.starts_on,
        "ends_on": campaign.ends_on,
        "category": campaign.category or "",
    }
