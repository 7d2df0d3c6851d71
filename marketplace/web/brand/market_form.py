"""What narrows the market: it lives in the address, and says what of it cannot be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, TypeVar

from wtforms import Field, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, NumberRange, Optional, ValidationError

from marketplace.accounts.rules import countries
from marketplace.creators.queries import MarketFilters
from marketplace.creators.rules import TOPICS
from marketplace.creators.rules.groups import GROUP_WORDS, Group
from marketplace.web.forms import BaseForm

WORDS_MOST: Final = 80
COUNT_MOST: Final = 10**12
"""No count in the market is larger."""
_COUNT: Final = (
    Optional(), NumberRange(0, COUNT_MOST, f"Enter a whole number from 0 to {COUNT_MOST:,}.")
)  # fmt: skip
_Value = TypeVar("_Value", bound=str)
_TOPICS: Final = {each: each.capitalize() for each in TOPICS}


def _choices(every: str, words: Mapping[_Value, str]) -> list[SelectChoice]:
    return [SelectChoice("", every), *(SelectChoice(each, said) for each, said in words.items())]


class MarketForm(BaseForm):
    """The filters of the market; what cannot be read stays as it was typed and narrows nothing."""

    class Meta(BaseForm.Meta):
        """It changes nothing, so it needs no token."""

        csrf = False

    words = StringField("Name, handle or #hashtag", [Length(max=WORDS_MOST)])
    country = SelectField("Lives in", default="")
    topic = SelectField("Topic", default="", choices=_choices("Any topic", _TOPICS))
    group = SelectField(
        "Wants to be found by", default="", choices=_choices("Anybody", GROUP_WORDS)
    )
    min_followers = IntegerField("Followers, at least", _COUNT)
    min_views = IntegerField("Median views, at least", _COUNT)

    def validate_words(self, field: Field) -> None:
        """Blanks alone are as good as nothing; signs alone look for nothing and nobody."""
        typed = (field.data or "").strip()
        if typed and not MarketFilters(words=typed).search:
            raise ValidationError("Enter a letter or a digit.")

    def offer(self, market_countries: Iterable[str]) -> None:
        """Let choose among these countries, and the one asked for, if there is such a country."""
        named = countries()
        asked = {self.country.data} & named.keys()
        there = sorted({*market_countries, *asked}, key=lambda code: named.get(code, code))
        self.country.choices = _choices(
            "Any country", {code: named.get(code, code) for code in there}
        )

    def filters(self) -> MarketFilters:
        """Return what can be read; what is wrong with the rest stands at its field from then on."""
        self.validate()
        said = {name: field.data for name, field in self._fields.items() if not field.errors}
        return MarketFilters(
            words=(said.get("words") or "").strip(),
            country=said.get("country") or None,
            topic=said.get("topic") or None,
            min_followers=said.get("min_followers"),
            min_views=said.get("min_views"),
            group=Group(said["group"]) if said.get("group") else None,
        )
