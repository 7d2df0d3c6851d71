"""Made-up values that show every part of the design system on one page of the demo."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from marketplace.kernel.money import Money
from marketplace.store.paging import Page
from marketplace.web import charts

DAYS: Final = 28


def context(now: datetime) -> Mapping[str, object]:
    """Return what ``public/styleguide.html`` shows; the same moment gives the same page."""
    dates = [(now - timedelta(days=DAYS - 1 - back)).date() for back in range(DAYS)]
    grown = [round(52_000 * (1 - 0.87**age) + 180 * age) for age in range(DAYS)]
    seen = [*grown[:19], *[None] * (DAYS - 19)]
    forecast = [round(value * 1.04) for value in grown]
    creators = (
        ("Bea Lindqvist", 48_210, 8_730, "submitted", 65_000),
        ("Carl Okonkwo", 21_940, 7_915, "shortlisted", 42_000),
        ("Noor van Dijk", 96_300, 7_480, "offered", 88_500),
        ("Tomas Rui", 12_055, 6_020, "declined", 30_000),
    )
    return {
        "now": now,
        "later": now + timedelta(days=3, hours=2),
        "fee": Money(65_000, "USD"),
        "platform_fee": Money(6_500, "USD"),
        "total": Money(71_500, "USD"),
        "share": Money(-3_250, "USD"),
        "net": Money(61_750, "USD"),
        "page": Page(rows=creators, number=3, total=214),
        "views_chart": charts.line(
            title="Views of the published post",
            unit="views",
            dates=dates,
            series=[charts.Series("Views", seen), charts.Series("Forecast", forecast, dashed=True)],
            band=charts.Band(
                "forecast range",
                [round(value * 0.82) for value in forecast],
                [round(value * 1.2) for value in forecast],
            ),
        ),
        "bars_chart": charts.bars(
            title="Views by creator",
            unit="views",
            items=[charts.Bar(name, views) for name, views, *_ in creators],
        ),
        "ages_chart": charts.share_bar(
            title="Audience by age",
            shares=[
                charts.Share("13–17", 450),
                charts.Share("18–24", 4_120),
                charts.Share("25–34", 3_310),
                charts.Share("35–44", 1_080),
                charts.Share("45 or older", 620),
            ],
        ),
        "spark": charts.sparkline(
            title="Views a day", unit="views", values=[3, 9, 8, 14, 12, 22, 19]
        ),
        "fit": [
            charts.Share("Age", 8_800),
            charts.Share("Country", 9_340),
            charts.Share("Interests", 6_150),
        ],
    }
