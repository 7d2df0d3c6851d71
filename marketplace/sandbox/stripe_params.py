"""Checks a request against the parameter types that the installed ``stripe`` package declares.

Nothing about a parameter is written down here: names, required keys, types and enums are read from
the TypedDicts of ``stripe.params``, so the check follows the pinned version.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from types import NoneType, SimpleNamespace, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl

from stripe import RequestOptions, StripeObject

from marketplace.sandbox.stripe_errors import StripeRefusal

_OPTIONS: Final = frozenset(RequestOptions.__annotations__)
"""Options of the client that share the TypedDict but never travel as parameters."""

_Tree = dict[str, Any]


def form_tree(encoded: str) -> _Tree:
    """Return bracketed form text as nested dicts of strings; lists stay dicts keyed by place."""
    tree: _Tree = {}
    for key, value in parse_qsl(encoded, keep_blank_values=True):
        head, *inner = key.replace("]", "").split("[")
        spot = tree
        for step in [head, *inner][:-1]:
            spot = _branch(spot, step, full_key=key)
        last = inner[-1] if inner else head
        if inner and last == "":
            last = str(len(spot))
        if isinstance(spot.get(last), dict):
            raise StripeRefusal(f"Invalid object: {key}", param=key)
        spot[last] = value
    return tree


def _branch(tree: _Tree, step: str, *, full_key: str) -> _Tree:
    branch = tree.setdefault(step, {})
    if not isinstance(branch, dict):
        raise StripeRefusal(f"Invalid object: {full_key}", param=full_key)
    return branch


def checked(raw: Mapping[str, Any], shape: Any) -> dict[str, Any]:
    """Return the parameters with their declared types.

    raw: the tree of a form, or decoded JSON; shape: a TypedDict of ``stripe.params``, or None
    where no parameter is allowed. Raises StripeRefusal naming the first wrong parameter.
    """
    if shape is None:
        for key in raw:
            raise _unknown(key)
        return {}
    return _typed_dict(raw, shape, path="")


@cache
def _fields(shape: Any) -> tuple[dict[str, Any], frozenset[str]]:
    """Return the types and the required keys of a TypedDict."""
    own = {name: tp for name, tp in shape.__annotations__.items() if not _is_option(shape, name)}
    hints = get_type_hints(
        SimpleNamespace(__annotations__=own), globalns=vars(sys.modules[shape.__module__])
    )
    return hints, frozenset(shape.__required_keys__) & frozenset(own)


def _is_option(shape: Any, name: str) -> bool:
    return name in _OPTIONS and shape.__annotations__[name] == RequestOptions.__annotations__[name]


def _typed_dict(raw: Mapping[str, Any], shape: Any, *, path: str) -> dict[str, Any]:
    fields, required = _fields(shape)
    result: dict[str, Any] = {}
    for key, value in raw.items():
        where = f"{path}[{key}]" if path else key
        if key not in fields:
            raise _unknown(where)
        if value is not None:
            result[key] = _value(value, fields[key], path=where)
    for key in sorted(required - result.keys()):
        where = f"{path}[{key}]" if path else key
        raise StripeRefusal(
            f"Missing required param: {where}.", code="parameter_missing", param=where
        )
    return result


def _value(value: Any, declared: Any, *, path: str) -> Any:
    words, kinds = _choices(declared)
    if words and isinstance(value, str) and value in words:
        return value
    if any(word != "" for word in words):
        kinds = tuple(kind for kind in kinds if kind is not str)
        if not kinds:
            named = ", ".join(word for word in words if word != "")
            raise StripeRefusal(f"Invalid {path}: must be one of {named}", param=path)
    refusal: StripeRefusal | None = None
    for kind in sorted(kinds, key=lambda one: not _fits(value, one)):
        try:
            return _one(value, kind, path=path)
        except StripeRefusal as wrong:
            refusal = refusal or wrong
    raise refusal or StripeRefusal(f"Invalid {path}", param=path)


@cache
def _choices(declared: Any) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    """Return the allowed words and the other kinds of a declared type, unions taken apart."""
    words: list[str] = []
    kinds: list[Any] = []
    for member in _members(declared):
        if get_origin(member) is Literal:
            words += [str(word) for word in get_args(member)]
        elif member is not NoneType and not _is_answer(member):
            kinds.append(member)
    return tuple(words), tuple(kinds)


def _is_answer(member: Any) -> bool:
    """Tell whether it is an object of an earlier answer; the client unfolds those."""
    plain = get_origin(member) or member
    return isinstance(plain, type) and issubclass(plain, StripeObject)


def _members(declared: Any) -> Iterable[Any]:
    if get_origin(declared) in (Union, UnionType):
        for member in get_args(declared):
            yield from _members(member)
    else:
        yield declared


def _fits(value: Any, kind: Any) -> bool:
    """Tell whether text meets a plain kind, or a tree a composite one."""
    composite = get_origin(kind) in (list, dict) or hasattr(kind, "__required_keys__")
    return isinstance(value, dict | list) == composite


def _one(value: Any, kind: Any, *, path: str) -> Any:
    origin = get_origin(kind)
    if hasattr(kind, "__required_keys__"):
        if not isinstance(value, dict):
            raise StripeRefusal("Invalid object", code="parameter_invalid_object", param=path)
        return _typed_dict(value, kind, path=path)
    if origin is list:
        return _list(value, get_args(kind)[0], path=path)
    if origin is dict:
        if not isinstance(value, dict):
            raise StripeRefusal("Invalid object", code="parameter_invalid_object", param=path)
        inner = get_args(kind)[1]
        return {
            key: item if item == "" else _value(item, inner, path=f"{path}[{key}]")
            for key, item in value.items()
        }
    if kind is Any:
        return value
    if isinstance(value, dict | list):
        raise StripeRefusal(f"Invalid {path}: must be a plain value", param=path)
    return _plain(value, kind, path=path)


def _list(value: Any, inner: Any, *, path: str) -> list[Any]:
    if isinstance(value, dict):
        if not all(key.isdigit() for key in value):
            raise StripeRefusal("Invalid array", code="parameter_invalid_array", param=path)
        value = [value[key] for key in sorted(value, key=int)]
    if not isinstance(value, list):
        raise StripeRefusal("Invalid array", code="parameter_invalid_array", param=path)
    return [_value(item, inner, path=f"{path}[{place}]") for place, item in enumerate(value)]


def _plain(value: Any, kind: Any, *, path: str) -> Any:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if kind is str:
        if text == "":
            raise StripeRefusal(
                f"You passed an empty string for '{path}'. We assume empty values are an attempt "
                f"to unset a parameter; however '{path}' cannot be unset.",
                code="parameter_invalid_empty",
                param=path,
            )
        if not isinstance(value, str):
            raise StripeRefusal(f"Invalid string: {text}", param=path)
        return value
    if kind is bool:
        if text not in ("true", "false"):
            raise StripeRefusal(f"Invalid boolean: {text}", param=path)
        return text == "true"
    if kind is int:
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit()):
            raise StripeRefusal(
                f"Invalid integer: {text}", code="parameter_invalid_integer", param=path
            )
        return int(text)
    try:
        return Decimal(text)
    except InvalidOperation:
        raise StripeRefusal(f"Invalid decimal: {text}", param=path) from None


def _unknown(path: str) -> StripeRefusal:
    return StripeRefusal(
        f"Received unknown parameter: {path}", code="parameter_unknown", param=path
    )
