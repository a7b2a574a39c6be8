"""What the forms of the summary share: nothing private is in any of them."""

from __future__ import annotations

import msgspec

from assistant.exports.parts import parts, shareable
from assistant.service import Service
from assistant.summary_page import Paragraph, Statement, SummaryPage
from assistant.texts import Catalogs

OPEN, SECRET = Statement(words=("open",)), Statement(words=("secret",), private=True)


def paragraph(*sentences: Statement, printed: int, number: int = 1) -> Paragraph:
    return Paragraph(number=number, topic="t", label="Label", sentences=sentences, printed=printed)


PAGE = SummaryPage(
    reference="ABC-123",
    name="",
    first_contact="2026-03-05",
    visit_by="2026-03-19",
    plan_by="2026-06-05",
    urgent=(SECRET,),
    banner=(OPEN, SECRET),
    booking=(SECRET, OPEN),
    paragraphs=(paragraph(SECRET, OPEN, OPEN, printed=2), paragraph(SECRET, printed=1, number=2)),
    take_up=(SECRET, OPEN),
)


def test_nothing_private_is_left_anywhere() -> None:
    made = shareable(PAGE)
    assert "secret" not in str(msgspec.to_builtins(made))
    assert (made.urgent, made.banner, made.booking, made.take_up) == ((), (OPEN,), (OPEN,), (OPEN,))


def test_a_paragraph_with_nothing_else_goes_with_its_heading() -> None:
    assert [one.number for one in shareable(PAGE).paragraphs] == [1]


def test_as_many_sentences_are_printed_as_before() -> None:
    (kept,) = shareable(PAGE).paragraphs
    assert (kept.sentences, kept.printed) == ((OPEN, OPEN), 1)


def test_every_place_on_the_page_that_holds_sentences_is_a_part(catalogs: Catalogs) -> None:
    """A page gets new places for sentences now and then: none may be forgotten in the forms that are given out."""
    places = {
        field.name: Statement(words=(field.name,))
        for field in msgspec.structs.fields(SummaryPage)
        if field.type in ("tuple[Statement, ...]", tuple[Statement, ...])
    }
    assert len(places) >= 4
    page = msgspec.structs.replace(PAGE, **{name: (one,) for name, one in places.items()}, paragraphs=())
    told = [one for part in parts(page, catalogs.words("en")) for one in part.statements]
    assert sorted(str(one.words) for one in told) == sorted(str(one.words) for one in places.values())


async def test_a_page_of_a_case_that_was_only_begun_has_no_parts(service: Service) -> None:
    page = msgspec.structs.replace(PAGE, urgent=(), banner=(), booking=(), paragraphs=(), take_up=())
    assert list(parts(page, service.words("sv"))) == []
