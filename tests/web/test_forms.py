"""What every form does with its fields."""

from __future__ import annotations

from flask import Flask
from wtforms import StringField

from marketplace.web.forms import BaseForm


class NoteForm(BaseForm):
    note = StringField(filters=[lambda text: text and text.replace("-", " ")])


def test_text_is_stripped_after_the_filters_of_its_field(app: Flask) -> None:
    with app.test_request_context(method="POST", data={"note": "-a-b-"}):
        assert NoteForm().note.data == "a b"


def test_a_form_is_no_heavier_for_having_been_shown_before(app: Flask) -> None:
    with app.test_request_context():
        counts = {len(NoteForm().note.filters) for _ in range(3)}
    assert counts == {2}
