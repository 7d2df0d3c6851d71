"""Every text of the design system can be read in both schemes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "static" / "css" / "colours.css"
COLOURS = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--fv-([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", CSS.read_text()
    )
}
GROUNDS = ("ground", "surface", "sunken")
TEXTS = ("ink", "muted", "accent-ink", "waiting-ink", "refused-ink", "info-ink")
SERIES = ("1", "2", "3", "4", "5", "6", "rest")

READ = [(text, ground) for text in TEXTS for ground in GROUNDS]
READ += [(f"{tone}-ink", f"{tone}-soft") for tone in ("accent", "waiting", "refused", "info")]
READ += [("ink", f"{tone}-soft") for tone in ("accent", "waiting", "refused", "info")]
READ += [("on-accent", "accent"), ("on-accent", "accent-strong"), ("on-refused", "refused")]
READ += [("on-series", f"series-{name}") for name in SERIES]
READ += [(f"series-{name}", ground) for name in SERIES for ground in ("ground", "surface")]

SEEN = [("edge", ground) for ground in GROUNDS]
SEEN += [("waiting-mark", "ground"), ("accent", "ground"), ("refused", "surface")]


def luminance(colour: str) -> float:
    def linear(part: str) -> float:
        value = int(part, 16) / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(colour[start : start + 2]) for start in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_black_on_white_has_the_largest_contrast():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), READ)
def test_text_has_a_contrast_of_four_and_a_half(text, ground, scheme):
    assert contrast(COLOURS[text][scheme], COLOURS[ground][scheme]) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), SEEN)
def test_edges_and_marks_have_a_contrast_of_three(mark, ground, scheme):
    assert contrast(COLOURS[mark][scheme], COLOURS[ground][scheme]) >= 3


def test_every_colour_of_ours_is_written_for_both_schemes():
    single = re.findall(r"--fv-[\w-]+: #[0-9a-f]+", CSS.read_text())
    assert single == []
    assert len(COLOURS) == len(re.findall(r"--fv-[\w-]+: light-dark\(", CSS.read_text()))
