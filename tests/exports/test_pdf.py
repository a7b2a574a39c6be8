"""The summary as a PDF: one tagged sheet with its fonts, every line that must not be missed, and nothing private."""

from __future__ import annotations

import io
import logging
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import unused_port
from pypdf import PdfReader

from assistant import wording
from assistant.exports import pdf as making
from assistant.exports.pdf import PdfUnavailable, is_there, pdf, problems
from assistant.service import Service
from assistant.summary_page import SummaryPage
from tests.conftest import Client
from tests.exports.cases import ALL, ARABIC, ETHIOPIC, detail_of, page_of, sent
from tests.web.desk_visits import log_in

A4 = (595, 842)
SEVEN_AND_FULLEST = pytest.mark.parametrize("name", ALL)
pytestmark = pytest.mark.skipif(not is_there(), reason=f"Pango is not installed: apt-get install {making.PACKAGES}")


def plain(text: str) -> str:
    """A text without spaces and marks of direction: lines break where they may."""
    return re.sub("[\\s\u200e\u200f\u2066-\u2069]", "", text)


def html(body: str, head: str = "") -> str:
    return (
        f"<!doctype html><html lang=sv><head><title>A title</title>{head}</head><body><main>{body}</main></body></html>"
    )


async def given(client: Client, case: str, locale: str = "sv") -> bytes:
    answer = await client.get(f"/desk/cases/{case}/summary.pdf?locale={locale}")
    assert (answer.status, answer.content_type) == (200, "application/pdf"), await answer.text()
    return await answer.read()


def words_on(paper: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)


def fonts_of(paper: bytes) -> Iterator[Any]:
    for page in PdfReader(io.BytesIO(paper)).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            yield font.get_object()


def hold_their_fonts(paper: bytes) -> None:
    fonts = list(fonts_of(paper))
    assert fonts
    for font in fonts:
        (inner,) = font["/DescendantFonts"]
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & inner.get_object()["/FontDescriptor"].keys()
        assert "/ToUnicode" in font


def kinds(element: Any) -> Iterator[str]:
    """The kinds of all elements of a structure tree, in reading order."""
    element = element.get_object()
    if isinstance(element, list):
        for one in element:
            yield from kinds(one)
    elif isinstance(element, dict):
        yield from [str(element["/S"])] if "/S" in element else []
        yield from kinds(element["/K"]) if "/K" in element else []


def must_stand(page: SummaryPage) -> list[str]:
    """What of a page may be missing on no paper."""
    lines = [*page.urgent, *page.banner, *page.take_up]
    return [part for one in lines if not one.private for part in one.words if isinstance(part, str)]


@SEVEN_AND_FULLEST
async def test_it_is_one_sheet_of_a4_with_every_line_of_attention(client: Client, service: Service, name: str) -> None:
    case = await sent(service, name)
    await log_in(client, service)
    for locale in ("sv", "en"):
        paper = await given(client, case, locale)
        pages = PdfReader(io.BytesIO(paper)).pages
        assert len(pages) == 1
        assert tuple(round(side) for side in pages[0].mediabox[2:]) == A4
        told, page = plain(words_on(paper)), page_of(service, await detail_of(service, case), locale)
        assert [line for line in must_stand(page) if plain(line) not in told] == []
        assert plain(page.reference) in told


@SEVEN_AND_FULLEST
async def test_every_font_is_in_it_and_what_is_for_the_office_only_is_not(
    client: Client, service: Service, name: str
) -> None:
    case = await sent(service, name)
    await log_in(client, service)
    paper, page = await given(client, case), page_of(service, await detail_of(service, case))
    private = [one for one in (*page.urgent, *page.banner, *page.booking, *page.take_up) if one.private]
    assert private or name not in ("layla", "erik", "kent")
    told = plain(words_on(paper))
    assert [one for one in private if plain(wording.plain(one.words)) in told] == []
    hold_their_fonts(paper)


async def test_a_template_is_never_given_a_private_line(
    client: Client, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even hidden: what is made into a PDF does not hold it."""
    seen: list[str] = []

    async def noting(html: str, *, style: str = "") -> bytes:
        seen.append(html)
        return b"%PDF"

    monkeypatch.setattr("assistant.server.desk_exports.pdf", noting)
    case = await sent(service, "layla")
    await log_in(client, service)
    await given(client, case)
    assert "Bokning" in seen[0]
    assert "enskilt samtal" not in re.sub("Enskilt samtal: erbjuds", "", seen[0])


async def test_it_is_tagged_and_says_title_and_language(client: Client, service: Service) -> None:
    case = await sent(service, "layla")
    await log_in(client, service)
    paper = PdfReader(io.BytesIO(await given(client, case)))
    root: Any = paper.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"], root["/ViewerPreferences"]["/DisplayDocTitle"]) == (
        "sv",
        True,
        True,
    )
    assert paper.metadata is not None
    assert re.fullmatch(r"Ärende \w{3}-\w{3} · Klarbild", str(paper.metadata.title))
    assert not paper.metadata.author
    assert b'pdfuaid:part="1"' in root["/Metadata"].get_object().get_data()
    found = list(kinds(root["/StructTreeRoot"]["/K"]))
    assert found.count("/H1") == 1
    assert found.count("/H2") >= 8
    assert {"/P", "/L", "/LI"} <= set(found)


@pytest.mark.parametrize(
    ("name", "words"), [("fullest in Arabic", ARABIC), ("fullest in Ethiopic", ETHIOPIC)], ids=["Arabic", "Ethiopic"]
)
async def test_words_of_other_scripts_come_out_in_the_order_in_which_they_were_written(
    client: Client, service: Service, name: str, words: str
) -> None:
    case = await sent(service, name)
    await log_in(client, service)
    paper = await given(client, case)
    assert " ".join(words_on(paper).split()).count(words) >= 3


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="needs poppler-utils")
async def test_another_program_too_reads_arabic_words_in_order(
    client: Client, service: Service, tmp_path: Path
) -> None:
    case = await sent(service, "layla")
    await log_in(client, service)
    (tmp_path / "one.pdf").write_bytes(await given(client, case))
    done = subprocess.run(["pdftotext", tmp_path / "one.pdf", "-"], capture_output=True, text=True, check=True)  # noqa: ASYNC221
    assert "مساعدة في روضة أطفال" in re.sub("[\u202a-\u202e\u2066-\u2069]", "", done.stdout)


async def test_a_page_that_is_a_little_too_long_is_made_smaller_and_a_long_one_is_not() -> None:
    for lines, sheets in ((50, 1), (400, 10)):
        paper = PdfReader(io.BytesIO(await pdf(html("<p style='margin:0'>Words" * lines))))
        assert (len(paper.pages) == 1) is (sheets == 1)
        assert tuple(round(side) for side in paper.pages[0].mediabox[2:]) == A4
    assert len(PdfReader(io.BytesIO(await pdf(html("<p style='margin:0'>Words" * 50), one_sheet=False))).pages) == 2


async def test_the_fullest_case_is_one_sheet_in_wider_letters_too(
    client: Client, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the office's server has no font as narrow as Arial."""
    wide = "@media print { :root, [dir] { font-family: 'Noto Sans', 'Noto Sans Arabic' !important } }"
    monkeypatch.setattr("assistant.server.desk_exports.pdf", lambda html, *, style: pdf(html, style=style + wide))
    case = await sent(service, "fullest in Latin")
    await log_in(client, service)
    paper = await given(client, case)
    assert len(PdfReader(io.BytesIO(paper)).pages) == 1
    assert any("Noto-Sans" in str(font["/BaseFont"]) for font in fonts_of(paper))


async def test_nothing_is_fetched_from_anywhere(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("a secret of the server")
    port = unused_port()
    with socket.create_server(("127.0.0.1", port)) as listening:
        listening.settimeout(0.01)
        web, file = f"http://127.0.0.1:{port}/x", (tmp_path / "secret.txt").as_uri()
        head = "".join(
            f"<link rel=stylesheet href='{one}'><link rel=attachment href='{one}'>"
            f"<style>@import url({one}); p {{ background: url({one}) }}</style>"
            for one in (web, file)
        )
        body = "".join(f"<p>Words<img src='{one}' alt=x><object data='{one}'></object>" for one in (web, file))
        paper = await pdf(html(body, head))
        with pytest.raises(TimeoutError):
            listening.accept()
    assert b"EmbeddedFile" not in paper
    assert PdfReader(io.BytesIO(paper)).attachments == {}
    assert "Words" in words_on(paper)
    assert "secret" not in words_on(paper)


async def test_only_the_content_is_taken_and_nothing_that_stands_on_the_screen() -> None:
    body = "a<b class='x on-screen'>hidden</b>b <a href='/desk'>link</a> <bdi>שלום</bdi><p class=tools>tools</p>end"
    page = html(body).replace("<body>", "<body><header>top</header>")
    paper = await pdf(page)
    assert plain(words_on(paper)) == "ablinkשלוםend"
    assert "/Annots" not in PdfReader(io.BytesIO(paper)).pages[0]


async def test_words_that_no_font_has_stand_in_no_log() -> None:
    heard, log = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(heard), log.level
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
    try:
        await pdf(html("<p>\U000f0000 \u0378 Selam"))
        log.warning("heard")
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
    assert heard.getvalue() == "heard\n"


async def test_without_its_libraries_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "is_there", lambda: False)
    with pytest.raises(PdfUnavailable, match=r"Pango .* apt-get install libpango-1\.0-0 .*fonts-noto-core"):
        await pdf(html("<p>Words"))
    (line,) = problems()
    assert "libharfbuzz-subset0" in line


def test_a_script_that_no_font_here_has_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert problems() == []
    monkeypatch.setattr(making, "_LETTERS", {"Latin": "a", "Unheard": "\U000f0000"})
    (line,) = problems()
    assert "Unheard letters" in line
    assert "Latin" not in line


async def test_an_arabic_twin_record_keeps_the_order_of_its_words_and_its_fonts(
    client: Client, service: Service
) -> None:
    case = await sent(service, "layla")
    await log_in(client, service)
    answer = await client.get(f"/desk/cases/{case}/twin.pdf")
    assert (answer.status, answer.content_type) == (200, "application/pdf")
    paper = await answer.read()
    words = plain(words_on(paper))
    # In each language a heading and a sentence, and what she wrote herself: letter by letter in the order of reading.
    for text in ("اللهجةالسورية", "أريدأنأعملمعالأطفال", "Måloch", "Arbetenu:nej"):
        assert plain(text) in words, text
    hold_their_fonts(paper)
    assert "Önskarenskilt" not in words
