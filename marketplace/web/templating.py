"""How templates become pages: the environment of all of them, and how it writes what they name."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import flask.templating
from jinja2.compiler import CodeGenerator
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape


class _Writer(CodeGenerator):
    """Escapes what a template names by :func:`safe`, as most of it needs nothing."""

    def _output_child_pre(self, node: Any, frame: Any, finalize: Any) -> None:
        context: EvalContext = frame.eval_ctx
        if context.volatile or not context.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.safe(")


class Environment(flask.templating.Environment):
    """The templates of the product, none of which has globals of its own.

    A template that takes parts from others compares its globals with theirs, each time; in the
    plain dict that all of them share that takes no time.
    """

    code_generator_class = _Writer

    @staticmethod
    def safe(value: object) -> str:
        """Return what stands on the page for a value, as ``markupsafe.escape`` writes it.

        A page names hundreds, of which hardly any holds a character that means something in HTML:
        looking for one is several times as quick as making Markup of everything. What comes of it
        is joined to a page, or to the Markup of a macro, at once.
        """
        if type(value) is Markup:
            return value
        if (
            type(value) is str
            and "&" not in value
            and "<" not in value
            and ">" not in value
            and '"' not in value
            and "'" not in value
        ):
            return value
        return escape(value)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals of a template: those of all."""
        return super().make_globals(d) if d else self.globals
