"""The one page that a caseworker reads before the first visit: a case in the words of the profession.

Nothing on it is a judgement. What must not be missed stands first, what the person wants stands high, and what was not
answered is told neutrally. Words of the person's own stay as they were written, as quotes.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from assistant import wording
from assistant.bidi import shown
from assistant.core.dates import add_duration
from assistant.core.dialog import Attention, Dialog, Item, places
from assistant.core.record import Key
from assistant.core.record import Line as ApprovedLine
from assistant.core.sources import sources_of
from assistant.core.summary import Filler, Sentence, Summary
from assistant.desk import CaseDetail, MessageView, Partner
from assistant.hints_page import NOTHING_TO_CHECK, ToCheck, printed_lines, to_check
from assistant.languages import find
from assistant.settings import Settings
from assistant.store import ReadingRow
from assistant.summary_news import News, news
from assistant.summary_open import OpenKind, open_questions, told_once
from assistant.summary_widths import cut, in_print, width
from assistant.talks import SWEDEN
from assistant.texts import N_, Words
from assistant.wording import Segment

__all__ = ["Paragraph", "Statement", "SummaryPage", "Told", "Unanswered", "cut", "summary_page", "told"]

BOOKING: Final = "book"
"""The topic of a dialog whose sentences stand above the numbered paragraphs: what is to be booked."""

MOST_OPEN: Final = 8
"""How many questions without an answer are printed; the rest are counted."""

LONGEST_QUOTE: Final = 400
"""How many characters of a quote are printed."""

_FITTING: Final = ((False, LONGEST_QUOTE), (True, LONGEST_QUOTE), (True, 250), (True, 150), (True, 100), (True, 60))
"""What is tried so that the page fits one sheet: set densely or not, and how many characters of a quote are printed."""

# Lines and signs a line: at 10 points in two columns, and dense at 9.5 points over the whole width.
_ROOM: Final = {False: (52, 92), True: (64, 115)}
_LISTS: Final = ("list", "found")
_OTHER_READERS: Final = 6

_OPEN: Final[dict[OpenKind, str]] = {
    "skip": N_("Did not want to say"),
    "in_person": N_("Wants to tell at the visit"),
    "unknown": N_("Does not know"),
    "blank": N_("Not answered"),
}
_MESSAGES: Final = {"apply_now": N_("Wants to apply now"), "call_me": N_("Asks for a call")}
# Whether the other has answered; never what.
_PARTNER: Final[dict[Partner, str]] = {
    "invited": N_("Co-applicant: invited, has not begun to answer"),
    "begun": N_("Co-applicant: has begun to answer, not sent yet"),
    "sent": N_("Co-applicant: has answered"),
}


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence. A ``private`` one is for the eyes of the office only: it stands on the screen, never on paper.

    ``sources`` are the answers that it comes from (name of the fact, item of a repeat); ``new``: one of them reached
    the office after this reader last read the summary."""

    words: tuple[Segment, ...]
    private: bool = False
    sources: tuple[Key, ...] = ()
    new: bool = False


class Paragraph(msgspec.Struct, frozen=True, kw_only=True):
    """A numbered paragraph; ``number`` 0 is what is to be booked. Only the first ``printed`` sentences go on paper."""

    number: int
    topic: str
    label: str
    sentences: tuple[Statement, ...]
    printed: int


class Unanswered(msgspec.Struct, frozen=True, kw_only=True):
    """Questions without an answer, of one kind, as they were asked; what somebody who finished early has not met stands
    as one line of its sections. Only the first ``printed`` go on paper. ``sources`` tells of each question where it
    stands among the answers (empty for sections), ``new`` which of them are new to the reader."""

    kind: OpenKind
    label: str
    questions: tuple[str, ...]
    printed: int
    sources: tuple[tuple[Key, ...], ...] = ()
    new: tuple[bool, ...] = ()


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A message to the office. ``title`` is what it wants, ``at`` its moment on Swedish clocks, ``lang`` (an HTML
    ``lang``) the language of the person's own words. ``care`` says so when nobody told when it is safe to call;
    ``handled``: somebody of the office took care of it. ``quote`` is ``when`` as a quote (None: it was not told)."""

    kind: str
    title: str
    at: str
    name: str
    phone: str
    when: str
    care: str
    needs: str
    lang: str
    handled: bool = False
    new: bool = False
    quote: wording.Quote | None = None


class SummaryPage(msgspec.Struct, frozen=True, kw_only=True):
    """Everything on the page. Days and moments are in figures, on Swedish clocks.

    ``urgent``, ``banner`` and ``booking`` stand above the numbered paragraphs; ``take_up`` holds what to talk about at
    the visit, ``to_check`` what to ask about by the rules of the law. ``lines`` (question, answer) are there instead of
    paragraphs when the dialog is no more, and
    ``new_lines`` are those that the reader has not seen. On paper a full page is set ``dense``, and a quote has at most
    ``quote`` characters. ``partner`` says whether a co-applicant has answered. ``since`` is when the reader last read
    this page (empty: never), ``fresh`` how many of its lines are new since then, and ``untold`` how many answers were
    changed since then of which no line tells: a line that is gone cannot be marked."""

    reference: str
    name: str
    first_contact: str
    visit_by: str
    plan_by: str
    approved_at: str = ""
    answered: str = ""
    told_by_other: bool = False
    dialog: str = ""
    messages: tuple[Told, ...] = ()
    urgent: tuple[Statement, ...] = ()
    banner: tuple[Statement, ...] = ()
    booking: tuple[Statement, ...] = ()
    paragraphs: tuple[Paragraph, ...] = ()
    take_up: tuple[Statement, ...] = ()
    to_check: ToCheck = NOTHING_TO_CHECK
    unanswered: tuple[Unanswered, ...] = ()
    not_printed: int = 0
    lines: tuple[ApprovedLine, ...] = ()
    new_lines: tuple[Key, ...] = ()
    readings: tuple[str, ...] = ()
    partner: str = ""
    since: str = ""
    fresh: int = 0
    untold: int = 0
    dense: bool = False
    quote: int = LONGEST_QUOTE


def told(words: Words, message: MessageView, dialogs: Iterable[Dialog]) -> Told:
    """A message in words. What is needed is told in the words of the first dialog that asks for it."""
    needs = ""
    for dialog in dialogs:
        place = places(dialog).get("urgent_needs")
        if place is not None and message.needs:
            filler = Filler(message.needs, place.item, message.locale)  # type: ignore[arg-type]
            needs = wording.plain(wording.value_words(words, dialog, filler, for_summary=True))
            break
    return Told(
        kind=message.kind,
        title=words.gettext(_MESSAGES.get(message.kind, message.kind)),
        at=words.numeric_datetime(message.at),
        name=shown(message.name),
        phone=shown(message.phone),
        when=shown(message.when),
        care="" if message.when else words.gettext("no safe time given, ask first if the person can talk"),
        needs=needs,
        lang=(find(message.locale) or words.language).html,
        handled=message.handled,
        quote=wording.own_quote(message.when, message.locale, words.language, message.machine),
    )


def summary_page(
    detail: CaseDetail, words: Words, settings: Settings, dialogs: Iterable[Dialog], *, reader: str = ""
) -> SummaryPage:
    """The page of a case in the language of ``words``. What is new is marked for ``reader``, whose present reading is
    in the log already; for nobody in particular nothing is."""
    seen = news(detail, reader)
    page = _page(detail, words, settings, dialogs, seen)
    statements = tuple(_statements(page))
    fresh = sum(one.new for one in statements) + sum(one.new for one in page.messages)
    fresh += sum(sum(one.new) for one in page.unanswered)
    told_here = {key for one in statements for key in one.sources}
    told_here |= {key for kind in page.unanswered for keys in kind.sources for key in keys}
    asked = detail.path.answers.keys() if detail.path is not None and page.paragraphs else frozenset[Key]()
    return msgspec.structs.replace(
        page,
        since=seen.since and words.numeric_datetime(seen.since),
        fresh=fresh,
        untold=len((seen.changed & asked) - told_here),
    )


def _statements(page: SummaryPage) -> Iterator[Statement]:
    for block in (page.urgent, page.banner, page.booking, *(one.sentences for one in page.paragraphs), page.take_up):
        yield from block


def _page(detail: CaseDetail, words: Words, settings: Settings, dialogs: Iterable[Dialog], seen: News) -> SummaryPage:
    view, first = detail.view, datetime.date.fromisoformat(detail.view.first_contact)
    head = SummaryPage(
        reference=view.reference,
        name=view.name,
        first_contact=view.first_contact,
        visit_by=view.visit_by,
        plan_by=add_duration(first, f"P{settings.plan_months}M").isoformat(),
        messages=tuple(
            msgspec.structs.replace(told(words, one, dialogs), new=bool(seen.since) and one.at > seen.since)
            for one in view.messages
        ),
        readings=tuple(_readings(detail.readings)),
        partner=words.gettext(_PARTNER[detail.partner]) if detail.partner else "",
    )
    if not detail.state.submitted_at:
        return head
    language = words.language_name(detail.state.locale)
    head = msgspec.structs.replace(
        head,
        approved_at=words.numeric_datetime(detail.state.submitted_at),
        answered=words.gettext("Answered by the person, in {language}", language=language),
    )
    if detail.dialog is None or detail.summary is None:
        lines = detail.state.lines
        new_lines = tuple((one.item, one.of) for one in lines if seen.are_in([(one.item, one.of)]))
        return msgspec.structs.replace(head, lines=lines, new_lines=new_lines)
    return _Builder(detail, detail.dialog, detail.summary, words, settings, seen).page(head, language)


class _Builder:
    def __init__(
        self, detail: CaseDetail, dialog: Dialog, summary: Summary, words: Words, settings: Settings, seen: News
    ) -> None:
        self.detail, self.dialog, self.summary = detail, dialog, summary
        self.words, self.settings, self.seen = words, settings.shown(), seen
        self.above = frozenset(name for one in summary.attention for name in one.fillers)

    def page(self, head: SummaryPage, language: str) -> SummaryPage:
        paragraphs = list(self.paragraphs())
        attention = [(one, self.statement(one)) for one in self.summary.attention if not self.is_told(one)]
        lines = [(one.item, line) for one, line in attention if isinstance(one.item, Attention) and line.words]
        unanswered, not_printed = self.unanswered()
        other = self.summary.told_by_other
        answered = self.words.gettext("Answered by another person, in {language}", language=language)
        title = wording.label(self.words, self.dialog, self.dialog, "title")
        return _fitted(
            msgspec.structs.replace(
                head,
                answered=answered if other else head.answered,
                told_by_other=other,
                dialog=self.words.gettext(
                    "{dialog}, version {version}", dialog=title, version=str(self.detail.state.version)
                ),
                urgent=tuple(line for item, line in lines if item.urgent),
                banner=tuple(line for item, line in lines if not item.urgent and self.is_for_booking(item)),
                booking=tuple(line for one in paragraphs if one.topic == BOOKING for line in one.sentences),
                paragraphs=tuple(one for one in paragraphs if one.topic != BOOKING),
                take_up=tuple(line for item, line in lines if not item.urgent and not self.is_for_booking(item)),
                to_check=to_check(self.detail, self.words),
                unanswered=unanswered,
                not_printed=not_printed,
            )
        )

    def statement(self, sentence: Sentence) -> Statement:
        sources = sources_of(self.dialog, self.detail.path, sentence) if self.detail.path is not None else ()
        return Statement(
            words=wording.with_machine(
                wording.sentence(self.words, self.dialog, sentence, self.settings), self.detail.machine
            ),
            private=bool(getattr(sentence.item, "private", False)),
            sources=sources,
            new=self.seen.are_in(sources),
        )

    def paragraphs(self) -> Iterator[Paragraph]:
        number = 0
        for topic, sentences in self.summary.paragraphs:
            above = self.above if topic.name == BOOKING else frozenset[str]()
            kept = (one for one in sentences if not one.fillers or not one.fillers.keys() <= above)
            told_here = tuple(one for one in map(self.statement, kept) if one.words)
            if told_here:
                number += topic.name != BOOKING
                yield Paragraph(
                    number=number if topic.name != BOOKING else 0,
                    topic=topic.name,
                    label=wording.label(self.words, self.dialog, topic),
                    sentences=told_here,
                    printed=len(told_here),
                )

    def is_told(self, line: Sentence) -> bool:
        """Whether a message, which stands above all else, says everything that this line would say: the need, the
        number and the safe time. A line that knows less warns of what is missing, and always stands."""
        values = sorted(str(filler.value) for filler in line.fillers.values())
        told_above = ((one.needs, one.phone, one.when) for one in self.detail.view.messages)
        return any(all(message) and values == sorted(map(str, message)) for message in told_above)

    def is_for_booking(self, line: Attention) -> bool:
        """Whether a line concerns how the person is reached and met: it is private, or read from facts about that."""
        known = places(self.dialog)
        topics = {_topic(known[name].item, known[name].parent) for name in line.relevant.names if name in known}
        return line.private or BOOKING in topics

    # -- what is not answered --------------------------------------------------------------------------------------

    def unanswered(self) -> tuple[tuple[Unanswered, ...], int]:
        """The questions without an answer by kind, and how many of them are not printed."""
        left, listed = MOST_OPEN, list[Unanswered]()
        for kind, open_ones in open_questions(self.detail).items():
            questions = told_once(open_ones, self.words, self.detail, self.settings)
            printed = min(left, len(questions))
            left -= printed
            listed.append(
                Unanswered(
                    kind=kind,
                    label=self.words.gettext(_OPEN[kind]),
                    questions=tuple(questions),
                    printed=printed,
                    sources=tuple(one.sources for one in questions.values()),
                    new=tuple(self.seen.are_in(one.sources) for one in questions.values()),
                )
            )
        return tuple(listed), sum(len(one.questions) - one.printed for one in listed)


def _topic(item: Item, parent: Item | None) -> str:
    return item.topic or (parent.topic if parent is not None else "")


def _readings(rows: Iterable[ReadingRow]) -> Iterator[str]:
    """Who has read the case, each with the day they last did, the latest first. Lists are not counted."""
    latest = {row.user: row.at for row in rows if row.what not in _LISTS}
    for user, at in sorted(latest.items(), key=lambda one: one[1], reverse=True)[:_OTHER_READERS]:
        day = datetime.datetime.fromisoformat(at).astimezone(SWEDEN).date()
        yield f"{user} {day.isoformat()}"


# -- one sheet of paper ------------------------------------------------------------------------------------------------


def _fitted(page: SummaryPage) -> SummaryPage:
    """The page as it should fit one sheet: set more densely, with quotes cut shorter, and if that is not enough with
    the last sentences of the longest paragraphs on the screen only."""
    for dense, quote in _FITTING:
        page = msgspec.structs.replace(page, dense=dense, quote=quote)
        if _lines_in_print(page) <= _ROOM[dense][0]:
            return page
    # The names of the benefits are what must not be missed; what to ask about them stands on the screen too.
    page = msgspec.structs.replace(page, to_check=msgspec.structs.replace(page.to_check, brief=True))
    while _lines_in_print(page) > _ROOM[True][0]:
        longest = max(page.paragraphs, key=lambda one: one.printed > 1 and _width_of(_printed(one), page.quote))
        if longest.printed < 2:
            break
        shorter = msgspec.structs.replace(longest, printed=longest.printed - 1)
        paragraphs = tuple(shorter if one is longest else one for one in page.paragraphs)
        page = msgspec.structs.replace(page, paragraphs=paragraphs)
    return page


def _printed(paragraph: Paragraph) -> tuple[Statement, ...]:
    return paragraph.sentences[: paragraph.printed]


def _lines_in_print(page: SummaryPage) -> int:
    """How many lines the page takes on paper, rather too many than too few."""
    signs = _ROOM[page.dense][1]
    told_all = " ".join(
        f"{one.title} {one.at} {one.name} {one.needs} {one.phone} {one.care}"
        f"{in_print(one.quote, LONGEST_QUOTE) if one.quote is not None else ''}"
        for one in page.messages
    )
    boxes = [one for block in (page.urgent, page.banner) for one in block if not one.private]
    rows = [page.booking, *map(_printed, page.paragraphs), page.take_up]
    widths = [width(page.name) * 1.4, width(told_all), *(_width_of((one,), page.quote) for one in boxes)]
    widths += [_width_of(row, page.quote) + len("1 Paragraph") * page.dense for row in rows if row]
    hints = list(map(width, printed_lines(page.to_check)))
    widths += [sum(hints)] if page.dense else hints
    widths += [100.0] if hints else []
    widths += [sum(map(width, one.questions[: one.printed])) for one in page.unanswered]
    return sum(math.ceil(width / signs) for width in widths) + 7


def _width_of(statements: Iterable[Statement], limit: int) -> float:
    parts = (part for one in statements if not one.private for part in one.words)
    return sum(width(part if isinstance(part, str) else in_print(part, limit)) + 1 for part in parts)
