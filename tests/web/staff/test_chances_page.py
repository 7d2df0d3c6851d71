"""What was learned, whether it holds, and which version is not used."""

from __future__ import annotations

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor
from marketplace.matching import service as matching
from marketplace.matching.rules.chances import Facts, Outcome, Step
from tests.conftest import NOON, sign_in
from tests.web.brand.planning import text_of

QUARTER = [Outcome(Facts(), place % 4 == 0) for place in range(100)]


def page(client: FlaskClient, stella: Actor) -> str:
    sign_in(client, stella)
    return text_of(client.get("/staff/chances").text)


def test_before_anything_is_learned_the_page_says_what_it_waits_for(
    client: FlaskClient, stella: Actor
) -> None:
    said = page(client, stella)
    assert (
        "A video gets the views expected when it was agreed 50 % 50 % 50 % 73.11 % – what we assume"
    ) in said
    assert "Nothing to hold it against yet" in said
    assert "Nothing learned yet" in said


def test_a_version_stands_with_its_errors_and_its_skill(
    client: FlaskClient, session: Session, stella: Actor
) -> None:
    [made] = matching.learn_chances(session, {Step.VIEWS: QUARTER}, now=NOON)
    session.commit()

    said = page(client, stella)

    assert "when it was agreed 29.17 % 29.17 % 29.17 %" in said
    assert made.counts
    # Of 80 learned from a quarter came; so 30 % are foretold, where a quarter came of 20.
    assert (f"1 100 {made.loss_before:.3f} {made.loss:.3f} 20 0.19 -1.33 % Counts") in said
    assert (
        "Version 1, on 20 outcomes that it had not learned from: Brier score 0.19."
        " Whoever had said 25 % each time would have 0.188, so the skill is -1.33 %."
    ) in said


def test_what_was_foretold_is_drawn_in_bands_and_stands_in_a_table(
    client: FlaskClient, session: Session, stella: Actor
) -> None:
    matching.learn_chances(session, {Step.VIEWS: QUARTER}, now=NOON)
    session.commit()
    assert "30 to 40 % 30 % 25 % 11.19 % to 46.87 % 20" in page(client, stella)


def test_a_version_that_foretold_worse_is_said_not_to_be_used(
    client: FlaskClient, session: Session, stella: Actor
) -> None:
    [first] = matching.learn_chances(session, {Step.VIEWS: QUARTER}, now=NOON)
    session.flush()
    turned = [*QUARTER, *[Outcome(Facts(), happened=True)] * 60]
    turned += [Outcome(Facts(), happened=False)] * 30
    [second] = matching.learn_chances(session, {Step.VIEWS: turned}, now=NOON + timedelta(days=1))
    session.commit()
    assert (first.counts, second.counts, second.judged_on) == (True, False, 38)

    said = page(client, stella)

    assert (
        "version 1, what happened here Version 2 foretold 38 newer outcomes worse and is not used."
    ) in said
    assert "Set aside" in said


def test_with_too_few_outcomes_nothing_is_learned(
    client: FlaskClient, session: Session, stella: Actor
) -> None:
    few = [Outcome(Facts(), happened=True)] * 9
    assert matching.learn_chances(session, {Step.VIEWS: few}, now=NOON) == []
    session.commit()
    assert "Nothing learned yet" in page(client, stella)
