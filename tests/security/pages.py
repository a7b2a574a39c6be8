"""A page as a browser takes it: its elements, and the words that stand in them."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import NamedTuple


class Drawn(NamedTuple):
    """``elements``: the tag and the names of the attributes of each, in order, line ends left out. ``addresses``: what
    is linked to or loaded. ``words``: all text, and what stands in fields."""

    elements: tuple[str, ...]
    addresses: frozenset[str]
    words: str


def drawn(html: str) -> Drawn:
    """Read a page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return Drawn(tuple(reader.elements), frozenset(reader.addresses), "".join(reader.words))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements, self.addresses, self.words = list[str](), set[str](), list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = dict(attrs)
        # How many lines words have is theirs; the direction and language of words follow from the words.
        if tag not in ("br", "span", "wbr"):
            self.elements.append(" ".join((tag, *sorted(at))))
        assert len(at) == len(attrs), "an attribute is there twice"
        self.addresses |= {value or "" for name, value in attrs if name in ("href", "src", "action", "formaction")}
        self.words += [value or "" for name, value in attrs if name in ("value", "aria-label", "title", "alt")]

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_decl(self, decl: str) -> None:
        assert decl == "doctype html", decl

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"a declaration: {data}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data}")
