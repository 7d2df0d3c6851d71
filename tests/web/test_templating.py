"""Whatever a template names stands on the page as text, and what is a page already as it is."""

from __future__ import annotations

from enum import StrEnum

import pytest
from flask import Flask
from markupsafe import Markup, escape

from marketplace.web.templating import Environment


class Word(StrEnum):
    LESS = "a<b"


class Drawn:
    def __html__(self) -> str:
        return "<svg></svg>"


@pytest.fixture
def page():
    env = Environment(Flask("bare"), autoescape=True)
    return lambda source, **names: env.from_string(source).render(**names)


@pytest.mark.parametrize("mark", ["&", "<", ">", '"', "'"])
def test_each_character_with_a_meaning_is_written_out(page, mark):
    assert page("{{ x }}", x=f"a{mark}b") == f"a{escape(mark)}b"
    assert page('<p title="{{ x }}">', x=mark) == f'<p title="{escape(mark)}">'


@pytest.mark.parametrize(
    "value", ["plain", "", 5, 1.5, None, True, Word.LESS, Drawn(), Markup("<b>x</b>"), ["<"], b"<"]
)
def test_every_kind_of_value_is_written_as_markupsafe_writes_it(page, value):
    assert page("{{ x }}", x=value) == str(escape(value))


def test_what_macros_blocks_and_joins_make_is_written_out_once(page):
    source = (
        "{% macro bold(x) %}<b>{{ x }}</b>{% endmacro %}"
        "{% macro framed() %}<p>{{ caller() }}</p>{% endmacro %}"
        "{% set kept %}<i>{{ x }}</i>{% endset %}"
        "{{ bold(x) }}{{ kept }}{{ bold(x) ~ x }}{{ '<hr>' }}"
        "{% call framed() %}{{ x }}{% endcall %}"
        "{% for each in [x] recursive %}{{ each }}{% endfor %}"
    )
    assert page(source, x="<a>") == (
        "<b>&lt;a&gt;</b><i>&lt;a&gt;</i><b>&lt;a&gt;</b>&lt;a&gt;&lt;hr&gt;"
        "<p>&lt;a&gt;</p>&lt;a&gt;"
    )


def test_what_is_not_to_be_escaped_is_not(page):
    source = "{% autoescape false %}{{ x }}{% endautoescape %}{{ x }}{{ x | safe }}"
    assert page(source, x="<a>") == "<a>&lt;a&gt;<a>"
