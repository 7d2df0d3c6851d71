"""Sets of rows as bits, and what is remembered of a market's columns."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from marketplace.matching.columns import bits
from marketplace.matching.columns.memo import Memo


@given(st.lists(st.booleans(), max_size=200))
def test_a_set_has_the_rows_at_which_the_mask_was_true(mask: list[bool]) -> None:
    some = bits.packed(np.array(mask, bool))

    expected = [row for row, is_in in enumerate(mask) if is_in]
    assert bits.rows_in(some, len(mask)).tolist() == expected
    assert bits.count(some) == len(expected)
    assert bits.are_in(some, np.arange(len(mask))).tolist() == mask


def test_an_answer_is_worked_out_once() -> None:
    memo, asked = Memo(), []

    def work_out() -> None:
        asked.append(1)

    assert memo.get("middle", "wish", work_out, most=2) is None
    assert memo.get("middle", "wish", work_out, most=2) is None
    assert len(asked) == 1


def test_a_question_of_another_kind_has_another_answer() -> None:
    memo = Memo()

    assert memo.get("worth", 1, lambda: "a", most=1) == "a"
    assert memo.get("words", 1, lambda: "b", most=1) == "b"
    assert memo.get("worth", 1, lambda: "c", most=1) == "a"


def test_those_asked_for_last_are_kept() -> None:
    memo, made = Memo(), []

    def ask(number: int) -> int:
        return memo.get("worth", number, lambda: made.append(number) or number, most=2)

    assert [ask(number) for number in (1, 2, 1, 3, 1, 2, 3)] == [1, 2, 1, 3, 1, 2, 3]
    assert made == [1, 2, 3, 2, 3]
    assert [memo.known("worth", number) for number in (1, 2, 3)] == [None, 2, 3]
