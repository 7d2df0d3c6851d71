"""What every form does with its fields."""

from __future__ import annotations

from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import FormField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import HiddenInput

from marketplace.web.forms import BaseForm, RowForm, RowsField


class NoteForm(BaseForm):
    note = StringField(filters=[lambda text: text and text.replace("-", " ")])


class PlaceForm(BaseForm):
    place = SelectField(
        choices=[
            SelectChoice("", "Anywhere"),
            SelectChoice("a<b", "A & B"),
            SelectChoice("c", "C", render_kw={"lang": "cs"}),
        ]
    )


def test_the_options_of_a_select_are_escaped_and_the_chosen_one_is_marked(app: Flask) -> None:
    with app.test_request_context():
        first, other = (str(PlaceForm(data={"place": each}).place()) for each in ("a<b", ""))
    anywhere, a_b, c = (
        '<option value="">Anywhere</option>',
        '<option value="a&lt;b">A &amp; B</option>',
        '<option lang="cs" value="c">C</option>',
    )
    name = '<select id="place" name="place">'
    chosen = "<option selected value="
    assert first == name + anywhere + a_b.replace("<option value=", chosen) + c + "</select>"
    assert other == name + anywhere.replace("<option value=", chosen) + a_b + c + "</select>"


def test_text_is_stripped_after_the_filters_of_its_field(app: Flask) -> None:
    with app.test_request_context(method="POST", data={"note": "-a-b-"}):
        assert NoteForm().note.data == "a b"


def test_a_form_is_no_heavier_for_having_been_shown_before(app: Flask) -> None:
    with app.test_request_context():
        counts = {len(NoteForm().note.filters) for _ in range(3)}
    assert counts == {2}


def test_hidden_fields_have_no_ids_so_that_a_page_may_hold_several_forms(app: Flask) -> None:
    class CountForm(NoteForm):
        version = IntegerField(widget=HiddenInput())

    with app.test_request_context():
        assert CountForm(data={"version": 3}).hidden_tag() == (
            '<input name="version" type="hidden" value="3">'
        )


def test_a_row_by_a_number_that_we_would_not_write_is_none(app: Flask) -> None:
    class PieceForm(RowForm):
        name = StringField()

    class PiecesForm(BaseForm):
        pieces = RowsField(FormField(PieceForm))

    typed = MultiDict({f"pieces-{each}-name": each for each in ("²", "٣", "9" * 5_000, "7", "0")})
    with app.test_request_context():
        assert PiecesForm(formdata=typed).pieces.data == [{"name": "0"}, {"name": "7"}]
