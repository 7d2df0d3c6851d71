"""The measures by which the judgements behind a fit are judged."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from benchmarks.fit_quality import usual_teacher
from benchmarks.quality.figures import Figure, Missing, Parts, folds, ranked
from benchmarks.quality.market import facts, market

SCORES = np.array([0.9, 0.8, 0.7, 0.6, 0.5])


def test_what_is_relevant_is_counted_by_its_place() -> None:
    one = ranked(SCORES, np.array([0.0, 1, 0, 1, 0]))

    assert one.ranks.tolist() == [2, 4]
    assert [one.recall(most) for most in (1, 2, 4)] == [0, 0.5, 1]
    assert one.average_precision == (1 / 2 + 2 / 4) / 2
    assert one.auc == 3 / 6


def test_gains_are_discounted_by_place_and_held_against_the_best_order() -> None:
    one = ranked(SCORES, np.array([0.0, 3, 0, 1, 0]))

    got = 3 / np.log2(3) + 1 / np.log2(5)
    assert one.ndcg(5) == pytest.approx(got / (3 + 1 / np.log2(3)))
    assert one.ndcg(1) == 0
    assert ranked(SCORES, np.array([3.0, 1, 0, 0, 0])).ndcg(10) == pytest.approx(1)


def test_equal_scores_are_worth_no_more_than_a_lot() -> None:
    one = ranked(np.zeros(1_000), (np.arange(1_000) < 100).astype(float))

    assert one.auc == 0.5
    assert one.recall(500) == pytest.approx(0.5, abs=0.1)


def test_folds_hold_everybody_out_once() -> None:
    held = list(folds(10, 3, seed=1))

    assert sorted(np.concatenate(held).tolist()) == list(range(10))
    assert [len(each) for each in held] == [4, 3, 3]


def test_a_figure_stands_beside_the_best_of_its_run_and_beside_what_is_noted() -> None:
    figure = Figure(
        "log error", 7, "error", 0.5, {"a": 0.8, "b": 0.6}, ("c", 0.4), less_is_better=True
    )

    first, second = figure.lines("views")

    assert (first["reference"], first["theirs"], first["ratio"]) == ("b (same run)", 0.6, 0.833)
    assert (second["theirs"], second["ratio"]) == (0.4, 1.25)
    assert first["unit"] == "error, less is better"


def test_a_set_that_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    with gzip.open(tmp_path / "set" / "rows.csv.gz", "wt") as file:
        file.write("name,count\na,1\n")
    parts = Parts(tmp_path)

    assert parts.rows("set/rows.csv.gz") == [{"name": "a", "count": "1"}]
    with pytest.raises(Missing, match=r"other\.csv\.gz is not there"):
        parts.rows("set/other.csv.gz")


def test_a_data_set_can_stand_as_a_market() -> None:
    kept = market([facts(0, countries={"US": 9_000}), facts(1, countries={"DE": 5_000})])

    assert (kept.count, kept.context.countries) == (2, ("US", "DE"))


def test_nothing_is_learned_from_what_is_judged(tmp_path: Path) -> None:
    for part, names in {"judged": "ab", "others": "cd", "mixed": "bc"}.items():
        (tmp_path / part).mkdir()
        with gzip.open(tmp_path / part / "rows.csv.gz", "wt") as file:
            file.write("\n".join(["name", *names, ""]))
    judged = tmp_path / "judged"

    assert Parts(judged).taught("rows.csv.gz", "name") is None
    others = Parts(judged, tmp_path / "others").taught("rows.csv.gz", "name")
    assert others == [{"name": "c"}, {"name": "d"}]
    with pytest.raises(Missing, match=r"rows\.csv\.gz holds some of what is judged"):
        Parts(judged, tmp_path / "mixed").taught("rows.csv.gz", "name")


def test_the_usual_folder_teaches_where_another_one_is_judged(tmp_path: Path) -> None:
    usual, other = tmp_path / "data", tmp_path / "other"
    usual.mkdir()

    assert usual_teacher(other, usual) == usual
    assert usual_teacher(tmp_path / "other" / ".." / "data", usual) is None
    assert usual_teacher(usual, other) is None
