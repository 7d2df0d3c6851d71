"""The base of every form, and the fields that the house's value types need."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Final, cast

from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import DecimalField, FieldList, Form, StringField
from wtforms.fields.choices import Choice
from wtforms.widgets import HiddenInput, Select

from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import Money, parse_money
from marketplace.web.reader import REMEMBERED
from marketplace.web.render import written

_WORDS: Final[Mapping[str, str]] = {
    "Not a valid choice.": "Choose one of these.",
    "Invalid Choice: could not coerce.": "Choose one of these.",
    "Invalid choice(s): one or more data inputs could not be coerced.": "Choose from the list.",
    "'%(value)s' is not a valid choice for this field.": "“%(value)s” is not in the list.",
    "Not a valid date value.": "Enter a day, such as 2026-12-31.",
    "Not a valid integer value.": "Enter a whole number.",
    "Not a valid decimal value.": "Enter a number.",
    "This field is required.": "Fill this in.",
    "Field cannot be longer than %(max)d character.": "Keep this to %(max)d characters.",
    "Field must be at least %(min)d character long.": "Write %(min)d characters at least.",
    "Number must be at least %(min)s.": "Enter %(min)s or more.",
    "Number must be at most %(max)s.": "Enter %(max)s or less.",
    "Number must be between %(min)s and %(max)s.": "Enter a number from %(min)s to %(max)s.",
}
"""What WTForms says of a field, and how we say it: what to do, not what is not valid."""


NUL: Final = "\x00"
NOT_KEPT: Final = "There was a sign in it that cannot be kept. Look at it and send it again."


class _Words:
    """Stands where WTForms looks for its sentences in another language."""

    def gettext(self, text: str) -> str:
        return _WORDS.get(text, text)

    def ngettext(self, one: str, many: str, count: int) -> str:
        return _WORDS.get(one, one if count == 1 else many)


_OURS: Final = _Words()


def _keep_no_nul(field: Any) -> None:
    """Take the one sign out of a field that PostgreSQL cannot keep in a text, and say so there."""
    if isinstance(field, FieldList):
        for entry in field.entries:
            _keep_no_nul(entry)
    elif any(isinstance(text, str) and NUL in text for text in field.raw_data or ()):
        field.process_errors = [NOT_KEPT]
        field.raw_data = [text.replace(NUL, "") for text in field.raw_data]
        if isinstance(field.data, str):
            field.data = field.data.replace(NUL, "")
        elif isinstance(field.data, list):
            field.data = [text.replace(NUL, "") for text in field.data]


class _KeepsTexts:
    """A form whose texts PostgreSQL can keep."""

    def process(self, *args: Any, **kwargs: Any) -> None:
        super().process(*args, **kwargs)  # type: ignore[misc]  # that of WTForms
        for field in self._fields.values():  # type: ignore[attr-defined]  # likewise
            _keep_no_nul(field)


class BaseForm(_KeepsTexts, FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A form with CSRF protection that can show the refusals of a service on its fields."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # likewise
        """How fields are bound, as WTForms asks for it."""

        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Any:
            """Strip the text of every text field before anybody looks at it."""
            if issubclass(unbound_field.field_class, StringField):
                options["filters"] = [*unbound_field.kwargs.get("filters", ()), _strip]
            field = unbound_field.bind(form=form, **options)
            if type(field.widget) is Select:
                field.widget = Options(field.widget.multiple)
            return field

        def get_translations(self, _form: Any) -> _Words:
            """Say in our words what is wrong with a field."""
            return _OURS

    def hidden_tag(self) -> Markup:
        """Return the hidden fields, without ids: a page may hold several forms."""
        hidden = (field for field in self if isinstance(field.widget, HiddenInput))
        return Markup("\n").join(field(id=False) for field in hidden)

    def show(self, refusal: InvalidInput) -> None:
        """Put each problem of a refusal under its field; what has no field goes to the top."""
        for name, said in refusal.problems.items():
            text = written(said)
            if name in self._fields:
                field = self._fields[name]
                field.errors = [*field.errors, text]
            else:
                self.form_errors.append(text)


class RowForm(_KeepsTexts, Form):  # type: ignore[misc]  # WTForms ships no types
    """The fields of one row within another form."""

    class Meta(Form.Meta):  # type: ignore[misc]  # likewise
        """Its words, as WTForms asks for them."""

        def get_translations(self, _form: Any) -> _Words:
            """Say in our words what is wrong with a field."""
            return _OURS


class RowsField(FieldList):  # type: ignore[misc]  # likewise
    """Rows of fields; what calls itself a row by a number that we would not write is none."""

    def _extract_indices(self, prefix: str, formdata: Iterable[str]) -> Iterator[int]:
        ours = re.compile(rf"{re.escape(prefix)}-[0-9]{{1,4}}(-|$)")
        found: Iterator[int] = super()._extract_indices(prefix, filter(ours.match, formdata))
        return found


class Options(Select):  # type: ignore[misc]  # WTForms ships no types
    """A select that remembers how its options are written: countries are many, and the same."""

    @classmethod
    def render_option(cls, choice: Any, **kwargs: Any) -> Markup:
        """Return one option, as WTForms writes it."""
        if choice.render_kw or kwargs:
            return cast(Markup, super().render_option(choice, **kwargs))
        return _option(choice.value, choice.label, chosen=choice.selected)


@lru_cache(maxsize=REMEMBERED, typed=True)
def _option(value: object, label: object, *, chosen: bool) -> Markup:
    return cast(Markup, Select.render_option(Choice(value, label, chosen, {})))


@lru_cache(maxsize=REMEMBERED)
def options(choices: tuple[tuple[str, str], ...], chosen: frozenset[str]) -> Markup:
    """Return the options of a long list, values and labels, of which some are chosen."""
    return Markup("").join(
        _option(value, label, chosen=value in chosen) for value, label in choices
    )


@lru_cache(maxsize=REMEMBERED)
def boxes(name: str, choices: tuple[tuple[str, str], ...], chosen: frozenset[str]) -> Markup:
    """Return a box to tick for each choice, value and label, of which some are ticked."""
    return Markup("").join(
        _BOX.format(
            id=f"{name}-{at}", name=name, value=value, ticked=_TICKED if value in chosen else "",
            label=label,
        )
        for at, (value, label) in enumerate(choices)
    )  # fmt: skip


_TICKED: Final = Markup(" checked")
_BOX: Final = Markup(
    '<div class="form-check"><input class="form-check-input" id="{id}" name="{name}"'
    ' type="checkbox" value="{value}"{ticked}> <label class="form-check-label" for="{id}">'
    "{label}</label></div>"
)


def _strip(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


class MoneyField(StringField):  # type: ignore[misc]  # WTForms ships no types
    """A text field that reads an amount; ``amount_in(currency)`` gives it as Money.

    The currency is often another field of the same form, so parsing waits until it is known.
    """

    def amount_in(self, currency: str) -> Money:
        """Return the amount; raises InvalidInput under this field's name."""
        return parse_money(self.data or "", currency, field=self.short_name)


class LinesField(StringField):  # type: ignore[misc]  # likewise
    """A text area with one item a line; ``data`` is the list of non-empty lines."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Split what was typed into lines."""
        text = valuelist[0] if valuelist else ""
        self.data = [line.strip() for line in text.splitlines() if line.strip()]

    def _value(self) -> str:
        return "\n".join(self.data or [])


class PercentField(DecimalField):  # type: ignore[misc]  # WTForms ships no types
    """A share as statistics show it: 12.5 or 12.5 %."""

    data: Decimal | None

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the number; what is none is refused in our words."""
        text = valuelist[0].replace("%", "").strip() if valuelist else ""
        if not text:
            return
        try:
            share = Decimal(text)
        except InvalidOperation:
            share = Decimal("NaN")
        if not share.is_finite():
            self.data = None
            raise ValueError("Write a number with a point, like 12.5.")
        if not 0 <= share <= 100:
            self.data = None
            raise ValueError("Each share is between 0\xa0% and 100\xa0%.")
        self.data = share
