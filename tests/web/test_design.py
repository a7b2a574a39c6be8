"""The page that shows every part of the applicant's pages: it is whole and true, and only the demonstration has it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Awaitable, Callable
from html.parser import HTMLParser

import pytest
from aiohttp.web import Application
from jinja2 import nodes

from assistant.languages import LANGUAGES
from assistant.server import design
from assistant.server.app import make_app
from assistant.server.design_samples import SAMPLES
from assistant.server.keys import PAGES
from assistant.service import Service
from tests.conftest import Client

ONLY_WITH_SCRIPT = {"live"}
"""Classes that the script gives."""

POINTERS = ("for", "form", "aria-describedby", "aria-labelledby")


class Elements(HTMLParser):
    """The elements of a page in order, and how each header and footer is built."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.all: list[tuple[str, dict[str, str]]] = []
        self.built: dict[str, list[list[str]]] = {"header": [], "footer": []}
        self._within = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        self.all.append((tag, at))
        if tag in self.built:
            self._within = tag
            self.built[tag].append([])
        elif self._within:
            self.built[self._within][-1].append(f"{tag}.{at.get('class', '')}")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._within:
            self._within = ""


@pytest.fixture
async def demo(aiohttp_client: Callable[[Application], Awaitable[Client]], service: Service) -> Client:
    return await aiohttp_client(make_app(service, secure=False, demo=True))


@pytest.fixture
async def page(demo: Client) -> str:
    answer = await demo.get("/design")
    assert answer.status == 200
    return await answer.text()


@pytest.fixture
def parsed(demo: Client) -> dict[str, nodes.Template]:
    """The templates of the components and of the page, as they are parsed."""
    templates = demo.app[PAGES].templates
    assert templates.loader
    return {
        name: templates.parse(templates.loader.get_source(templates, f"chat/{name}.html")[0])
        for name in ("components", "design")
    }


async def test_only_the_demonstration_has_it(client: Client) -> None:
    assert (await client.get("/design")).status == 404


async def test_it_comes_with_the_style_and_the_policy_of_every_page(demo: Client, page: str) -> None:
    answer = await demo.get("/design")
    pages = demo.app[PAGES]
    assert answer.headers["Content-Security-Policy"] == pages.policies["chat"]
    assert f"<style>{pages.styles['chat']}</style>" in page
    assert " style=" not in page and "<script" not in page


def test_every_component_stands_on_it(parsed: dict[str, nodes.Template]) -> None:
    calls = {
        macro.name: {call.node.name for call in macro.find_all(nodes.Call) if isinstance(call.node, nodes.Name)}
        for macro in parsed["components"].find_all(nodes.Macro)
    }
    named = parsed["design"].find_all(nodes.Getattr)
    shown = {one.attr for one in named if isinstance(one.node, nodes.Name) and one.node.name == "ui"}
    assert {"bubble", "field", "foot", "notice"} <= shown <= set(calls)
    while more := {name for one in shown for name in calls[one] if name in calls} - shown:
        shown |= more
    assert shown == set(calls)


async def test_every_class_of_the_style_sheet_stands_on_it(demo: Client, page: str) -> None:
    known = set(re.findall(r"\.([a-z]\w*)", str(demo.app[PAGES].styles["chat"])))
    there = {name for _, at in Elements(page).all for name in at.get("class", "").split()}
    assert known - there == ONLY_WITH_SCRIPT


async def test_every_sample_stands_in_its_language_and_direction(page: str) -> None:
    sections = {(at["lang"], at["dir"]) for tag, at in Elements(page).all if tag == "section" and "lang" in at}
    languages = [LANGUAGES[sample.tag] for sample in SAMPLES]
    assert {one.direction for one in languages} == {"ltr", "rtl"}
    assert sections == {(one.html, one.direction) for one in languages}
    for sample in SAMPLES:
        assert sample.question in page and sample.answered in page


def test_the_samples_say_the_same_words_of_the_components() -> None:
    own = [sample.said for sample in SAMPLES if sample.said]
    assert len(own) >= 4 and all(one.keys() == own[0].keys() and all(one.values()) for one in own)


async def test_ids_are_unique_and_what_points_to_them_finds_them(page: str) -> None:
    elements = Elements(page).all
    ids = Counter(at["id"] for _, at in elements if "id" in at)
    assert [one for one, times in ids.items() if times > 1] == []
    pointed = {one for _, at in elements for name in POINTERS for one in at.get(name, "").split()}
    pointed |= {at["href"][1:] for _, at in elements if at.get("href", "").startswith("#")}
    assert pointed <= set(ids)


async def test_nothing_on_it_can_be_sent_to_a_conversation(page: str) -> None:
    forms = [at for tag, at in Elements(page).all if tag == "form"]
    assert forms and all(at["action"] == "/design" and at.get("method", "get") == "get" for at in forms)
    assert "formaction" not in page


async def test_the_samples_of_header_and_footer_are_built_like_the_real_ones(page: str) -> None:
    real_header, *headers = (list(dict.fromkeys(one)) for one in Elements(page).built["header"])
    *footers, real_footer = (set(one) for one in Elements(page).built["footer"])
    assert len(headers) == len(footers) == len(SAMPLES)
    assert headers == [real_header] * len(headers)
    # A number can be tapped; the real footer has only a name as long as nobody has set one.
    assert all(one <= {*real_footer, "bdi."} for one in footers)


async def test_every_colour_can_be_read_on_what_it_stands_on(demo: Client) -> None:
    style = str(demo.app[PAGES].styles["chat"])
    assert list(design.palettes(style)) == ["light", "dark"]
    lines = {f"{ground.name}: {line.text}" for ground in design.grounds(style) for line in ground.lines}
    assert len(lines) == 30
    assert {line for line in lines if "needs" in line} == set()


def test_a_colour_that_cannot_be_read_says_what_it_needs() -> None:
    grounds = "--ground:#fff;--card:#fff;--mine:#fff;--accent:#000;--on:#fff"
    palette = f":root{{{grounds};--ink:#777;--soft:#000;--wrong:#000;--line:#999}}"
    found = [line.text for ground in design.grounds(palette * 2) for line in ground.lines]
    assert "ink 4.48 to 1, needs 7" in found and "line 2.85 to 1, needs 3" in found and "on 21.00 to 1" in found
    assert design.sizes(
        "h1{font-size:1.4rem}body{font:1.0625rem/1.55 x}p{font-size:.9375rem}small{font-size:.9375rem}"
    ) == [
        "1.4rem",
        "1.0625rem",
        "0.9375rem",
    ]
