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
        "A video gets the views expected when it was agreed 50 % 50 % 50 % 73 % what we assume"
    ) in said
    assert "Nothing to hold it against yet" in said
    assert "Nothing learned yet" in said


def test_a_version_stands_beside_the_one_before_in_words_anybody_reads(
    client: FlaskClient, session: Session, stella: Actor
) -> None:
    [made] = matching.learn_chances(session, {Step.VIEWS: QUARTER}, now=NOON)
    session.commit()

    said = page(client, stella)

    assert made.counts
    assert "when it was agreed 29 % 29 % 29 %" in said
    # Of 80 learned from a quarter came; so 30 % are foretold, where a quarter came of 20.
    assert (
        "Of 20 outcomes that version 1 had not learned from it expected 6 to come; 5 came. Whoever"
        " knows only how often it had come until then, 25 times in 100, expects 5."
    ) in said
    # A coin before; then .3 to a quarter of the outcomes and .7 to the others: .3^¼ × .7^¾.
    assert "A video gets the views expected when it was agreed 1 100 20 50 % 56.6 % Better" in said


def test_the_scores_are_there_for_who_asks(
    client: FlaskClient, session: Session, stella: Actor
) -> None:
    [made] = matching.learn_chances(session, {Step.VIEWS: QUARTER}, now=NOON)
    session.commit()
    assert f"1 {made.loss_before:.3f} {made.loss:.3f} 0.19 0.188 -1.33 %" in page(client, stella)


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
    assert "Worse, set aside" in said


def test_with_too_few_outcomes_nothing_is_learned(
    client: FlaskClient, session: Session, stella: Actor
) -> None:
    few = [Outcome(Facts(), happened=True)] * 9
    assert matching.learn_chances(session, {Step.VIEWS: few}, now=NOON) == []
    session.commit()
    assert "Nothing learned yet" in page(client, stella)
