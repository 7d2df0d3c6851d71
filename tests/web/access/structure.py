"""What a page lacks for somebody who does not see it, or has no mouse."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

VOID: Final = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "wbr"})
NAMED: Final = frozenset({"a", "button", "label", "legend", "option", "summary", "th", "title"})
FIELDS: Final = frozenset({"input", "select", "textarea"})
NO_FIELD: Final = frozenset({"hidden", "submit", "button", "image", "reset"})


@dataclass(slots=True, eq=False)
class Element:
    """A tag, where it stands, and the words in it."""

    tag: str
    attributes: dict[str, str]
    within: tuple[Element, ...]
    words: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What it is called for those who hear it."""
        said = self.attributes.get("aria-label") or self.attributes.get("aria-labelledby")
        return said or "".join(self.words).strip()

    def __str__(self) -> str:
        shown = ("id", "name", "href", "class")
        told = "".join(
            f' {key}="{self.attributes[key]}"' for key in shown if key in self.attributes
        )
        return f"<{self.tag}{told}>"


class Page(HTMLParser):
    """All elements of a page, in their order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {key: value or "" for key, value in attrs}, tuple(self._open))
        self.elements.append(element)
        if tag == "img":
            self.handle_data(element.attributes.get("alt", ""))
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        while any(each.tag == tag for each in self._open):
            if self._open.pop().tag == tag:
                return

    def handle_data(self, data: str) -> None:
        for each in self._open:
            each.words.append(data)

    def all(self, *tags: str) -> list[Element]:
        """The elements of these kinds, in their order."""
        return [each for each in self.elements if each.tag in tags]


def faults(text: str) -> list[str]:
    """Return what is wrong with a page, a sentence each; empty when nothing is."""
    page = Page(text)
    found = [_frame(page), _headings(page), _fields(page), _tables(page), _names(page)]
    return [fault for each in [*found, _skips(page)] for fault in each]


def _frame(page: Page) -> list[str]:
    found = [
        f"{len(page.all(tag))} of <{tag}>" for tag in ("main", "h1") if len(page.all(tag)) != 1
    ]
    if not any(each.attributes.get("lang") for each in page.all("html")):
        found.append("no language")
    ids = Counter(each.attributes["id"] for each in page.elements if "id" in each.attributes)
    return found + [f"{count} elements are #{one}" for one, count in ids.items() if count > 1]


def _headings(page: Page) -> list[str]:
    found, before = [], 0
    for each in page.all("h1", "h2", "h3", "h4", "h5", "h6"):
        level = int(each.tag[1])
        if level > before + 1:
            found.append(f"{each} “{each.name}” comes after a heading of level {before}")
        before = level
    return found


def _skips(page: Page) -> list[str]:
    """Links to a place of the page that it does not have lead who presses them nowhere."""
    places = {f"#{each.attributes.get('id')}" for each in page.elements}
    return [
        f"{each} leads nowhere"
        for each in page.all("a")
        if each.attributes.get("href", "").startswith("#") and each.attributes["href"] not in places
    ]


def _fields(page: Page) -> list[str]:
    labelled = {each.attributes.get("for") for each in page.all("label") if each.name}
    return [
        f"{each} has no label"
        for each in page.all(*FIELDS)
        if each.attributes.get("type") not in NO_FIELD
        and each.attributes.get("id") not in labelled
        and not any(around.tag == "label" for around in each.within)
        and not each.name
    ]


def _tables(page: Page) -> list[str]:
    heads = page.all("th")
    found = [f"{each} “{each.name}” says not what it heads" for each in heads if not _scoped(each)]
    headed = {around for each in heads for around in each.within}
    found += [f"{each} has no heads" for each in page.all("table") if each not in headed]
    called = {each.within[-1] for each in page.all("caption") if each.name}
    return found + [
        f"{each} says not what it is of"
        for each in page.all("table")
        if each not in called and not each.attributes.get("aria-label")
    ]


def _scoped(head: Element) -> bool:
    return head.attributes.get("scope") in {"col", "row"}


def _names(page: Page) -> list[str]:
    return [f"{each} has no name" for each in page.all(*NAMED) if not each.name]
