"""Asking the application for a page as a server does, by a WSGI environment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Engine
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder

from benchmarks.matching.vectors import timed
from marketplace.app import create_app
from marketplace.config import Settings
from marketplace.kernel.actor import Actor
from marketplace.kernel.collector import settle

Ask = Callable[..., float]


def asker(engine: Engine, folder: str, place: Path, owner: Actor) -> Ask:
    """Return what asks for an address as somebody signed in and says how long it took, in ms.

    As in a server, the collector has settled.
    """
    app = create_app(
        Settings(
            database_url=engine.url.render_as_string(hide_password=False),
            redis_url="redis://127.0.0.1:1/0",
            secret_key="of the benchmark",
            base_url="http://localhost",
            upload_folder=folder,
            columns_folder=str(place),
            mail_folder=folder,
            token_keys=("3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",),
        )
    )
    settle()
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = f"{owner.user_id}:0"
        session["_fresh"] = True
    client.get("/", follow_redirects=True)  # its cookie then also holds the secret of its forms
    cookie = client.get_cookie("session")
    assert cookie is not None

    def ask(address: str, *, part: bool = False) -> float:
        headers = Headers({"Cookie": f"session={cookie.value}"})
        if part:
            headers["X-Part"] = "list"
        environ = EnvironBuilder(address, headers=headers).get_environ()
        status, answers = [], []

        def begin(line: str, *_: Any) -> Callable[[bytes], object]:
            status.append(line)
            return bytes

        def whole() -> None:
            answers.append(app.wsgi_app(environ, begin))
            b"".join(answers[0])

        took = timed(whole)
        cast("Any", answers[0]).close()  # what is written then, nobody waits for
        assert status[0].startswith("200"), f"{address}: {status[0]}"
        return took

    return ask
