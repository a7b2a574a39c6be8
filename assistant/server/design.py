"""The page ``/design`` of the demonstration: every part of the applicant's pages in every state, script and direction.

Whoever changes the style sheet or a template sees here at once what becomes of everything. The page is for those who
build, so its own words are plain English and go through no catalog.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from aiohttp import web

from assistant.contrast import LEAST, ratio
from assistant.languages import LANGUAGES, Language
from assistant.server import chat_views
from assistant.server.design_samples import ALL_WAYS, CHAPTERS, CODE, LONG, SAMPLES, WORD, Sample, item, offered
from assistant.server.keys import DEMO, PAGES, SERVICE
from assistant.server.pages import Pages, page_of, respond
from assistant.server.sounds import Heard
from assistant.service import Service
from assistant.texts import SOURCE
from assistant.views import ItemView, LineView, ProblemView

LEAST_LINE: Final = 3.0
"""The least contrast of a line that shows where a field is (WCAG 2.2, success criterion 1.4.11)."""

_ON: Final = (
    ("ground", ("ink", "soft", "accent", "wrong", "line")),
    ("card", ("ink", "soft", "accent", "wrong", "line")),
    ("mine", ("ink", "soft", "accent", "line")),
    ("accent", ("on",)),
)
_PALETTE: Final = re.compile(r":root\{([^}]*)\}")
_COLOUR: Final = re.compile(r"--(\w+):#([0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b")
_SIZE: Final = re.compile(r"font(?:-size)?:[^;{}]*?([\d.]+)rem")
_POSTED: Final = re.compile(r'method="post" action="[^"]*"')


# -- colours and sizes -------------------------------------------------------------------------------------------------


class Line(NamedTuple):
    """Words in a colour, which tell how well they can be read."""

    text: str
    colour: str


class Ground(NamedTuple):
    """A colour that something stands on, and that as lines."""

    name: str
    colour: str
    lines: tuple[Line, ...]


def palettes(style: str) -> dict[str, dict[str, str]]:
    """The colours of a style sheet by scheme (light, dark) and name, as ``#rrggbb``."""
    found = ({name: _whole(digits) for name, digits in _COLOUR.findall(block)} for block in _PALETTE.findall(style))
    return dict(zip(("light", "dark"), found, strict=True))


def _whole(digits: str) -> str:
    return "#" + (digits if len(digits) == 6 else "".join(2 * one for one in digits))


def grounds(style: str) -> Iterator[Ground]:
    """What stands on what in a style sheet, in both schemes, with the contrasts."""
    for scheme, colours in palettes(style).items():
        for name, above in _ON:
            lines = tuple(Line(_told(one, ratio(colours[one], colours[name])), colours[one]) for one in above)
            yield Ground(f"On {name}, {scheme}", colours[name], lines)


def _told(name: str, found: float) -> str:
    least = LEAST_LINE if name == "line" else LEAST
    return f"{name} {found:.2f} to 1" + (f", needs {least:g}" if found < least else "")


def sizes(style: str) -> list[str]:
    """The sizes of letters in a style sheet, the largest first."""
    return [f"{size:g}rem" for size in sorted(set(map(float, _SIZE.findall(style))), reverse=True)]


# -- samples -----------------------------------------------------------------------------------------------------------


class Spoken(NamedTuple):
    """A sample as the template takes it. ``say`` gives the components' own words in its language."""

    text: Sample
    language: Language
    say: Callable[..., str]
    months: tuple[tuple[str, str], ...]
    items: tuple[ItemView, ...]
    parts: tuple[chat_views.Part, ...]


def spoken(service: Service, sample: Sample) -> Spoken:
    """A sample with what goes round it in its language."""
    language = LANGUAGES[sample.tag]
    words = service.words(sample.tag if sample.tag in service.catalogs else SOURCE)

    def say(text: str, **params: str | int) -> str:
        return sample.said.get(text) or words.gettext(text, **params)

    parts = parts_of(sample.about, (sample.question, sample.choices[1]), (sample.asked, sample.answered))
    return Spoken(sample, language, say, chat_views.months(language.cldr), questions(sample), parts)


def questions(sample: Sample) -> tuple[ItemView, ...]:
    """The questions of a sample: choices, and a screen with a date and words."""
    *some, alone = sample.choices
    date, text = {"precision": "month"}, {"multiline": True}
    fields = (
        item(f"{sample.tag}_since", "date", sample.since, hint=sample.hint, extra=date, decline=("unknown",)),
        item(f"{sample.tag}_words", "text", sample.asked, extra=text),
    )
    choices = offered(*some, alone=alone)
    return (
        item(f"{sample.tag}_who", "select_multiple", sample.question, hint=sample.hint, choices=choices),
        item(f"{sample.tag}_screen", "group", sample.about, fields=fields, decline=ALL_WAYS),
    )


def parts_of(section: str, *told: tuple[str, str]) -> tuple[chat_views.Part, ...]:
    """A section of the overview with a row for each question and answer; only the last can be removed."""
    lines = (
        LineView(screen=f"row{n}", question=question, answer=(answer,)) for n, (question, answer) in enumerate(told)
    )
    rows = tuple(chat_views.Row(one.screen, (one,), one.screen == f"row{len(told) - 1}") for one in lines)
    return (chat_views.Part(section, rows),)


def _kept() -> dict[str, list[str]]:
    kept = {name: value for chapter in CHAPTERS for one in chapter.shown for name, value in one.kept.items()}
    for sample in SAMPLES:
        kept |= {f"{sample.tag}_who": ["a"], f"field.{sample.tag}_words": [sample.answered]}
    return kept


def _problem() -> ProblemView:
    wrong = {name: text for chapter in CHAPTERS for one in chapter.shown for name, text in one.wrong.items()}
    wrong |= {f"{one.tag}_since": one.wrong for one in SAMPLES}
    return ProblemView(code="", text="", fields={name: ProblemView(code="", text=text) for name, text in wrong.items()})


# -- the page ----------------------------------------------------------------------------------------------------------


async def design(request: web.Request) -> web.Response:
    """Everything at once. Raises HTTPNotFound outside the demonstration."""
    if not request.app[DEMO]:
        raise web.HTTPNotFound
    pages, service = request.app[PAGES], request.app[SERVICE]
    words = service.words(SOURCE)
    # Some parts bring the form of the conversation along. Whoever tries a button here must not answer a question.
    text = _POSTED.sub('action="/design"', page_of(pages, "chat/design.html", words, 200, view(pages, service)))
    headers = {"Content-Security-Policy": pages.policies["chat"]}
    return respond(request, text.encode(), "text/html", headers=headers)


def view(pages: Pages, service: Service) -> dict[str, Any]:
    """What the template names."""
    style = str(pages.styles["chat"])
    named = (("colours", "Colours and sizes"), ("said", "What was said"), *((one.id, one.name) for one in CHAPTERS))
    rest = (("on", "What goes on"), ("wrong", "What is wrong"), ("pieces", "Other pieces"), ("forced", "Forced states"))
    return {
        "talk": None,
        "asking": True,
        "token": "",
        "hidden": "",
        "rest": None,
        "languages": tuple(LANGUAGES.values()),
        "contents": (*named, *rest, *((f"in-{one.tag}", LANGUAGES[one.tag].autonym) for one in SAMPLES)),
        "least": f"{LEAST:g}",
        "least_line": f"{LEAST_LINE:g}",
        "grounds": tuple(grounds(style)),
        "sizes": sizes(style),
        "chapters": CHAPTERS,
        "samples": tuple(spoken(service, one) for one in SAMPLES),
        "months": chat_views.month_names(service.words(SOURCE)),
        "kept": _kept(),
        "problem": _problem(),
        "recording": Heard("/audio/en/0000000000000000.mp3", 24),
        "parts": parts_of("Where you live", ("Do you live with somebody?", "Yes"), (LONG, WORD)),
        "long": LONG,
        "word": WORD,
        "code": CODE,
    }


def routes() -> list[web.RouteDef]:
    """The route of the page."""
    return [web.get("/design", design)]
