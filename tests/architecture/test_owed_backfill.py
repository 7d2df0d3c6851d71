"""Migration 0111 makes what was agreed and left to a job that never ran."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import Engine, text

from tests.architecture.migrating import Past, go, loosen, written

READ = ("collaborations", "offers", "deliverables", "outbox_messages")
VIDEO = {
    "format": "video",
    "description": "A recipe in a minute",
    "fee_minor": 25_001,
    "draft_due_on": "2026-11-16",
    "publish_by_on": "2026-11-23",
}
STORY = {**VIDEO, "format": "story", "description": "A teaser", "fee_minor": 15_000}


class Agreements(Past):
    """Offers that were accepted."""

    def agreed(self, state: str = "active") -> UUID:
        offer = self.add("offers", currency="USD", deliverables=[VIDEO, STORY], revision_rounds=2)
        return self.add(
            "collaborations",
            offer_id=offer,
            state=state,
            campaign_id=uuid4(),
            brand_id=uuid4(),
            creator_id=uuid4(),
        )


def test_an_agreement_without_its_deliverables_gets_them(empty: Engine) -> None:
    go(empty, to="0110")
    loosen(empty, READ)
    with written(empty) as connection:
        past = Agreements(connection)
        waiting, made, _done = past.agreed(), past.agreed(), past.agreed("completed")
        past.add("deliverables", collaboration_id=made, position=1)
        past.add("outbox_messages", name="OfferAccepted", body={"collaboration_id": str(waiting)})
        past.add("outbox_messages", name="BriefAmended", body={})
        connection.commit()

    go(empty, to="0111")

    with empty.connect() as connection:
        rows = connection.execute(
            text("SELECT * FROM deliverables ORDER BY collaboration_id = :made, position"),
            {"made": made},
        ).all()
        left = connection.scalars(text("SELECT name FROM outbox_messages")).all()
    assert [(row.collaboration_id, row.position, row.description) for row in rows] == [
        (waiting, 1, "A recipe in a minute"),
        (waiting, 2, "A teaser"),
        (made, 1, None),
    ]
    first = rows[0]
    assert (first.fee_minor, first.currency, first.format) == (25_001, "USD", "video")
    assert (first.draft_due_on, first.publish_by_on) == (date(2026, 11, 16), date(2026, 11, 23))
    assert (first.state, first.rounds_allowed, first.rounds_used) == ("awaiting_submission", 2, 0)
    assert left == ["BriefAmended"]
