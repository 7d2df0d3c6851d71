"""A creator's browser."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from marketplace.kernel.actor import Actor
from tests.conftest import sign_in


@pytest.fixture
def beas(client: FlaskClient, bea: Actor) -> FlaskClient:
    """The browser of Bea, who is signed in."""
    sign_in(client, bea)
    return client
