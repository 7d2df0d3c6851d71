"""The addresses of pages: those that Flask builds, whoever asks first."""

from __future__ import annotations

from uuid import UUID

import flask
import pytest
from flask import Flask
from werkzeug.routing import BuildError

from marketplace.web.addresses import url_for

CAMPAIGN = UUID("01940000-0000-7000-8000-000000000001")


def test_an_address_is_the_one_that_flask_builds(app: Flask) -> None:
    with app.test_request_context():
        for _ in range(2):
            for endpoint, values in (
                ("brand.home", {}),
                ("brand.campaign", {"campaign_id": CAMPAIGN}),
                ("brand.matches", {"campaign_id": CAMPAIGN, "page": 2, "_anchor": "fit"}),
                ("static", {"filename": "css/frame.css"}),
            ):
                assert url_for(endpoint, **values) == flask.url_for(endpoint, **values)


def test_each_root_has_addresses_of_its_own(app: Flask) -> None:
    with app.test_request_context():
        assert url_for("brand.home") == "/brand/"
    with app.test_request_context(environ_overrides={"SCRIPT_NAME": "/market"}):
        assert url_for("brand.home") == "/market/brand/"
    with app.test_request_context():
        assert url_for("brand.home") == "/brand/"


def test_there_is_no_address_of_a_page_that_there_is_not(app: Flask) -> None:
    with app.test_request_context():
        for _ in range(2):
            with pytest.raises(BuildError):
                url_for("brand.nothing")
