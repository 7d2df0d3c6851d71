"""How many times as much something is, as readers write it."""

from __future__ import annotations

import pytest

from marketplace.web.fits import times


@pytest.mark.parametrize(
    ("hundredths", "said"),
    [
        (60, "×0.6"),
        (180, "×1.8"),
        (1_000, "×10"),
        (15_210.4, "×152"),
        (123_456, "×1,234"),
    ],
)
def test_a_multiple_is_told_without_powers_of_ten(hundredths: float, said: str) -> None:
    assert times(hundredths) == said
