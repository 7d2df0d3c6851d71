"""Names as the words by which somebody is found."""

from __future__ import annotations

import pytest

from marketplace.kernel.names import beginnings_in, words_typed


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
