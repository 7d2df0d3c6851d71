"""Is the process alive, and can it serve?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from flask.testing import FlaskClient

from marketplace.app import create_app
from marketplace.config import Settings


def test_a_process_that_answers_is_alive(client: FlaskClient) -> None:
    answer = client.get("/health/live")

    assert (answer.status_code, answer.text) == (200, "alive")


def test_a_process_whose_database_answers_is_ready(client: FlaskClient) -> None:
    answer = client.get("/health/ready")

    assert (answer.status_code, answer.text) == (200, "ready")


def test_without_a_database_it_is_alive_but_not_ready(settings: Settings, tmp_path: Path) -> None:
    nowhere = f"postgresql+psycopg://nobody@/none?host={tmp_path}"
    app = create_app(replace(settings, database_url=nowhere))
    client = app.test_client()

    assert client.get("/health/live").status_code == 200
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.text) == (503, "the database does not answer")


def test_health_is_for_everybody(client: FlaskClient) -> None:
    assert client.get("/health/live").headers["Content-Type"].startswith("text/plain")
    assert "Set-Cookie" not in client.get("/health/ready").headers
