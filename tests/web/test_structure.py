"""The reader of pages that finds what somebody who does not see them would miss."""

from __future__ import annotations

import pytest

from tests.web.access.structure import faults

WHOLE = """<html lang="en"><main><a href="#pay">Pay</a><h1 id="pay">Pay</h1><h2>Now</h2><form>
<label for="a">Amount</label>
<input id="a" name="amount"><label><input type="checkbox"> Round</label><input type="hidden">
<button aria-label="Send">→</button></form><table aria-label="You pay"><tr>
<th scope="row">Fee</th><td>1</td></tr></table></main></html>"""


def test_a_page_that_can_be_used_without_seeing_it_has_no_faults() -> None:
    assert faults(WHOLE) == []


@pytest.mark.parametrize(
    ("good", "bad", "fault"),
    [
        ("<h2>Now</h2>", "<h3>Now</h3>", "<h3> “Now” comes after a heading of level 1"),
        ('<h1 id="pay">Pay</h1><h2>', "<h2>", "0 of <h1>"),
        ('<label for="a">Amount</label>', "", '<input id="a" name="amount"> has no label'),
        ('<th scope="row">', "<th>", "<th> “Fee” says not what it heads"),
        ('<th scope="row">Fee</th>', "", "<table> has no heads"),
        (' aria-label="You pay"', "", "<table> says not what it is of"),
        ('<th scope="row">Fee</th>', '<th scope="row"></th>', "<th> has no name"),
        ('aria-label="Send">→', ">", "<button> has no name"),
        ('<td>', '<td id="a">', "2 elements are #a"),
        (' lang="en"', "", "no language"),
        ('href="#pay"', 'href="#paid"', '<a href="#paid"> leads nowhere'),
    ],
)  # fmt: skip
def test_each_fault_is_found(good: str, bad: str, fault: str) -> None:
    assert good in WHOLE

    assert fault in faults(WHOLE.replace(good, bad))
