"""The points at which crash tests kill a worker do nothing anywhere else."""

from __future__ import annotations

import os

import pytest

from workers.failpoints import VARIABLE, reach


@pytest.mark.parametrize(
    ("demo", "named"), [("", "here"), ("0", "here"), ("1", ""), ("1", "-"), ("1", "elsewhere")]
)
def test_nobody_dies_outside_the_demo_or_at_another_point(
    monkeypatch: pytest.MonkeyPatch, demo: str, named: str
) -> None:
    killed: list[int] = []
    monkeypatch.setattr(os, "kill", lambda pid, _: killed.append(pid))
    monkeypatch.setenv("FAIRVIEW_DEMO", demo)
    monkeypatch.setenv(VARIABLE, named)

    reach("here")

    assert killed == []


def test_at_its_point_the_worker_dies_and_its_child_if_told_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    killed: list[int] = []
    monkeypatch.setattr(os, "kill", lambda pid, _: killed.append(pid))
    monkeypatch.setenv("FAIRVIEW_DEMO", "1")
    monkeypatch.setenv(VARIABLE, "here:parent")

    reach("here")
    assert killed == [os.getppid()]
    monkeypatch.setenv(VARIABLE, "here")
    reach("here")

    assert killed == [os.getppid(), os.getppid(), os.getpid()]
