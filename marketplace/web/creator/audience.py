"""Who watches me? The shares that creators read in their platform's own statistics."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from wtforms import DateField, IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange
from wtforms.validators import Optional as MayBeEmpty

from marketplace.accounts.rules import countries
from marketplace.creators import queries
from marketplace.creators import service as creators
from marketplace.creators.models import AudienceProof, AudienceSnapshot
from marketplace.creators.rules import (
    AGE_WORDS,
    AGES,
    GENDER_NAMES,
    GENDERS,
    PICTURE_MOST_BYTES,
    TOPICS,
    Audience,
    AudienceSource,
    languages,
)
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import InvalidInput
from marketplace.store.session import reading, transaction
from marketplace.web import access, uploads
from marketplace.web.audiences import shown
from marketplace.web.creator.blueprint import bp
from marketplace.web.forms import BaseForm, PercentField

ROWS: Final = 5
"""How many countries, languages and interests there are rows for at first, and with each more."""
ROWS_MOST: Final = 30
"""No more than this many of each: the largest say it all."""
NAMED: Final = ("country", "language", "interest")
PARTS: Final = ("age", "gender", *NAMED)


class AudienceForm(BaseForm):
    """What goes with the shares; :func:`share_form` adds a field for each share."""

    taken_on = DateField(
        "Date of the figures",
        description="The day on which TikTok showed them to you.",
        validators=[InputRequired("Say on which day you saw these figures.")],
    )
    sample_size = IntegerField(
        "Followers or viewers behind them",
        description="If your statistics say so.",
        validators=[MayBeEmpty(), NumberRange(0, 10**9, "The number is 0 or more.")],
    )
    picture = FileField("A picture of these statistics")


@cache
def share_form(*rows: int) -> type[AudienceForm]:
    """The whole form, one field for each share in percent. rows: of each part in NAMED."""
    fields: dict[str, Any] = {
        **{f"age_{place}": _share(AGE_WORDS[age]) for place, age in enumerate(AGES)},
        **{f"gender_{place}": _share(GENDER_NAMES[one]) for place, one in enumerate(GENDERS)},
    }
    for part, count in zip(NAMED, rows, strict=True):
        for place in range(count):
            words = f"{part} {place + 1}"
            fields[f"{part}_name_{place}"] = _choice(words.capitalize(), _choices(part))
            fields[f"{part}_{place}"] = _share(f"Share of {words}")
    return type("ShareForm", (AudienceForm,), fields)


def _choices(part: str) -> Mapping[str, str]:
    if part == "country":
        return countries()
    return languages() if part == "language" else {topic: topic.capitalize() for topic in TOPICS}


def _rows_for(part: str, count: int) -> int:
    """How many rows a part has that holds so many: whole steps, never more than there are names."""
    steps = max(1, -(-count // ROWS))
    return min(steps * ROWS, ROWS_MOST, len(_choices(part)))


def _share(label: str) -> Any:
    return PercentField(label, places=None, validators=[MayBeEmpty()])


def _choice(label: str, choices: Mapping[str, str]) -> Any:
    return SelectField(label, choices={"": "–", **choices}, default="")


@bp.route("/audience", methods=["GET", "POST"])
def audience() -> ResponseReturnValue:
    """Who watches me?"""
    if request.method == "POST":
        return _sent()
    with reading() as session:
        channel = queries.channel_of(session, creator_id=access.creator_id())
        snapshot = proof = None
        if channel is not None:
            snapshot = queries.latest_audience(session, channel_id=channel.id)
            proof = queries.latest_proof(session, channel_id=channel.id)
    is_told = snapshot is not None and snapshot.source is not AudienceSource.INFERRED
    form = share_form(
        *(_rows_for(part, len(getattr(snapshot, part)) if is_told else 0) for part in NAMED)
    )()
    form.taken_on.data = utc_now().date()
    if snapshot is not None and is_told:
        _fill(form, snapshot)
    return _page(form, snapshot=snapshot, proof=proof, has_channel=channel is not None)


def _sent() -> ResponseReturnValue:
    """Save what was typed; or, where more rows are asked for, show it again with those."""
    more = request.form.get("more", "")
    rows = {
        part: sum(f"{part}_name_{place}" in request.form for place in range(ROWS_MOST))
        for part in NAMED
    }
    form = share_form(*(_rows_for(part, rows[part] + ROWS * (part == more)) for part in NAMED))()
    if more not in NAMED:
        return _save(form)
    return _page(form, snapshot=None, proof=None, has_channel=True, begin=f"{more}_{rows[more]}")


def _save(form: AudienceForm) -> ResponseReturnValue:
    if form.validate_on_submit():
        try:
            with (
                uploads.kept(
                    form.picture.data, folder=uploads.upload_folder(), taken=uploads.PICTURE
                ) as picture,
                transaction() as session,
            ):
                kept = creators.report_audience(
                    session,
                    actor=access.actor(),
                    audience=_audience_in(form),
                    sample_size=form.sample_size.data or 0,
                    taken_at=datetime.combine(form.taken_on.data, time(), UTC),
                    picture=picture,
                    now=utc_now(),
                )
                stands = queries.latest_audience(session, channel_id=kept.channel_id)
                said = _saved(is_seen=stands is kept, has_picture=picture is not None)
        except InvalidInput as refusal:
            _show(form, refusal)
        else:
            flash(said, "success")
            return redirect(url_for("creator.channels"), 303)
    return _page(form, snapshot=None, proof=None, has_channel=True), 422


def _saved(*, is_seen: bool, has_picture: bool) -> str:
    """What becomes of a statement. is_seen: brands see it now; else what is known counts more."""
    if not is_seen:
        later = " Our staff look at your picture." if has_picture else ""
        return f"Your audience is saved. Brands go on seeing the one below: it counts more.{later}"
    until = " until our staff have looked at your picture" if has_picture else ""
    return f"Your audience is saved. Brands see it marked as your own statement{until}."


def _audience_in(form: AudienceForm) -> Audience:
    """The shares that were typed; raises InvalidInput for a name without a share and the like."""
    return Audience(
        age=_shares(form, "age", AGES),
        gender=_shares(form, "gender", GENDERS),
        country=_named(form, "country"),
        language=_named(form, "language"),
        interest=_named(form, "interest"),
    )


def _shares(form: AudienceForm, part: str, labels: tuple[str, ...]) -> dict[str, int]:
    found = {}
    for place, label in enumerate(labels):
        percent = form[f"{part}_{place}"].data
        if percent:
            found[label] = _bps(percent)
    return found


def _named(form: AudienceForm, part: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for place in _places(form, part):
        name = form[f"{part}_name_{place}"].data
        percent = form[f"{part}_{place}"].data
        if not name and not percent:
            continue
        if not name:
            raise InvalidInput({f"{part}_name_{place}": f"Choose the {part} this share is for."})
        if name in found:
            raise InvalidInput({f"{part}_name_{place}": f"This {part} is there twice."})
        if not percent:
            raise InvalidInput({f"{part}_{place}": f"Enter the share of this {part}."})
        found[name] = _bps(percent)
    return found


def _places(form: AudienceForm, part: str) -> range:
    """The rows of a part."""
    return range(sum(name.startswith(f"{part}_name_") for name in form.data))


def _bps(percent: Decimal) -> int:
    return int((percent * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _show(form: AudienceForm, refusal: InvalidInput) -> None:
    """Put the refusal of a whole part under the first field of that part that was filled in."""
    form.show(
        InvalidInput(
            {
                _first_of(form, name) if name in PARTS else name: text
                for name, text in refusal.problems.items()
            }
        )
    )


def _first_of(form: AudienceForm, part: str) -> str:
    """Return the name of the field with the first share of a part."""
    shares = [f"{part}_{place}" for place in range(ROWS_MOST)]
    return next((name for name in shares if name in form and form[name].data), f"{part}_0")


def _fill(form: AudienceForm, snapshot: AudienceSnapshot) -> None:
    """Start from what was said last: most of it will not have changed.

    A guess is not started from: kept as it is, it would pass for the creator's own word.
    """
    for part, labels in (("age", AGES), ("gender", GENDERS)):
        for place, label in enumerate(labels):
            form[f"{part}_{place}"].data = _percent(getattr(snapshot, part).get(label))
    for part in NAMED:
        shares = sorted(getattr(snapshot, part).items(), key=lambda item: -item[1])
        for place, (name, bps) in zip(_places(form, part), shares, strict=False):
            form[f"{part}_name_{place}"].data = name
            form[f"{part}_{place}"].data = _percent(bps)
    form.sample_size.data = snapshot.sample_size or None


def _percent(bps: int | None) -> Decimal | None:
    return None if bps is None else Decimal(bps) / 100


def _page(
    form: AudienceForm,
    *,
    snapshot: AudienceSnapshot | None,
    proof: AudienceProof | None,
    has_channel: bool,
    begin: str = "",
) -> str:
    """begin: the row that was asked for, where one goes on."""
    return render_template(
        "creator/channels_audience.html",
        form=form,
        places={part: _places(form, part) for part in NAMED},
        most={part: _rows_for(part, ROWS_MOST) for part in NAMED},
        begin=begin,
        ages=range(len(AGES)),
        genders=range(len(GENDERS)),
        audience=None if snapshot is None else shown(snapshot, now=utc_now(), whose="Your"),
        proof=proof,
        largest_mb=PICTURE_MOST_BYTES // (1024 * 1024),
        has_channel=has_channel,
    )
