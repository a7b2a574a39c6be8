"""The caseworker's page as a DOCX file (Office Open XML, ECMA-376), to be edited in the office's own words.

Headings are headings, a person's own words are marked as quotes in their language, and what is written from right to
left says so: a word processor must not guess. Nobody is named as its author.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any, Final

from assistant.bidi import direction_of
from assistant.exports.cleaning import clean
from assistant.exports.parts import Part, approved_line, dates_line, kind_line, parts, shareable
from assistant.summary_page import Statement, SummaryPage
from assistant.summary_widths import BY_MACHINE
from assistant.texts import Words
from assistant.wording import Quote, Segment
from assistant.wording.segments import MARK

MEDIA: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
"""The media type of the file."""

_A4_MM: Final = (210, 297)
_MARGIN_MM: Final = 18
_FONT: Final = "Arial"
_POINTS: Final = {"Normal": 10.5, "Heading 1": 16, "Heading 2": 11.5}
# Figures and marks behind Arabic words would join them; word processors know this mark, but not all know isolates.
_FROM_LEFT: Final = "\u200e"
_QUOTE: Final = "Quote Char"
_PROPERTIES: Final = ("author", "last_modified_by", "comments", "category", "keywords", "subject")


def docx(page: SummaryPage, words: Words) -> bytes:
    """The page as a DOCX file."""
    return _Writer(shareable(page), words).file()


class _Writer:
    def __init__(self, page: SummaryPage, words: Words) -> None:
        # Loaded here: it takes a quarter of a second, and only those who want a file need it.
        from docx import Document  # noqa: PLC0415

        self.page, self.words = page, words
        self.document: Any = Document()

    def file(self) -> bytes:
        self.set_up()
        self.head()
        for part in parts(self.page, self.words):
            self.part(part)
        self.rest()
        target = io.BytesIO()
        self.document.save(target)
        return target.getvalue()

    # -- the whole document ----------------------------------------------------------------------------------------

    def set_up(self) -> None:
        """Paper, fonts and language, and properties that invent nobody."""
        from docx.shared import Mm, Pt, RGBColor  # noqa: PLC0415

        section = self.document.sections[0]
        section.page_width, section.page_height = map(Mm, _A4_MM)
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(_MARGIN_MM)
        for name, points in _POINTS.items():
            style = self.document.styles[name]
            style.font.size = Pt(points)
            style.font.color.rgb = RGBColor(0, 0, 0)
            _fonts(style)
            style.paragraph_format.space_before = Pt(0 if name == "Normal" else 7)
            style.paragraph_format.space_after = Pt(2)
        for name in ("List Bullet", _QUOTE):
            self.document.styles[name].font.italic = False
        for default in self.document.styles.element.iter(_q("w:lang")):
            default.set(_q("w:val"), self.words.language.html)
        for name in _PROPERTIES:
            setattr(self.document.core_properties, name, "")
        self.document.core_properties.title = self.words.gettext("Case {reference}", reference=self.page.reference)
        self.document.core_properties.language = self.words.language.html
        for moment in ("created", "modified"):
            _remove(self.document.core_properties._element, f"dcterms:{moment}")
        foot = f"{self.page.reference} · {self.words.gettext('Own statements, not assessed')}"
        section.footer.paragraphs[0].add_run(foot)

    def head(self) -> None:
        self.document.add_paragraph(kind_line(self.words))
        heading = self.document.add_heading(level=1)
        if self.page.name:
            self.run(heading, Quote(self.page.name, "", _direction(self.page.name), False))
            heading.add_run(" ")
        heading.add_run(self.page.reference)
        for line in (dates_line(self.page, self.words), approved_line(self.page, self.words)):
            if line:
                self.document.add_paragraph(line)

    def part(self, part: Part) -> None:
        number = f"{part.number} " if part.number else ""
        mark = f" ({part.mark})" if part.mark else ""
        self.document.add_heading(clean(f"{number}{part.label}{mark}"), level=2)
        if part.way == "run":
            self.paragraph(part.statements)
        else:
            for one in part.statements:
                self.paragraph((one,), style="List Bullet")

    def rest(self) -> None:
        """What has no sentences: questions without an answer, and the lines of a dialog that is no more."""
        if self.page.unanswered:
            self.document.add_heading(self.words.gettext("Without an answer"), level=2)
        for kind in self.page.unanswered:
            paragraph = self.document.add_paragraph()
            paragraph.add_run(f"{kind.label}: ").bold = True
            self.run(paragraph, " · ".join(kind.questions))
        for line in self.page.lines:
            paragraph = self.document.add_paragraph()
            paragraph.add_run(f"{clean(line.question)} ").bold = True
            answer = line.swedish or line.answer
            self.run(paragraph, Quote(answer, "", _direction(answer), False))

    # -- words -----------------------------------------------------------------------------------------------------

    def paragraph(self, statements: Iterable[Statement], style: str = "Normal") -> None:
        paragraph = self.document.add_paragraph(style=style)
        segments = list(_spaced(statements))
        for segment in segments:
            self.run(paragraph, segment)
        quotes = [one for one in segments if isinstance(one, Quote)]
        if quotes and len(quotes) == len(segments) and all(one.dir == "rtl" for one in quotes):
            paragraph._p.get_or_add_pPr().append(_element("w:bidi"))

    def run(self, paragraph: Any, segment: Segment) -> None:
        """Words in a paragraph: ours as they are, a person's own with language and direction."""
        if isinstance(segment, str):
            paragraph.add_run(clean(segment))
            return
        marks = MARK if segment.marked else ""
        against = segment.dir == "rtl"
        if against:
            paragraph.add_run(_FROM_LEFT)
        run = paragraph.add_run(f"{marks}{clean(segment.text)}{marks}", style=_QUOTE)
        properties = run._r.get_or_add_rPr()
        if against:
            properties.append(_element("w:rtl"))
            paragraph.add_run(_FROM_LEFT)
        if segment.lang:
            properties.append(_element("w:lang", **{"w:bidi" if against else "w:val": segment.lang}))
        self.beside(paragraph, segment)

    def beside(self, paragraph: Any, quote: Quote) -> None:
        """What stands behind a quote: the name of its language, and what a machine made of it, marked as that."""
        if quote.language:
            paragraph.add_run(f" ({quote.language})")
        if quote.machine is not None:
            paragraph.add_run(f" [{self.words.gettext(BY_MACHINE)} ")
            self.run(paragraph, quote.machine)
            paragraph.add_run("]")


def _spaced(statements: Iterable[Statement]) -> Iterator[Segment]:
    for index, one in enumerate(statements):
        if index:
            yield " "
        yield from one.words


def _direction(text: str) -> Any:
    return direction_of(text) or "ltr"


def _q(name: str) -> str:
    from docx.oxml.ns import qn  # noqa: PLC0415

    return qn(name)


def _element(name: str, **attributes: str) -> Any:
    from docx.oxml import OxmlElement  # noqa: PLC0415

    made = OxmlElement(name)
    for attribute, value in attributes.items():
        made.set(_q(attribute), value)
    return made


def _fonts(style: Any) -> None:
    """The same font for all scripts; a word processor takes another one for letters that it lacks."""
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(_q(theme), None)
    for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(_q(script), _FONT)


def _remove(element: Any, name: str) -> None:
    found = element.find(_q(name))
    if found is not None:
        element.remove(found)
