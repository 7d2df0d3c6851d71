"""Names as the words by which somebody is found."""

from __future__ import annotations

import pytest

from marketplace.kernel.names import beginnings_in, can_be_shown, is_blank, words_typed


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("@anna_runs", ("anna", "runs")),
        ("Anna  RUNS, anna", ("anna", "runs")),
        ("@anna.runs-far", ("anna", "runs", "far")),
        ("O’Brien & Söhne", ("o", "brien", "sohne")),
        ("Ｃａｆé", ("cafe",)),
        ("Zoe\u0308", ("zoe",)),
        ("हिन्दी नाम", ("हिन्दी", "नाम")),
        ("مُحَمَّد", ("محمد",)),
        ("a\0b:*'&|!\\", ("a", "b")),
        ("", ()),
        ("... _ !? 🔥", ()),
        ("x" * 5_000, ("x" * 60,)),
    ],
)
def test_what_is_typed_is_folded_and_parted(text: str, words: tuple[str, ...]) -> None:
    assert words_typed(text) == words


@pytest.mark.parametrize(
    ("name", "beginnings"),
    [
        ("Anna", ("anna",)),
        ("anna_runs", ("annaruns", "runs")),
        ("Zoë O’Brien", ("zoeobrien", "obrien", "brien")),
        ("田中太郎", ("田中太郎", "中太郎", "太郎", "郎")),
        ("Café ラテ", ("cafeラテ", "ラテ", "テ")),
        ("Bo Bo", ("bobo", "bo")),
        (f"{'x' * 80} {'y' * 80}", ("x" * 60, "y" * 60)),
        ("🔥", ()),
    ],
)
def test_a_name_has_what_follows_from_each_beginning_of_a_word(
    name: str, beginnings: tuple[str, ...]
) -> None:
    assert beginnings_in(name) == beginnings


@pytest.mark.parametrize(
    "name",
    [
        "می\u200cنا",
        "山田\u3000太郎",
        "👩\u200d👩\u200d👧",
        "نور\u200f Noor",
        "🏴\U000e0067\U000e0062\U000e007f",
        "🔥",
        "\U0001fae8",  # newer than the tables
    ],
)
def test_names_of_every_script_and_emoji_are_names(name: str) -> None:
    assert can_be_shown(name)
    assert not is_blank(name)


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\x07", "\n", "\u2028", "\ue000"])
def test_a_name_that_turns_or_breaks_its_line_cannot_be_shown(sign: str) -> None:
    assert not can_be_shown(f"Noor{sign}")


@pytest.mark.parametrize("name", ["", " ", "\u200b", "\u3164", "\u2800", "\u0301", "\u200f\u200d"])
def test_a_name_of_which_nothing_is_seen_is_blank(name: str) -> None:
    assert is_blank(name)
