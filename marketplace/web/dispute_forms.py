"""What is filled in in a dispute."""

from __future__ import annotations

from flask_wtf.file import FileField
from wtforms import HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from marketplace.deliverables.rules import LONGEST_LINK, LONGEST_NOTE
from marketplace.web.forms import BaseForm


class SayForm(BaseForm):
    """What somebody says in a dispute, and what shows it."""

    words = TextAreaField(
        "What you say", [InputRequired("Write what happened."), Length(max=LONGEST_NOTE)]
    )
    share = IntegerField(
        "The creator gets, in percent",
        [Optional(), NumberRange(0, 100, "Between 0 and 100 percent.")],
    )
    link = StringField("A link that shows it", [Length(max=LONGEST_LINK)])
    file = FileField("A file that shows it")


class OpenForm(SayForm):
    """Why there is a dispute, and what would settle it."""

    reason = RadioField("What is wrong?", [InputRequired("Choose what is wrong.")])
    share = IntegerField(
        "The creator should get, in percent",
        [InputRequired("Say what would settle it."), NumberRange(0, 100, "Between 0 and 100.")],
    )


class AgreeForm(BaseForm):
    """The number that was shown, in basis points."""

    share = HiddenField()
