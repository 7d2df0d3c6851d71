"""Migration 0102 reads from the books what disputes took back of bonuses."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import Engine, text

from tests.architecture.migrating import Past, go, loosen, written

READ = ("view_bonuses", "disputes", "journal_entries", "postings")


class Books(Past):
    """A bonus of 300.00 at most, and what corrected it."""

    def bonus(self, *, gross: int) -> UUID:
        work = uuid4()
        self.add("view_bonuses", deliverable_id=work, cap_minor=30_000, gross_minor=gross)
        return work

    def correct(self, work: UUID, by: UUID, *amounts: tuple[int, int]) -> None:
        """An entry under the key of a dispute or a measurement. amounts: (credit code, amount)."""
        self.add("journal_entries", idem_key=f"bonusfix:{work}:{by}")
        entry = self.connection.scalar(text("SELECT max(id) FROM journal_entries"))
        for line, (code, amount) in enumerate(amounts, start=1):
            self.add("postings", entry_id=entry, line=line, credit_code=code, amount_minor=amount)


def test_only_what_disputes_took_back_is_taken(empty: Engine) -> None:
    go(empty, to="0101")
    loosen(empty, READ)
    with written(empty) as connection:
        books = Books(connection)
        taken, counted, full = (books.bonus(gross=gross) for gross in (2_057, 3_000, 29_000))
        ended = books.add("disputes", deliverable_id=taken)
        books.correct(taken, ended, (2030, 3_909), (2030, 206), (2100, 411))
        books.correct(counted, uuid4(), (2030, 950), (2030, 50))
        # A later dispute gave back what had been taken, before that was counted apart.
        again = books.add("disputes", deliverable_id=full)
        books.correct(full, again, (2030, 5_000))
        connection.commit()

    go(empty, to="0102")

    with empty.connect() as connection:
        rows = connection.execute(text("SELECT deliverable_id, taken_minor FROM view_bonuses"))
        found = {row.deliverable_id: row.taken_minor for row in rows}
    assert found == {taken: 4_115, counted: 0, full: 1_000}
