"""What may be said, wanted and shown in a dispute, and the sentence for what may not."""

from __future__ import annotations

import pytest

from marketplace.kernel.errors import InvalidInput
from marketplace.payouts.rules.disputes import (
    EVIDENCE_TYPES,
    Party,
    check_evidence,
    check_share,
    check_text,
    check_wish,
    refusal,
)

OUTSIDE = "The creator’s part is between 0 and 100 percent."


@pytest.mark.parametrize("share", [0, 1, 9_999, 10_000])
def test_a_share_is_between_nothing_and_all(share: int) -> None:
    assert check_share(share) == share


@pytest.mark.parametrize("share", [-1, 10_001])
def test_a_share_outside_is_refused_at_its_field(share: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_share(share)
    assert refused.value.problems == {"share": OUTSIDE}
    with pytest.raises(InvalidInput) as refused:
        check_share(share, field="part")
    assert refused.value.problems == {"part": OUTSIDE}


@pytest.mark.parametrize(
    ("party", "share"),
    [(Party.BRAND, 0), (Party.BRAND, 9_999), (Party.CREATOR, 1), (Party.CREATOR, 10_000)],
)
def test_each_side_may_want_what_it_does_not_have(party: Party, share: int) -> None:
    assert check_wish(share, party) == share


@pytest.mark.parametrize(
    ("party", "share", "sentence"),
    [
        (Party.BRAND, 10_000, "With all of it for the creator there is nothing to dispute."),
        (Party.CREATOR, 0, "Say which part you want: more than 0 percent."),
        (Party.BRAND, 10_001, OUTSIDE),
        (Party.CREATOR, -1, OUTSIDE),
    ],
)
def test_nobody_disputes_for_what_they_would_have_anyway(
    party: Party, share: int, sentence: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_wish(share, party)
    assert refused.value.problems == {"share": sentence}


def test_what_is_said_is_kept_without_the_spaces_around_it() -> None:
    assert check_text("  The label is missing. \n") == "The label is missing."


@pytest.mark.parametrize("words", ["", " \n ", "x" * 10_001])
def test_nothing_and_too_much_are_refused_at_their_field(words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_text(words)
    assert list(refused.value.problems) == ["words"]
    with pytest.raises(InvalidInput) as refused:
        check_text(words, field="note")
    assert list(refused.value.problems) == ["note"]


def test_saying_nothing_asks_for_words() -> None:
    with pytest.raises(InvalidInput) as refused:
        check_text(" ")
    assert refused.value.problems["words"].startswith("Write what happened, in ")
    assert refused.value.problems["words"].endswith(" letters at most.")


@pytest.mark.parametrize("kind", EVIDENCE_TYPES)
def test_pictures_papers_and_videos_are_proof(kind: str) -> None:
    assert check_evidence(kind) == kind


@pytest.mark.parametrize("kind", [None, "", "text/html", "image/svg+xml"])
def test_what_we_cannot_show_is_no_proof(kind: str | None) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_evidence(kind)
    assert refused.value.problems == {
        "file": "Upload a picture (PNG, JPEG, WebP), a PDF or a video."
    }


def test_each_side_reads_why_it_cannot_open_one() -> None:
    assert refusal(Party.BRAND, days=7) == (
        "You can open a dispute from the acceptance until the hold window is over, and once"
        " about the same money"
    )
    assert refusal(Party.CREATOR, days=9) == (
        "You can open a dispute about work that was handed in and is not accepted, about a bonus"
        " that is counted, for 9 days about what was called off or counted, and"
        " about a prize while it is held; once about the same money"
    )
