"""What everybody can read of how attention is shared."""

from __future__ import annotations

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.kernel.clock import utc_now
from marketplace.matching.models import AttentionReport
from tests.web.reading import plain


def test_the_rule_is_read_by_everybody_and_an_empty_market_says_so(client: FlaskClient) -> None:
    assert '<a href="/fairness">How attention is shared</a>' in client.get("/").text
    page = plain(client.get("/fairness").text)

    assert "The last of every 10 places is, this week, for a creator who was in at most 2" in page
    assert "twice as often makes it one in 5, half as often one in 20" in page
    assert "counts 18.13 % less for the order" in page
    assert "Nobody has looked yet" in page


def test_how_even_it_was_what_it_costs_and_what_was_learned_stands_there(
    client: FlaskClient, session: Session
) -> None:
    curve = [50 * step * step // 2 for step in range(21)]
    session.add(
        AttentionReport(
            day=(utc_now() - timedelta(days=8)).date(), creators=200, impressions=400,
            gini_bps=6_120, top_bps=900, unseen_bps=4_100, curve=curve, fresh_bps=1_010,
            cost_bps=320, fresh_chosen_bps=500, other_chosen_bps=250, fresh_every=7,
            small_bps=4_400, small_market_bps=5_100,
        )
    )  # fmt: skip
    session.commit()

    page = client.get("/fairness").text

    said = plain(page)
    for figure in (
        "The last of every 7 places is, this week,",
        "Gini 61.2 %",
        "The top 1 % 9 %",
        "For the hardly seen 10.1 %",
        "Chosen there 5 % of them were invited or shortlisted; of all others 2.5 %, so from next"
        " Monday one place in 7",
        "For small channels 44 % of all places went to channels with fewer than 10,000 followers,"
        " who are 51 % of all channels",
        "What it costs 3.2 % lower fit in what was seen of a list than in the order of fit alone",
        "What part of all places the least shown creators had",
    ):
        assert figure in said
