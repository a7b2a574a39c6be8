"""Every screen of a dialog in one language, with the source of each text and its place in the catalog.

It is for translators and for authors of dialogs. Nobody has answered anything, so everything is there that anybody may
meet, and examples stand for what a person would have said. Nothing is begun and nothing is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import msgspec
from babel.messages.catalog import Catalog

from assistant import audio, wording
from assistant.authoring.catalogs import domains_of, is_translated, path_of, review_of
from assistant.core.dialog import (
    AnyItem,
    AnyScreen,
    Attention,
    Choice,
    Date,
    Dialog,
    Group,
    Integer,
    Item,
    Model,
    Note,
    Question,
    Repeat,
    Screen,
    Section,
    SelectMultiple,
    SelectOne,
    Stop,
    Topic,
    choices_of,
    places,
)
from assistant.core.dialog_texts import CLDR_LISTS, EACH, DialogText, TextPath, is_for_desk, walk_texts
from assistant.core.record import State
from assistant.core.summary import Filler, Sentence
from assistant.languages import FALLBACK, LANGUAGES, Language
from assistant.placeholders import names
from assistant.settings import Settings
from assistant.talks import Talk
from assistant.texts import SOURCE, Words, read_catalog
from assistant.turns import Viewer
from assistant.views import ItemView, StepView

Mark = Literal["", "missing", "draft"]
"""What a text lacks: a translation, or that somebody looks over the one that is there (gettext: fuzzy)."""

_SENTENCES: Final = frozenset(("summary", "missing", "reply"))
_DAY: Final = "2019-03-05"
_SIGNS: Final = {"year": 4, "month": 7, "day": 10}
_YEAR, _NUMBER = 2019, 3
_LISTED: Final = 2


class Told(NamedTuple):
    """One text. ``words`` are what a reader meets, in ``language``: another one where a translation is lacking, and
    then ``draft`` holds what stands in the catalog. ``context`` (gettext: msgctxt) is empty for texts of the pages."""

    context: str
    source: str
    words: str
    language: Language
    mark: Mark = ""
    draft: str = ""

    @property
    def kind(self) -> str:
        """What the text is: the last part of its context."""
        return self.context.rpartition(".")[2]


class Shown(NamedTuple):
    """An item of a section: what a person meets of it, one ``step`` after the other, and all its texts.

    ``condition``: who meets it, as the dialog says it; ``wrong``: what is said of answers that do not fit; ``lists``:
    the named lists that its choices come from, whose texts stand at the end."""

    name: str
    kind: str
    condition: str
    steps: tuple[StepView, ...]
    note: str
    wrong: tuple[str, ...]
    reply: str
    lists: tuple[str, ...]
    texts: tuple[Told, ...]


class Chapter(NamedTuple):
    """A section of the dialog. ``label`` tells how far the person is, ``offer`` asks whether to open an optional one.
    ``kept``: what is answered here is saved; in a gate nothing is yet."""

    name: str
    label: str
    condition: str
    kept: bool
    offer: StepView | None
    texts: tuple[Told, ...]
    shown: tuple[Shown, ...]


class Preview(NamedTuple):
    """A whole dialog in one language. ``others`` are the texts that stand on no screen of their own, by what they
    belong to; ``review`` is what the catalog says of its second reading."""

    dialog: str
    language: Language
    review: str
    title: str
    chapters: tuple[Chapter, ...]
    others: tuple[tuple[str, tuple[Told, ...]], ...]

    def texts(self) -> Iterator[Told]:
        """Every text, in the order of the page."""
        for chapter in self.chapters:
            yield from chapter.texts
            for one in chapter.shown:
                yield from one.texts
        for _, told in self.others:
            yield from told


class Entries:
    """What the catalogs of a language hold of each text. A language without a catalog lacks everything; the source's
    own texts lack nothing. Raises CatalogError for a file that cannot be read."""

    def __init__(self, locales: Path, language: Language) -> None:
        self.language = language
        self.review = review_of(path_of(locales, language, "dialogs"))
        self._catalogs = dict[str, Catalog]()
        for domain in domains_of(language):
            path = path_of(locales, language, domain)
            if path.is_file():
                self._catalogs[domain] = read_catalog(path, language)

    def told(self, context: str, source: str, words: str) -> Told:
        """A text with what is known of it; ``words`` are those that a reader meets."""
        if self.language.tag == SOURCE:
            return Told(context, source, words, self.language)
        domains = ("desk",) if is_for_desk(context) else ("dialogs",) if context else ("chat",)
        catalog = next((self._catalogs[one] for one in domains if one in self._catalogs), None)
        found = catalog.get(source, context or None) if catalog is not None else None
        if found is None or not is_translated(found):
            return Told(context, source, words, self._instead(context, source, words), "missing")
        if found.fuzzy:
            return Told(context, source, words, self._instead(context, source, words), "draft", str(found.string))
        return Told(context, source, words, self.language)

    def _instead(self, context: str, source: str, words: str) -> Language:
        """The language that stands in."""
        behind = FALLBACK.get(self.language.tag, SOURCE)
        return LANGUAGES[SOURCE if words == source else behind]


def preview_of(dialog: Dialog, words: Words, settings: Settings, locales: Path) -> Preview:
    """A dialog in the language of ``words``, held against the catalogs under ``locales``. Raises CatalogError."""
    return _Writer(dialog, words, settings, Entries(locales, words.language)).preview()


class _Example(Viewer):
    """Makes views in which examples stand for what a person would have said."""

    def text(self, item: Any, kind: str = "label", of: str = "") -> str:
        """A text of a dialog item in words."""
        fillers = examples(self.talk.dialog, getattr(item, kind, ""), item)
        return wording.label(self.words, self.talk.dialog, item, kind, fillers, self.shown)


class _Writer:
    def __init__(self, dialog: Dialog, words: Words, settings: Settings, entries: Entries) -> None:
        self.dialog, self.words, self.entries = dialog, words, entries
        self.settings = settings.shown()
        talk = Talk(id="", dialog=dialog, state=State(locale=words.language.tag))
        self.viewer = _Example(talk, words, settings)
        self.texts = tuple(one for one in walk_texts(dialog) if one.text and self.is_read(one.context))

    def is_read(self, context: str) -> bool:
        """Whether anybody reads a text in this language: lines of attention stand at the desk only."""
        language = self.words.language
        return not is_for_desk(context) or language.tag == SOURCE or "desk" in domains_of(language)

    def preview(self) -> Preview:
        chapters = tuple(self.chapter(one, ("sections", number)) for number, one in enumerate(self.dialog.sections))
        others = [(f"list.{name}", self.below(("choice_lists", name))) for name in self.dialog.choice_lists]
        others += [(name, self.below((name,))) for name in ("topics", "attention")]
        return Preview(
            dialog=self.dialog.dialog,
            language=self.words.language,
            review=self.entries.review,
            title=wording.label(self.words, self.dialog, self.dialog, "title"),
            chapters=chapters,
            others=(("dialog", self.below(("title",))), *((name, told) for name, told in others if told)),
        )

    # -- screens ---------------------------------------------------------------------------------------------------

    def chapter(self, section: Section, path: TextPath) -> Chapter:
        label, hint = (self.told_of(section, kind) for kind in ("label", "hint"))
        offer = StepView(kind="open", section=section.name, label=label, hint=hint) if section.optional else None
        return Chapter(
            name=section.name,
            label=label,
            condition=_source(section),
            kept=not section.gate,
            offer=offer,
            texts=tuple(self.told(one) for one in self.texts if one.path[:-1] == path),
            shown=tuple(
                one
                for number, item in enumerate(section.items)
                if (one := self.shown(item, (*path, "items", number))).steps or one.note or one.texts
            ),
        )

    def shown(self, item: AnyItem, path: TextPath) -> Shown:
        fields = item.items if isinstance(item, Group | Repeat) else ()
        questions = [one for one in (item, *fields) if isinstance(one, Question)]
        lists = [one.choice_list for one in questions if isinstance(one, SelectOne | SelectMultiple)]
        return Shown(
            name=item.name,
            kind=str(item.__struct_config__.tag),
            condition=_source(item),
            steps=tuple(self.steps(item)),
            note=self.told_of(item) if isinstance(item, Note) else "",
            wrong=tuple(self.told_of(one, "constraint_message") for one in questions if one.constraint_message),
            reply=self.sentence(item, "reply") if isinstance(item, Screen) else "",
            lists=tuple(name for name in dict.fromkeys(lists) if name and name not in CLDR_LISTS),
            texts=self.below(path),
        )

    def steps(self, item: AnyItem) -> Iterator[StepView]:
        if isinstance(item, Stop):
            yield StepView(kind="stopped", label=self.told_of(item))
        elif isinstance(item, Screen):
            yield StepView(kind="ask", item=self.whole(item))
            if isinstance(item, Repeat) and item.more:
                yield StepView(kind="ask_more", repeat=item.name, label=self.told_of(item, "more"))

    def whole(self, item: AnyScreen) -> ItemView:
        """A screen with all that anybody is asked on it."""
        view = audio.whole(self.viewer, item)
        if not isinstance(item, Group | Repeat):
            return view
        own = {one.name for one in item.items}
        depend = {one.name for one in item.items if one.relevant is not None and one.relevant.names & own}
        fields = tuple(msgspec.structs.replace(one, depends=one.name in depend) for one in view.fields)
        return msgspec.structs.replace(view, fields=fields)

    # -- texts -----------------------------------------------------------------------------------------------------

    def below(self, path: TextPath) -> tuple[Told, ...]:
        """The texts of a part of the dialog and of everything in it."""
        return tuple(self.told(one) for one in self.texts if one.path[: len(path)] == path)

    def told(self, text: DialogText) -> Told:
        return self.entries.told(text.context, text.text, self.in_words(text))

    def in_words(self, text: DialogText) -> str:
        """A text as somebody reads it."""
        owner, kind = _at(self.dialog, text.path[:-1]), str(text.path[-1])
        if isinstance(owner, Choice):
            return self.words.dialog(text.context, text.text)
        if kind in _SENTENCES or isinstance(owner, Attention):
            return self.sentence(owner, kind)
        return self.told_of(owner, kind)

    def told_of(self, part: Item | Section | Topic | Dialog, kind: str = "label") -> str:
        return self.viewer.text(part, kind)

    def sentence(self, item: Item | Attention, kind: str) -> str:
        """A sentence in which everything is known."""
        source = str(getattr(item, kind))
        if not source:
            return ""
        context = f"attention.{item.name}.{kind}" if isinstance(item, Attention) else f"{item.name}.{kind}"
        made = Sentence(item, "", context, source, examples(self.dialog, source, item), (item.name, ""))
        segments = wording.sentence(self.words, self.dialog, made, self.settings)
        return wording.plain(segments, self.words.language.direction)


def _at(dialog: Dialog, path: TextPath) -> Any:
    """The part of the dialog at a place."""
    part: Any = dialog
    for step in path:
        part = getattr(part, step) if isinstance(part, Model) and isinstance(step, str) else part[step]
    return part


def _source(part: Item | Section) -> str:
    return part.relevant.source if part.relevant is not None else ""


# -- examples ----------------------------------------------------------------------------------------------------------


def examples(dialog: Dialog, source: str, item: Any) -> Mapping[str, Filler]:
    """Something to stand for each placeholder of a text: a choice, a number, a date; else what the placeholder is
    called, in words."""
    return {name: _example(dialog, name, item) for name in names(source) - Settings().shown().keys()}


def _example(dialog: Dialog, name: str, item: Any) -> Filler:
    place = places(dialog).get(_driver(dialog, item) if name == EACH else name)
    called = Filler(name.replace("_", " "), None, SOURCE)
    match place.item if place is not None else None:
        case SelectOne() as question:
            offered = _offered(choices_of(dialog, question).values())
            return Filler(offered[0], question, SOURCE) if offered else called
        case SelectMultiple() as question:
            offered = _offered(choices_of(dialog, question).values())
            return Filler(offered[: 1 if name == EACH else _LISTED], question, SOURCE) if offered else called
        case Integer() as question:
            wanted = _YEAR if question.min >= 1000 else _NUMBER
            return Filler(max(question.min, min(question.max, wanted)), question, SOURCE)
        case Date() as question:
            return Filler(_DAY[: _SIGNS[question.precision]], question, SOURCE)
    return called


def _offered(choices: Iterable[Choice]) -> tuple[str, ...]:
    return tuple(choice.name for choice in choices if not (choice.exclusive or choice.private))


def _driver(dialog: Dialog, item: Any) -> str:
    """The name of the question whose choices the rounds of the repeat around an item are about."""
    if not isinstance(item, Repeat) and isinstance(item, Item):
        place = places(dialog).get(item.name)
        item = place.parent if place is not None else None
    return item.for_each if isinstance(item, Repeat) else ""
