"""What is posted more and more, and how long may it last?"""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.store.session import reading
from marketplace.web.creator.blueprint import bp
from marketplace.web.trends import list_of


@bp.get("/trends")
def trends() -> ResponseReturnValue:
    """What is posted more and more, and how long may it last?"""
    with reading() as session:
        return render_template("creator/trends.html", **list_of(session))
