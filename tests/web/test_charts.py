"""Charts draw exact numbers at exact places, and say them in words."""

from __future__ import annotations

import re
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest
from flask import Flask

from marketplace.web import charts
from marketplace.web.charts.axes import nice_top

FIRST = date(2026, 11, 1)
EVIL = "<script>\"&'</script>"


def days(count):
    return [FIRST + timedelta(days=place) for place in range(count)]


def line(values, **changes):
    given = {
        "title": "Views",
        "unit": "views",
        "dates": days(len(values)),
        "series": [charts.Series("Views", values)],
    }
    return charts.line(**{**given, **changes})


def tree(markup):
    return ET.fromstring(f"<div>{markup}</div>")


def by_class(markup, name):
    return [one for one in tree(markup).iter() if name in one.get("class", "").split()]


def test_a_line_runs_through_its_values():
    drawn = by_class(line([0, 50, 100]), "line")
    assert [one.get("points") for one in drawn] == ["52,204 279,117 506,30"]


def test_a_gap_of_days_is_a_gap_of_width():
    dates = [FIRST, FIRST + timedelta(days=1), FIRST + timedelta(days=4)]
    (drawn,) = by_class(line([100, 100, 100], dates=dates), "line")
    assert drawn.get("points") == "52,30 165.5,30 506,30"


def test_a_value_nobody_read_is_left_out_of_the_line():
    markup = line([10, None, 20])
    (drawn,) = by_class(markup, "line")
    assert drawn.get("points") == "52,117 506,30"
    assert "2 Nov: nothing read" in markup
    assert "<td>–</td>" in markup


def test_one_value_stands_in_the_middle():
    (drawn,) = by_class(line([3]), "line")
    assert drawn.get("points") == "279,73.5"
    assert "Views: 3 views on 1 Nov" in line([3])


def test_zeros_lie_on_the_axis():
    (drawn,) = by_class(line([0, 0]), "line")
    assert drawn.get("points") == "52,204 506,204"


def test_huge_numbers_stay_inside_and_are_written_out():
    markup = line([0, 987_654_321_012])
    (drawn,) = by_class(markup, "line")
    assert drawn.get("points") == "52,204 506,32.15"
    assert "987,654,321,012" in markup
    assert [one.text for one in by_class(markup, "end") if one.get("x") == "44"][-1] == "1T"


def test_a_line_without_values_says_so():
    for empty in (line([]), line([None, None]), line([], series=[])):
        assert "Nothing to show yet." in empty
        assert "<svg" not in empty


def test_the_band_goes_along_the_high_side_and_back_along_the_low_side():
    markup = line([50, 50], band=charts.Band("range", [25, 0], [100, 75]))
    (drawn,) = by_class(markup, "band")
    assert drawn.get("points") == "52,30 506,73.5 506,204 52,160.5"
    assert "1 Nov: Views 50, range 25–100" in markup


def test_a_forecast_is_dashed_and_named_at_its_end():
    series = [charts.Series("Views", [1, 2]), charts.Series("Forecast", [4, 4], dashed=True)]
    markup = line([1, 2], series=series)
    assert [one.get("class") for one in by_class(markup, "line")] == [
        "line hue-1",
        "line dashed hue-2",
    ]
    assert [one.text for one in by_class(markup, "name")] == ["Views", "Forecast"]


def test_names_of_lines_that_end_together_are_not_written_over_one_another():
    series = [charts.Series("A", [4, 4]), charts.Series("B", [4, 4])]
    heights = [float(one.get("y")) for one in by_class(line([4, 4], series=series), "name")]
    assert heights == [34, 48]


def test_each_point_says_its_number_when_focused():
    picks = by_class(line([0, 48_210]), "pick")
    assert [one.get("aria-label") for one in picks] == ["1 Nov: Views 0", "2 Nov: Views 48,210"]
    assert [one.get("tabindex") for one in picks] == ["0", "0"]


def test_at_most_thirty_one_points_are_reached_by_key_and_the_last_is_one():
    picks = by_class(line(list(range(90))), "pick")
    stops = [one for one in picks if one.get("tabindex") == "0"]
    assert (len(picks), len(stops)) == (90, 30)
    assert picks[-1] in stops


def test_the_numbers_of_a_line_stand_in_a_table():
    cells = [one.text for one in tree(line([7, 48_210])).iter("td")]
    assert cells == ["7", "48,210"]


@pytest.mark.parametrize(
    ("highest", "top"),
    [(0, 4), (4, 4), (4.2, 5), (6, 10), (11, 20), (21, 25), (26, 50), (100, 100), (101, 200)],
)
def test_an_axis_ends_at_a_round_number(highest, top):
    assert nice_top(highest) == top


@pytest.mark.parametrize("top", [4, 5, 10, 20, 25, 50, 250])
def test_an_axis_has_whole_numbers_only(top):
    labels = [one.text for one in by_class(line([0, top]), "end") if one.get("x") == "44"]
    assert labels[0] == "0"
    assert labels[-1] == str(top)
    assert all(label.isdigit() for label in labels)


def curve(values, **changes):
    given = {
        "title": "Reach",
        "across": "USD",
        "unit": "people",
        "at": [0, 500, 2_000],
        "series": [charts.Series("Plan", values)],
    }
    return charts.curve(**{**given, **changes})


def test_a_curve_runs_over_a_number_in_proportion():
    (drawn,) = by_class(curve([0, 50, 100]), "line")
    assert drawn.get("points") == "52,204 167.5,117 514,30"


def test_a_curve_names_both_axes_and_marks_a_spot():
    markup = curve([0, 50, 100], spot=charts.Spot(1_000, "Your budget"))
    assert ">USD</text>" in markup
    assert ">People</text>" in markup
    assert ">Your budget</text>" in markup
    assert 'd="M283 30V204"' in markup


@pytest.mark.parametrize(
    ("end", "ticks"),
    [
        (3_000, ["0", "1K", "2K", "3K"]),
        (10_000, ["0", "2.5K", "5K", "7.5K", "10K"]),
        (2_469.12, ["0", "1K", "2K"]),
        (100, ["0", "25", "50", "75", "100"]),
        (1, ["0"]),
    ],
)
def test_the_numbers_along_a_curve_are_round_and_written_in_full(end, ticks):
    markup = curve([0, 50, 100], at=[0, end / 2, end])
    level = [one for one in by_class(markup, "mid") if one.get("y") == "224"]
    assert [one.text for one in level] == ticks


@pytest.mark.parametrize(
    ("highest", "ticks"),
    [
        (5_000, ["0", "1K", "2K", "3K", "4K", "5K"]),
        (2_500, ["0", "500", "1K", "1.5K", "2K", "2.5K"]),
        (2_000, ["0", "500", "1K", "1.5K", "2K"]),
        (100, ["0", "25", "50", "75", "100"]),
    ],
)
def test_the_numbers_of_an_upright_axis_are_written_in_full(highest, ticks):
    markup = curve([0, 50, highest])
    assert [one.text for one in by_class(markup, "end") if one.get("x") == "44"] == ticks


def test_a_curve_says_its_numbers_by_key_in_a_table_and_in_words():
    markup = curve([0, None, 100])
    assert "500 USD: Plan –" in markup
    assert "<td>100</td>" in markup
    assert "Plan: 100 people at 2,000 USD" in markup
    assert "Nothing to show yet" in curve([None, None, None])


def test_curves_that_end_together_are_not_named_over_one_another():
    markup = curve([0, 50, 100], series=[charts.Series(name, [0, 1, 4]) for name in ("A", "B")])
    assert [one.get("y") for one in by_class(markup, "name")] == ["34", "48"]


def test_the_longest_bar_fills_the_width_and_others_follow():
    markup = charts.bars(
        title="Views", unit="views", items=[charts.Bar("Bea", 50), charts.Bar("Carl", 100)]
    )
    assert [one.get("width") for one in by_class(markup, "bar")] == ["147", "294"]
    assert [one.get("y") for one in by_class(markup, "bar")] == ["7", "37"]
    assert "the longest is Carl with 100 views." in markup


def test_a_bar_of_nothing_can_still_be_seen():
    markup = charts.bars(title="Views", unit="views", items=[charts.Bar("Bea", 0)])
    assert [one.get("width") for one in by_class(markup, "bar")] == ["1"]


def test_no_bars_say_so():
    assert "Nothing to show yet." in charts.bars(title="Views", unit="views", items=[])


def test_a_share_bar_shows_what_is_not_known():
    shares = [charts.Share("18–24", 5_000), charts.Share("25–34", 2_500)]
    markup = charts.share_bar(title="Age", shares=shares)
    drawn = by_class(markup, "seg")
    assert [(one.get("x"), one.get("width")) for one in drawn] == [
        ("0", "278"),
        ("280", "138"),
        ("420", "138"),
    ]
    key = ["".join(one.itertext()) for one in tree(markup).iter("li")]
    assert key == ["18–24 50\xa0%", "25–34 25\xa0%", "Not known 25\xa0%"]


def test_whole_shares_leave_nothing_open_and_empty_ones_are_left_out():
    shares = [charts.Share("A", 10_000), charts.Share("B", 0)]
    markup = charts.share_bar(title="Age", shares=shares)
    assert len(by_class(markup, "seg")) == 1
    assert "Not known" not in markup


def test_no_shares_say_so():
    assert "Nothing to show yet." in charts.share_bar(title="Age", shares=[])


def test_a_sparkline_says_first_last_and_most():
    markup = charts.sparkline(title="Views", unit="views", values=[0, 20, 10])
    (drawn,) = by_class(markup, "line")
    assert drawn.get("points") == "2,22 48,2 94,12"
    assert "Views: from 0 to 10 views, at most 20" in markup
    assert charts.sparkline(title="Views", unit="views", values=[]) == ""


def test_a_meter_is_full_above_the_whole_and_says_so():
    markup = charts.meter(label="Budget", bps=12_000)
    assert by_class(markup, "fill")[0].get("width") == "100"
    assert by_class(markup, "over")
    assert "Budget: 120\xa0%" in markup
    assert by_class(charts.meter(label="Age", bps=3_750), "fill")[0].get("width") == "37.5"


def every_chart(text):
    return [
        line([1, 2], title=text, unit=text, series=[charts.Series(text, [1, 2])]),
        line([1], title=text, band=charts.Band(text, [0], [2])),
        line([], title=text),
        charts.bars(title=text, unit=text, items=[charts.Bar(text, 1)]),
        charts.share_bar(title=text, shares=[charts.Share(text, 10)]),
        charts.sparkline(title=text, unit=text, values=[1]),
        charts.curve(
            title=text,
            across=text,
            unit=text,
            at=[1, 2],
            series=[charts.Series(text, [1, 2])],
            spot=charts.Spot(1, text),
        ),
        charts.meter(label=text, bps=1),
    ]


def test_no_label_can_write_markup():
    for markup in every_chart(EVIL):
        assert "<script" not in markup
        tree(markup)


def test_every_chart_has_words_and_neither_style_nor_script():
    for markup in every_chart("Views"):
        assert not re.search(r"style=|<style|<script|\son\w+=", markup)
        for drawing in tree(markup).iter("svg"):
            assert drawing.get("viewBox")
            if drawing.get("aria-hidden"):
                continue  # its key beside it says all
            assert drawing.get("aria-label") or drawing.find("title") is not None
            assert drawing.get("role") == ("group" if by_class(markup, "pick") else "img")


def test_what_can_be_reached_by_key_is_not_part_of_a_picture():
    """What is within a picture, or hidden, is not told to who cannot see it."""
    for markup in every_chart("Views"):
        hidden = [one for one in tree(markup).iter() if one.get("aria-hidden")]
        pictures = [one for one in tree(markup).iter() if one.get("role") == "img"]
        for outer in [*hidden, *pictures]:
            within = [one for one in outer.iter() if one is not outer]
            assert [one for one in within if one.get("tabindex")] == []


def test_each_bar_is_named_once():
    (pick,) = by_class(charts.bars(title="Views", unit="views", items=[charts.Bar("A", 7)]), "pick")
    assert pick.find("title").text == "A: 7 views"
    assert pick.get("aria-label") is None


def test_numbers_of_a_chart_are_written_as_the_reader_writes_them():
    with Flask("bare").test_request_context(headers={"Accept-Language": "de"}):
        assert "Views 48.210" in line([0, 48_210])


def foretold(**changes):
    given = {
        "label": "20 to 30 %",
        "count": 16,
        "said_bps": 2_500,
        "came_bps": 5_000,
        "low_bps": 2_500,
        "high_bps": 7_500,
    }
    return charts.Foretold(**{**given, **changes})


def test_what_holds_lies_on_the_slope_and_many_outcomes_are_a_larger_dot():
    few = foretold(label="70 to 80 %", count=4, said_bps=7_500, came_bps=7_500)
    markup = charts.reliability(title="Replies", bands=[foretold(), few])
    slope, *strokes = by_class(markup, "line")
    assert slope.get("points") == "52,204 520,30"
    assert [one.get("d") for one in strokes] == ["M169 160.5V73.5", "M403 160.5V73.5"]
    dots = [(one.get("cx"), one.get("cy"), one.get("r")) for one in by_class(markup, "dot")]
    assert dots == [("169", "117", "11"), ("403", "73.5", "5.5")]


def test_bands_of_chances_are_said_in_words_and_numbers():
    markup = charts.reliability(title="Replies", bands=[foretold()])
    assert "25 % foretold: 50 % came of 16" in str(markup).replace("\u00a0", " ")
    cells = [one.text.replace("\u00a0", " ") for one in tree(markup).iter("td")]
    assert cells == ["25 %", "50 %", "25 % to 75 %", "16"]


def test_without_bands_there_is_nothing_to_show():
    assert "Nothing to show yet." in charts.reliability(title="Replies", bands=[])


def test_names_of_bands_are_written_as_text():
    assert EVIL not in charts.reliability(title=EVIL, bands=[foretold(label=EVIL)])
