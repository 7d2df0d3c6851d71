"""The form above the matches: whom to reach, what to pay, and the rules; and what it says."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from functools import cache, lru_cache
from typing import Any, Final

from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    IntegerField,
    IntegerRangeField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from marketplace.accounts.rules import countries
from marketplace.campaigns.rules import UNTARGETABLE_AGES, WORDS_MOST
from marketplace.creators.rules import AGES, GENDER_NAMES, GENDERS, LANGUAGES, TOPICS, languages
from marketplace.creators.rules.subjects import SUBJECT_WORDS, Subject
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import Money, digits
from marketplace.kernel.words import words_in
from marketplace.matching.rules.wanted import HardRules, Wanted, problems
from marketplace.web.forms import BaseForm, MoneyField, boxes, options

SLIDER_AGES: Final = tuple(age for age in AGES if age not in UNTARGETABLE_AGES)
OLDEST: Final = len(SLIDER_AGES) - 1
NAMED_MOST: Final = len(TOPICS) + WORDS_MOST
"""All that a brief itself can name."""
FROM_WORDS: Final = tuple(age.removesuffix("+").split("-")[0] for age in SLIDER_AGES)
TO_WORDS: Final = tuple("any older" if "+" in age else age.split("-")[1] for age in SLIDER_AGES)
FILLED: Final = "wish"
"""In the address once the form was used: what is not in it then was emptied."""


_GENDERS: Final = tuple((each, GENDER_NAMES[each]) for each in GENDERS)
_SUBJECTS: Final = tuple((each.value, SUBJECT_WORDS[each]) for each in Subject)


class WishForm(BaseForm):
    """A wish that is not kept anywhere: it lives in the address."""

    class Meta(BaseForm.Meta):
        """It changes nothing, so it needs no token."""

        csrf = False

    age_from = IntegerRangeField("From")
    age_to = IntegerRangeField("To")
    gender = SelectMultipleField("Gender", choices=[SelectChoice(*each) for each in _GENDERS])
    country = SelectMultipleField("Countries", validate_choice=False)
    words = StringField("Topics and hashtags")
    least = MoneyField("Usually asks at least")
    most = MoneyField("Pay at most")
    lives_in = SelectField("Lives in", validate_choice=False)
    language = SelectField("Viewers speak", validate_choice=False)
    followers_least = IntegerField("Followers from", [Optional()])
    followers_most = IntegerField("to", [Optional()])
    without = StringField("Leave out who makes")
    avoid = SelectMultipleField(
        "Leave out whose last posts touch", choices=[SelectChoice(*each) for each in _SUBJECTS]
    )
    shortlisted = BooleanField("Shortlist only")
    by_fit = BooleanField("Order by fit alone")

    def offered(self, market_countries: Iterable[str]) -> dict[str, Markup]:
        """Return what lists and boxes offer: countries are those of the market and those chosen."""
        chosen, home = self.country.data or (), self.lives_in.data or ""
        there = _named(frozenset({*market_countries, *chosen, home}))
        return {
            "country": options(there, frozenset(chosen)),
            "lives_in": options((("", "Any country"), *there), frozenset([home])),
            "language": options(_languages(), frozenset([self.language.data or ""])),
            "gender": boxes("gender", _GENDERS, frozenset(self.gender.data or ())),
            "avoid": boxes("avoid", _SUBJECTS, frozenset(self.avoid.data or ())),
        }

    def wanted(self, base: Wanted) -> Wanted:
        """Return what the form asks for, of the currency and the work of ``base``.

        Raises InvalidInput under the fields' names.
        """
        wrong: dict[str, str] = {}
        if not self.validate():
            wrong = {name: str(errors[0]) for name, errors in self.errors.items() if name}
        prices = {}
        for field in (self.least, self.most):
            try:
                if field.data:
                    prices[field.name] = field.amount_in(base.currency).minor
            except InvalidInput as refusal:
                wrong |= refusal.problems
        words = words_in(self.words.data or "")
        if len(words) > NAMED_MOST:
            wrong["words"] = f"Name {NAMED_MOST} topics and hashtags at most."
        made = replace(
            base,
            age=self._ages(base, wrong),
            gender=frozenset(self.gender.data or ()),
            country=frozenset(self.country.data or ()),
            words=words,
            rules=HardRules(
                lives_in=frozenset(filter(None, [self.lives_in.data])),
                languages=frozenset(filter(None, [self.language.data])),
                followers_least=self.followers_least.data,
                followers_most=self.followers_most.data,
                price_least_minor=prices.get("least"),
                price_most_minor=prices.get("most"),
                blocked_topics=frozenset(words_in(self.without.data or "")),
                avoided=frozenset(map(Subject, self._known("avoid"))),
                free_on=base.rules.free_on,
                booking=base.rules.booking,
            ),
        )
        found = problems(made)
        wrong = {_FIELDS.get(name, name): text for name, text in found.items()} | wrong
        if wrong:
            raise InvalidInput(wrong)
        return made

    def _known(self, name: str) -> list[str]:
        """What was ticked of what is offered; the form says what is not."""
        offered = [value for value, *_ in self[name].choices]
        return [value for value in self[name].data or () if value in offered]

    def _ages(self, base: Wanted, wrong: dict[str, str]) -> frozenset[str]:
        """The ages from one slider to the other; those of the brief where neither was moved."""
        first, last = self.age_from.data, self.age_to.data
        first, last = 0 if first is None else first, OLDEST if last is None else last
        if not 0 <= first <= OLDEST or not 0 <= last <= OLDEST:
            wrong["age_from"] = "Choose ages from the list."
        elif first > last:
            wrong["age_to"] = "The oldest is younger than the youngest: move one of the two."
        if (first, last) == _ends(base.age):
            return base.age
        if (first, last) == (0, OLDEST):
            return frozenset()
        return frozenset(SLIDER_AGES[first : last + 1])


def _ends(ages: Collection[str]) -> tuple[int, int]:
    """Where the sliders stand for some ages, which need not be neighbours; for any at the ends."""
    places = [place for place, age in enumerate(SLIDER_AGES) if age in ages]
    return min(places, default=0), max(places, default=OLDEST)


@lru_cache
def _named(codes: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """Countries with their names, in the order of these; what is no country is passed over."""
    names = countries()
    known = sorted(codes & names.keys(), key=names.__getitem__)
    return tuple((code, names[code]) for code in known)


@cache
def _languages() -> tuple[tuple[str, str], ...]:
    return (("", "Any language"), *((code, languages()[code]) for code in LANGUAGES))


_FIELDS: Final = {
    "age": "age_from",
    "languages": "language",
    "price_least": "least",
    "price_most": "most",
    "blocked_topics": "without",
}


def form_of(wanted: Wanted) -> dict[str, Any]:
    """Return what the form shows for a wish."""
    rules = wanted.rules
    youngest, oldest = _ends(wanted.age)
    least, most = (
        "" if minor is None else digits(Money(minor, wanted.currency))
        for minor in (rules.price_least_minor, rules.price_most_minor)
    )
    return {
        "age_from": youngest,
        "age_to": oldest,
        "gender": sorted(wanted.gender),
        "country": sorted(wanted.country),
        "words": ", ".join(wanted.words),
        "least": least,
        "most": most,
        "lives_in": min(rules.lives_in, default=""),
        "language": min(rules.languages, default=""),
        "followers_least": rules.followers_least,
        "followers_most": rules.followers_most,
        "without": ", ".join(sorted(rules.blocked_topics)),
        "avoid": sorted(rules.avoided),
    }


def has_other_rules(wanted: Wanted, base: Wanted) -> bool:
    """True where a rule that can be kept is another than before; the price stays the brief's."""
    price = base.rules.price_most_minor
    kept = replace(wanted.rules, price_least_minor=None, price_most_minor=price)
    return kept != base.rules


def wish_form(asked: MultiDict[str, str], base: Wanted) -> WishForm:
    """Return the form as the address fills it, or as the brief does where it was not used yet."""
    if FILLED in asked:
        form = WishForm(formdata=asked)
        if "age_from" not in asked:
            form.age_from.data = 0
        if "age_to" not in asked:
            form.age_to.data = OLDEST
        return form
    return WishForm(
        formdata=None, data=form_of(base) | {"shortlisted": asked.get("shortlisted") == "y"}
    )
