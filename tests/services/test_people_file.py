"""An operator's own figures of how many people there are to reach."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from marketplace.app import create_app
from marketplace.campaigns.models import Campaign
from marketplace.config import MissingSetting, Settings
from marketplace.kernel.errors import InvalidInput
from marketplace.matching import columns
from tests.factories.creators import make_planned_creator
from tests.services.planned import plan


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "people.csv"
    columns.use_people("")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_it_sets_where_a_plan_saturates(
    session: Session, campaign: Campaign, file: Path, encoding: str
) -> None:
    make_planned_creator(session, "Cleo", views=30_000, fee_minor=30_000)
    session.flush()
    public = plan(session, campaign)
    file.write_text("what,label,value\ncountry,US,0.1\n", encoding=encoding)

    columns.use_people(str(file))
    own = plan(session, campaign)

    assert public.explained.people == 30_000
    # of 100,000 people 8.8 % are aged 18 to 24 and watch; 0.9 of them at most see one creator
    assert own.explained.people == round(0.9 * 100_000 * 0.11 * 0.8)


def test_the_product_does_not_start_with_a_file_that_cannot_be(
    settings: Settings, file: Path
) -> None:
    file.write_text("what,label,value\ncountry,Atlantis,3\n", encoding="utf-8")

    with pytest.raises(MissingSetting, match="PEOPLE_FILE: Line 2: there is no country called"):
        create_app(replace(settings, people_file=str(file)))
    with pytest.raises(MissingSetting, match="PEOPLE_FILE: It cannot be read"):
        create_app(replace(settings, people_file=str(file.with_name("none.csv"))))


def test_a_file_that_cannot_be_leaves_the_figures_of_before(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(InvalidInput):
        columns.use_people(str(file))
