"""The summary as a DOCX file: headings, quotes in their language and direction, and nobody invented as its author."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from docx import Document
from docx.oxml.ns import qn

from assistant import wording
from assistant.exports.docx import docx
from assistant.service import Service
from assistant.summary_page import Paragraph, Statement, SummaryPage
from assistant.texts import Catalogs
from assistant.wording import Quote
from tests.exports.cases import ARABIC, detail_of, page_of, sent
from tests.libreoffice import NEEDS_LIBREOFFICE, converted

HOSTILE = "\x00\x0b\ud800\uffff\u202eeman"


def small(*words: str | Quote, name: str = "Selam") -> SummaryPage:
    """A page with one paragraph of these words."""
    said = (Statement(words=words),)
    return SummaryPage(
        reference="ABC-123",
        name=name,
        first_contact="2026-03-05",
        visit_by="2026-03-19",
        plan_by="2026-06-05",
        paragraphs=(Paragraph(number=1, topic="t", label="Goal", sentences=said, printed=1),),
    )


def opened(body: bytes) -> Any:
    return Document(io.BytesIO(body))


def runs(document: Any) -> Iterator[Any]:
    return (run for paragraph in document.paragraphs for run in paragraph.runs)


def text_of(document: Any) -> str:
    return "\n".join(paragraph.text for paragraph in document.paragraphs)


def plain(text: str) -> str:
    """A text in one line and without marks of direction."""
    return " ".join(re.sub("[\u200e\u2066-\u2069]", "", text).split())


async def test_it_says_what_the_page_says(service: Service) -> None:
    page = page_of(service, await detail_of(service, await sent(service, "layla")))
    document = opened(docx(page, service.words("sv")))
    told = plain(text_of(document))
    assert page.reference in told
    for part in (page.urgent, page.banner, page.booking, page.take_up, *(one.sentences for one in page.paragraphs)):
        for one in part:
            assert (plain(wording.plain(one.words, mark="-")) in told) is not one.private
    for kind in page.unanswered:
        assert all(question in told for question in kind.questions)


async def test_headings_are_headings_and_attention_is_a_list(service: Service) -> None:
    page = page_of(service, await detail_of(service, await sent(service, "ali")))
    document = opened(docx(page, service.words("sv")))
    headings = [(one.style.name, one.text) for one in document.paragraphs if one.style.name.startswith("Heading")]
    assert headings[0] == ("Heading 1", f"Ali {page.reference}")
    assert headings[1] == ("Heading 2", "Akut")
    for paragraph in page.paragraphs:
        assert ("Heading 2", f"{paragraph.number} {paragraph.label}") in headings
    listed = [one.text for one in document.paragraphs if one.style.name == "List Bullet"]
    assert any("070-000 00 05" in one and "after 4 in the afternoon" in one for one in listed)


def test_the_paper_is_a4_and_the_language_is_the_readers(catalogs: Catalogs) -> None:
    for locale in ("sv", "en"):
        body = docx(small("Own"), catalogs.words(locale))
        document = opened(body)
        section = document.sections[0]
        assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
        languages = {one.get(qn("w:val")) for one in document.styles.element.iter(qn("w:lang"))}
        assert languages == {locale}


def test_no_author_and_no_other_moment_is_invented(catalogs: Catalogs) -> None:
    body = docx(small("Own"), catalogs.words("sv"))
    told = opened(body).core_properties
    assert (told.title, told.language) == ("Ärende ABC-123", "sv")
    assert {told.author, told.last_modified_by, told.comments, told.keywords, told.category, told.subject} == {""}
    properties = zipfile.ZipFile(io.BytesIO(body)).read("docProps/core.xml").decode()
    assert "python-docx" not in properties
    assert "20" not in properties.partition("<dc:title>")[2]


def test_own_words_are_quotes_in_their_language_and_direction(catalogs: Catalogs) -> None:
    arabic, english = Quote(ARABIC, "ar", "rtl", True), Quote("to cook", "en", "ltr", True)
    document = opened(docx(small("Goal: ", english, ". ", arabic, ", 2016."), catalogs.words("sv")))
    found = {run.text: run for run in runs(document) if run.style.name == "Quote Char"}
    left, right = found["”to cook”"]._r.rPr, found[f"”{ARABIC}”"]._r.rPr
    assert left.find(qn("w:lang")).get(qn("w:val")) == "en"
    assert left.find(qn("w:rtl")) is None
    assert right.find(qn("w:lang")).get(qn("w:bidi")) == "ar"
    assert right.find(qn("w:rtl")) is not None


@pytest.mark.parametrize(
    ("words", "whole"),
    [
        ((Quote(ARABIC, "ar", "rtl", True),), True),
        (("Goal: ", Quote(ARABIC, "ar", "rtl", True)), False),
        ((Quote("to cook", "en", "ltr", True),), False),
    ],
)
def test_only_a_paragraph_of_nothing_but_arabic_words_begins_at_the_right(
    catalogs: Catalogs, words: tuple[str | Quote, ...], whole: bool
) -> None:
    document = opened(docx(small(*words), catalogs.words("sv")))
    last = document.paragraphs[-1]
    assert (last._p.pPr is not None and last._p.pPr.find(qn("w:bidi")) is not None) is whole


def test_control_characters_and_turned_words_come_out_harmless(catalogs: Catalogs) -> None:
    page = small(f"Own {HOSTILE}", Quote(HOSTILE, "en", "ltr", True), name=HOSTILE)
    page = msgspec.structs.replace(page, reference="ABC-123")
    told = text_of(opened(docx(page, catalogs.words("sv"))))
    assert told.count("eman") == 3
    assert not any(sign in told for sign in ("\u202e", "\x00", "\x0b", "\ud800"))


@pytest.mark.slow
@NEEDS_LIBREOFFICE
@pytest.mark.parametrize("name", ["layla", "fullest in Arabic", "fullest in Ethiopic"])
async def test_libreoffice_opens_it_and_reads_the_same_words(service: Service, tmp_path: Path, name: str) -> None:
    page = page_of(service, await detail_of(service, await sent(service, name)))
    source = tmp_path / "one.docx"
    source.write_bytes(docx(page, service.words("sv")))
    text = await converted(source, "txt:Text (encoded):UTF8")
    read = plain(text.read_text("utf-8-sig"))
    for part in (page.banner, page.booking, page.take_up, *(one.sentences for one in page.paragraphs)):
        for one in part:
            assert (plain(wording.plain(one.words, mark="-")) in read) is not one.private
