"""The forms of the campaign editor: from what was typed to what a brief says, and back."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from wtforms import (
    BooleanField,
    DecimalField,
    FormField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget, TextArea

from marketplace.accounts.rules import countries
from marketplace.campaigns.rules import (
    AGES,
    DELIVERABLES_MOST,
    DISCLOSURE_MOST,
    GENDERS,
    TEXT_MOST,
    TOPICS,
    USAGE_DAYS_MOST,
    BriefContent,
    WantedDeliverable,
)
from marketplace.creators.rules import AGE_WORDS, GENDER_NAMES
from marketplace.creators.rules.formats import BAND_WORDS
from marketplace.creators.rules.groups import GROUP_WORDS, Group
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import BPS_WHOLE, Money, digits
from marketplace.kernel.words import key_of, words_in
from marketplace.web.forms import BaseForm, LinesField, MoneyField, RowForm, RowsField
from marketplace.web.offer_forms import (
    FORMAT_CHOICES,
    MEDIA_CHOICES,
    ROUND_CHOICES,
)

BLANK_ROWS: Final = 1
COUNTRY_ROWS: Final = 5


class NeededToPublish:
    """Marks a field that a draft may leave out and a published brief may not."""

    field_flags: Final = {"required": True}

    def __call__(self, form: Any, field: Any) -> None:
        """Accept everything: publishing asks again."""


class StepForm(BaseForm):
    """One step of the brief."""

    def changes(self, currency: str) -> dict[str, Any]:
        """Return the parts of BriefContent that this step writes; may raise InvalidInput."""
        raise NotImplementedError

    def make_room(self) -> int | None:
        """Add empty rows where the step has rows; return the place of the first."""
        return None

    def listed_groups(self) -> list[Group]:
        """Return by which groups the list beside the step is narrowed; by none for everybody."""
        return []


class WantedForm(RowForm):
    """One row of deliverables; one without a description is left out."""

    format = SelectField("Format", choices=FORMAT_CHOICES)
    description = StringField("What it shows", [Length(max=200)])
    length = SelectField(
        "How long",
        choices=[
            SelectChoice("", "Any length"),
            *(SelectChoice(band.value, words) for band, words in BAND_WORDS.items()),
        ],
        default="",
    )
    count = IntegerField("How many", [Optional(), NumberRange(1, DELIVERABLES_MOST)], default=1)


class BriefForm(StepForm):
    """What to make, and what to do and avoid."""

    summary = TextAreaField(
        "What should creators make?",
        [NeededToPublish(), Length(max=TEXT_MOST)],
        description="A few sentences: the idea, the product, the feeling.",
    )
    deliverables = RowsField(FormField(WantedForm), max_entries=DELIVERABLES_MOST + BLANK_ROWS)
    dos = LinesField("Please do", widget=TextArea(), description="One thing a line.")
    donts = LinesField("Please avoid", widget=TextArea(), description="One thing a line.")

    def changes(self, currency: str) -> dict[str, Any]:
        """Return summary, deliverables, dos and donts."""
        del currency
        rows = [each.form for each in self.deliverables]
        return {
            "summary": self.summary.data or "",
            "dos": tuple(self.dos.data or ()),
            "donts": tuple(self.donts.data or ()),
            "deliverables": tuple(
                WantedDeliverable(
                    format=row.format.data,
                    description=row.description.data.strip(),
                    count=row.count.data or 1,
                    length=row.length.data or "",
                )
                for row in rows
                if (row.description.data or "").strip()
            ),
        }

    def make_room(self) -> int | None:
        """Add an empty row of deliverables."""
        begin = len(self.deliverables)
        if begin >= DELIVERABLES_MOST + BLANK_ROWS:
            return None
        self.deliverables.append_entry()
        return begin


def _percent(label: str) -> DecimalField:
    return DecimalField(label, [Optional()], places=None)


def _name(prefix: str, label: str) -> str:
    return f"{prefix}_{label}".replace("-", "_").replace("+", "_up")


def _country_choices() -> list[SelectChoice]:
    known = [SelectChoice(code, name) for code, name in countries().items()]
    return [SelectChoice("", "–"), *known]


class CountryForm(RowForm):
    """One country and the share of the audience wanted there."""

    country = SelectField("Country", choices=_country_choices, default="")
    share = _percent("Share in %")


class AudienceForm(StepForm):
    """Whom the videos should reach. Shares in percent; what is left open means any."""

    age_13_17 = _percent(AGE_WORDS["13-17"])
    age_18_24 = _percent(AGE_WORDS["18-24"])
    age_25_34 = _percent(AGE_WORDS["25-34"])
    age_35_44 = _percent(AGE_WORDS["35-44"])
    age_45_54 = _percent(AGE_WORDS["45-54"])
    age_55_up = _percent(AGE_WORDS["55+"])
    gender_female = _percent(GENDER_NAMES["female"])
    gender_male = _percent(GENDER_NAMES["male"])
    gender_other_or_unknown = _percent(GENDER_NAMES["other_or_unknown"])
    countries = RowsField(FormField(CountryForm), min_entries=COUNTRY_ROWS)
    target_interests = SelectMultipleField(
        "Interests",
        choices=[SelectChoice(each, each.capitalize()) for each in TOPICS],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    target_words = StringField(
        "Words and hashtags of their posts",
        description="Like trail running, #ultra, with commas. Each finds who uses it, and those"
        " near to it; naming several asks for any of them.",
    )
    amplified_groups = SelectMultipleField(
        "Creators you want to hear from",
        choices=[SelectChoice(each.value, words) for each, words in GROUP_WORDS.items()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description="Only creators who have asked to be found by one of these read it in your"
        " brief. It changes nobody’s fit, and nobody’s place.",
    )
    only_amplified = BooleanField("List only who has asked to be found by one of these")

    def make_room(self) -> int | None:
        """Add as many rows of countries as there are at first."""
        begin = len(self.countries)
        for _ in range(COUNTRY_ROWS):
            self.countries.append_entry()
        return begin

    def listed_groups(self) -> list[Group]:
        """Return the groups that are ticked, where the list is to be narrowed by them."""
        ticked = self.amplified_groups.data or ()
        return [Group(each) for each in ticked] if self.only_amplified.data else []

    def changes(self, currency: str) -> dict[str, Any]:
        """Return target, interests, words and groups; a word that is an interest ticks it."""
        del currency
        named = {word: key_of(word) for word in words_in(self.target_words.data or "")}
        ticked = dict.fromkeys(self.target_interests.data or ())
        ticked |= dict.fromkeys(key for key in named.values() if key in TOPICS)
        return {
            "target_age": self._shares("age", AGES),
            "target_gender": self._shares("gender", GENDERS),
            "target_country": self._country_shares(),
            "target_interests": tuple(ticked),
            "target_words": tuple(word for word, key in named.items() if key not in TOPICS),
            "amplified_groups": tuple(self.amplified_groups.data or ()),
        }

    def age_fields(self) -> list[Any]:
        """Return the fields of the ages, in order."""
        return [self[_name("age", label)] for label in AGES]

    def gender_fields(self) -> list[Any]:
        """Return the fields of the genders, in order."""
        return [self[_name("gender", label)] for label in GENDERS]

    def _shares(self, prefix: str, labels: tuple[str, ...]) -> dict[str, int]:
        given = {label: self[_name(prefix, label)].data for label in labels}
        return {label: _bps(share) for label, share in given.items() if share}

    def _country_shares(self) -> dict[str, int]:
        rows = [(each.form.country.data, each.form.share.data) for each in self.countries]
        given = [(country, share) for country, share in rows if country or share]
        if not all(country for country, _ in given):
            raise InvalidInput({"target_country": "Choose the country of each share."})
        if not all(share for _, share in given):
            raise InvalidInput({"target_country": "Give each country its share."})
        if len({country for country, _ in given}) < len(given):
            raise InvalidInput({"target_country": "A country is named twice."})
        return {country: _bps(share) for country, share in given}


class RightsForm(StepForm):
    """What it pays, and what the brand may do with it."""

    fee_low = MoneyField("Lowest fee", [NeededToPublish()])
    fee_high = MoneyField("Highest fee", [NeededToPublish()])
    usage_media = RadioField(
        "Where may you show the videos?", [InputRequired()], choices=MEDIA_CHOICES
    )
    usage_days = IntegerField(
        "For how many days",
        [Optional(), NumberRange(1, USAGE_DAYS_MOST)],
    )
    usage_forever = BooleanField(
        "For ever (in perpetuity)",
        description="Creators are told so in these words, and many will not apply.",
    )
    disclosure = StringField(
        "Label the post must carry",
        [NeededToPublish(), Length(max=DISCLOSURE_MOST)],
        description="Advertising must be recognisable as such.",
    )
    revision_rounds = SelectField("Rounds of changes included", choices=ROUND_CHOICES, coerce=int)

    def changes(self, currency: str) -> dict[str, Any]:
        """Return fees, rights, label and rounds; raises InvalidInput for an unreadable fee."""
        problems: dict[str, str] = {}
        fees: dict[str, Money | None] = {}
        for each in (self.fee_low, self.fee_high):
            try:
                fees[each.short_name] = each.amount_in(currency) if each.data else None
            except InvalidInput as refusal:
                problems |= refusal.problems
        if self.usage_days.data is None and not self.usage_forever.data:
            problems["usage_days"] = "Say for how many days, or tick for ever."
        if problems:
            raise InvalidInput(problems)
        return {
            **fees,
            "usage_media": self.usage_media.data,
            "usage_days": None if self.usage_forever.data else self.usage_days.data,
            "disclosure": self.disclosure.data or "",
            "revision_rounds": self.revision_rounds.data,
        }


class AmendForm(BaseForm):
    """What is different in a new version."""

    change_note = StringField(
        "What is different?",
        [InputRequired("Say in a sentence what is different.")],
        description="Creators who have applied read this sentence.",
    )


FORMS: Final = {"brief": BriefForm, "audience": AudienceForm, "rights": RightsForm}


def form_from(step: str, content: BriefContent) -> StepForm:
    """Return the form of a step, filled with what the brief says."""
    data = {"brief": _brief_data, "audience": _audience_data, "rights": _rights_data}[step]
    return FORMS[step](data=data(content))


def _brief_data(content: BriefContent) -> dict[str, Any]:
    rows = [
        {
            "format": each.format,
            "description": each.description,
            "count": each.count,
            "length": each.length,
        }
        for each in content.deliverables
    ]
    return {
        "summary": content.summary,
        "dos": list(content.dos),
        "donts": list(content.donts),
        "deliverables": [*rows, *({"count": 1} for _ in range(BLANK_ROWS))],
    }


def _audience_data(content: BriefContent) -> dict[str, Any]:
    named = [
        {"country": country, "share": _share(bps)}
        for country, bps in content.target_country.items()
    ]
    blank = max(1, COUNTRY_ROWS - len(named))
    data: dict[str, Any] = {
        "countries": [*named, *({} for _ in range(blank))],
        "target_interests": list(content.target_interests),
        "target_words": ", ".join(content.target_words),
        "amplified_groups": list(content.amplified_groups),
    }
    data |= _shares_data("age", content.target_age)
    return data | _shares_data("gender", content.target_gender)


def _shares_data(prefix: str, shares: Mapping[str, int]) -> dict[str, Decimal]:
    return {_name(prefix, label): _share(bps) for label, bps in shares.items()}


def _rights_data(content: BriefContent) -> dict[str, Any]:
    return {
        "fee_low": "" if content.fee_low is None else digits(content.fee_low),
        "fee_high": "" if content.fee_high is None else digits(content.fee_high),
        "usage_media": content.usage_media,
        "usage_days": content.usage_days,
        "usage_forever": content.usage_days is None,
        "disclosure": content.disclosure,
        "revision_rounds": content.revision_rounds,
    }


def _bps(percent: Decimal) -> int:
    """Return a share typed in percent in basis points; what is no number lies outside the whole."""
    if not percent.is_finite() or abs(percent) > BPS_WHOLE:
        return -1
    return int(percent * 100)


def _share(bps: int) -> Decimal:
    return Decimal(bps) / 100
