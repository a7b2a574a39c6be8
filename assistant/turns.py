"""Makes one turn of an open conversation into a view: the same for pages, JSON and terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import msgspec

from assistant import wording
from assistant.core import engine
from assistant.core.dialog import (
    AnyScreen,
    Choice,
    Date,
    Dialog,
    Field,
    Group,
    Integer,
    Note,
    Question,
    Repeat,
    Screen,
    Section,
    SelectMultiple,
    SelectOne,
    Text,
    declines_of,
)
from assistant.core.identifying import identifies
from assistant.core.path import WAITING, Scope, Slot
from assistant.core.problem import Problem
from assistant.core.record import Key, Line
from assistant.core.steps import Ask, AskMore, Done, OpenSection, Review, StillTrue, Stopped, is_at
from assistant.core.summary import Answer, answers, answers_on, public_value, reply_sentence
from assistant.core.walk import never_asked, offered_choices
from assistant.settings import Settings
from assistant.talks import Talk
from assistant.texts import N_, Words
from assistant.views import ItemView, LineView, ProblemView, Progress, Said, StepView, Turn

_ENDS = tuple("?؟፧:፡፦.۔።!")
_TOO_MUCH = N_(
    "It looks as if you wrote a personal number or an address. We do not need it here. You can change your answer."
)
_SAID = frozenset(("settled", "inherited"))
_SECONDS: dict[Any, int] = {Group: 25, Repeat: 45, Text: 25, SelectOne: 12, SelectMultiple: 15}


class Viewer:
    """Makes views of one talk in one language."""

    def __init__(self, talk: Talk, words: Words, settings: Settings) -> None:
        self.talk, self.words, self.shown = talk, words, settings.shown()

    def turn(self, *, since: int | None = None, problem: Problem | None = None, discreet: bool = False) -> Turn:
        """The turn as of now. ``since``: only what was said after this record position; None: the whole talk.
        ``discreet``: sensitive answers are named and not shown."""
        talk = self.talk
        return Turn(
            seq=talk.state.seq,
            locale=self.words.language.tag,
            dir=self.words.language.direction,
            said=tuple(self.said(since, discreet=discreet)),
            step=self.step(),
            progress=self.progress(),
            problem=self.problem(problem) if problem else None,
            notes=tuple(self.notes()),
            may_finish=engine.may_finish(talk.state, talk.path),
        )

    def text(self, item: Any, kind: str = "label", of: str = "") -> str:
        """A text of a dialog item in words, with its placeholders filled."""
        return wording.text(self.words, self.talk.dialog, self.talk.state, self.talk.path, item, kind, of, self.shown)

    def section(self, section: Section, kind: str = "label") -> str:
        """A text of a section."""
        source = section.label if kind == "label" else section.hint
        return self.words.dialog(f"section.{section.name}.{kind}", source) if source else ""

    # -- the step --------------------------------------------------------------------------------------------------

    def step(self) -> StepView:
        """What the person is met with now."""
        match self.talk.step:
            case Ask(item=item, of=of, again=again):
                return StepView(kind="ask", of=of, item=self.item(item, of, again=again))
            case AskMore(repeat=repeat):
                return StepView(kind="ask_more", repeat=repeat.name, label=self.text(repeat, "more"))
            case OpenSection(section=section):
                label, hint = self.section(section), self.section(section, "hint")
                return StepView(kind="open", section=section.name, label=label, hint=hint)
            case StillTrue(slots=slots):
                wanted = {(slot.item.name, slot.of) for slot in slots if slot.item is not None}
                return StepView(kind="still_true", lines=tuple(self.lines(wanted)))
            case Stopped(item=item):
                return StepView(kind="stopped", label=self.text(item))
            case Done():
                return StepView(kind="done", label=self.talk.reference)
            case _:
                return StepView(kind="review", lines=tuple(self.lines()))

    def item(self, item: AnyScreen, of: str, *, again: bool = False) -> ItemView:
        """A screen as it is asked. Fields that depend on other fields say so: a page without script shows them all."""
        talk = self.talk
        scope: Scope = (talk.path.values, talk.path.declined)
        if isinstance(item, Group | Repeat):
            own = {one.name for one in item.items}
            fields = tuple(
                self.question(one, of, scope, again=again, field=True, depends=self._depends(one, own))
                for one in item.items
                if self._possible(one, own, scope)
            )
            # What a person said is in no view that is kept: it would stay in memory when they erase it.
            answered = any(one.value is not None or one.declined for one in fields)
            make = _group_view.__wrapped__ if answered else _group_view
            texts = (self.text(item, of=of), self.text(item, "hint", of), self.text(item, "why"))
            return make(item, texts, self.text(item, "example"), fields)
        return self.question(item, of, scope, again=again)

    def _depends(self, one: Field, own: set[str]) -> bool:
        return one.relevant is not None and bool(one.relevant.names & own)

    def _possible(self, one: Field, own: set[str], scope: Scope) -> bool:
        if one.relevant is None or one.relevant.names & own:
            return True
        return one.relevant.is_true(scope[0], scope[1], self.talk.day)

    def question(
        self, one: Field, of: str, scope: Scope, *, again: bool = False, field: bool = False, depends: bool = False
    ) -> ItemView:
        """One question or field with what it needs to be answered."""
        texts = (self.text(one, of=of), self.text(one, "hint", of), self.text(one, "why"))
        unit = self.text(one, "unit") if isinstance(one, Integer) else ""
        offered: tuple[Choice, ...] = ()
        if isinstance(one, SelectOne | SelectMultiple):
            offered = offered_choices(self.talk.dialog, one, scope, self.talk.day)
        view = _question_view(self.words, self.talk.dialog, one, texts, unit, offered, field, depends)
        fact = self.talk.state.facts.get((one.name, of)) if again and not one.private else None
        if fact is None:
            return view
        value = public_value(self.talk.dialog, one, fact.value)
        # What is left to be told at the visit looks the same whether a private choice was made or none.
        declined = fact.declined or ("in_person" if value == () and fact.value else "")
        if value in (None, ()) and not declined:
            return view
        known = wording.known_word(self.words, one, str(value))
        value = self.words.capitalised(known) if known else value
        return msgspec.structs.replace(view, value=None if value == () else value, declined=declined)

    def notes(self) -> Iterator[str]:
        """The words that stand between the answer before and the step now."""
        waiting: list[Note] = []
        for slot in self.talk.path.slots:
            if slot.status == "note":
                waiting.append(slot.item)  # type: ignore[arg-type]
            elif slot.status in WAITING and is_at(slot, self.talk.step):
                yield from (self.text(note) for note in waiting if note.label)
                return
            elif waiting:
                waiting = []

    # -- what was said ---------------------------------------------------------------------------------------------

    def said(self, since: int | None, *, discreet: bool = False) -> Iterator[Said]:
        """The transcript: for each answered screen the question, the answers and what was answered back. What was left
        blank, as it may be, was not said. ``discreet``: as for ``turn``."""
        talk, lang = self.talk, self.words.language.html
        recent = None if since is None else self._answered_after(since)
        for slot in talk.path.slots:
            if slot.status not in _SAID or not isinstance(slot.item, Screen):
                continue
            if recent is not None and (slot.item.name, slot.of) not in recent:
                continue
            if never_asked(talk.state, slot):
                continue
            text = "\n".join(self._answer_lines(slot, slot.item))
            fact = talk.path.answers.get((slot.item.name, slot.of))
            hidden = discreet and _is_sensitive(slot.item) and not (fact and fact.declined)
            if text:
                text = wording.hidden(self.words) if hidden else text
                yield Said(who="assistant", text=self.text(slot.item, of=slot.of), lang=lang)
                yield Said(who="applicant", text=text, lang=lang, item=slot.item.name, of=slot.of)
            reply = reply_sentence(talk.dialog, talk.state, talk.path, slot.item, slot.of)
            if hidden and reply is not None and reply.fillers:
                # That a message is sent must be told, even where the number in it is not.
                reply = reply._replace(fillers={}) if getattr(slot.item, "message", "") else None
            if reply is not None and not (fact and fact.declined):
                back = wording.plain(wording.sentence(self.words, talk.dialog, reply, self.shown))
                if back:
                    yield Said(who="assistant", text=back, lang=lang)
            if self._tells_too_much(slot, slot.item):
                yield Said(who="assistant", text=self.words.gettext(_TOO_MUCH), lang=lang)

    def _tells_too_much(self, slot: Slot, item: Screen) -> bool:
        """Whether a text of the person's own tells who they are or where they live. It is taken all the same."""
        given = (
            one for one in answers_on(self.talk.state, self.talk.path, slot, item) if isinstance(one.question, Text)
        )
        return any(isinstance(one.filler.value, str) and identifies(one.filler.value) for one in given)

    def _answered_after(self, since: int) -> set[Key]:
        """What was answered in this conversation after a record position. A screen of fields is among its facts."""
        talk = self.talk
        return {key for key, fact in talk.state.facts.items() if fact.seq > since and fact.conversation == talk.id}

    def _answer_lines(self, slot: Slot, item: Screen) -> Iterator[str]:
        for one in answers_on(self.talk.state, self.talk.path, slot, item):
            if wording.is_blank(one):
                continue
            answer = wording.plain(wording.answer_words(self.words, self.talk.dialog, one))
            if isinstance(item, Group | Repeat) and one.question is not item:
                label = self.text(one.question, of=slot.of)
                yield f"{label} {answer}" if label.endswith(_ENDS) else f"{label}: {answer}"
            else:
                yield answer

    def _answers(self, wanted: set[Key] | None = None) -> Iterator[Answer]:
        for one in answers(self.talk.dialog, self.talk.state, self.talk.path):
            if wanted is None or (self._screen_of(one.question), one.of) in wanted:
                yield one

    def _screen_of(self, question: Screen) -> str:
        parent = wording.parent_of(self.talk.dialog, question)
        return parent.name if parent else question.name

    def lines(self, wanted: set[Key] | None = None, *, record: bool = False) -> Iterator[LineView]:
        """Everything said so far, question by question, for the review; ``record``: as the office keeps it. Private
        answers are named but not shown."""
        open_slots = {(slot.item.name, slot.of) for slot in self.talk.path.slots if slot.item and slot.status == "open"}
        sections = {section.name: section for section in self.talk.dialog.sections}
        for one in self._answers(wanted):
            screen = self._screen_of(one.question)
            if (screen, one.of) in open_slots:
                continue
            yield LineView(
                screen=screen,
                of=one.of,
                item=one.question.name,
                section=self.section(sections[one.section]),
                question=self.text(one.question, of=one.of),
                answer=wording.answer_words(self.words, self.talk.dialog, one, record=record),
                private=one.private,
                repeat=isinstance(wording.parent_of(self.talk.dialog, one.question), Repeat),
            )

    # -- progress, problems ----------------------------------------------------------------------------------------

    def progress(self) -> Progress:
        """Section, questions and minutes left. What may turn out not to be asked counts for the most only."""
        least = maybe = answered = seconds = 0
        sections: dict[str, Section] = {}
        for slot in self.talk.path.slots:
            item, within, _, status = slot
            if status == "settled":
                answered += not never_asked(self.talk.state, slot)
            elif status == "maybe":
                maybe += 1
                seconds += _SECONDS.get(type(item), 10) // 2
            elif status in WAITING and status != "stop":
                least += 1
                seconds += _SECONDS.get(type(item), 10)
            else:
                continue
            if not within.optional:
                sections[within.name] = within
        most = least + maybe
        if self.talk.state.finished or isinstance(self.talk.step, Review | Done | Stopped):
            least = most = seconds = 0
        names = list(sections)
        section = getattr(self.talk.step, "section", None)
        return Progress(
            section=self.section(section) if section is not None else "",
            sections=max(1, len(names)),
            section_index=names.index(section.name) + 1
            if section is not None and section.name in names
            else len(names),
            questions_left=(least, most),
            minutes_left=math.ceil(seconds / 60),
            question=answered + 1,
        )

    def problem(self, problem: Problem) -> ProblemView:
        """A problem in words."""
        item = getattr(self.talk.step, "item", None)
        fields = {one.name: one for one in getattr(item, "items", ())}
        own = item if isinstance(item, Question) else None
        return ProblemView(
            code=problem.code,
            text=wording.problem_words(self.words, self.talk.dialog, own, problem),
            params=problem.params,
            fields={
                name: ProblemView(
                    code=one.code,
                    text=wording.problem_words(self.words, self.talk.dialog, fields.get(name), one),
                    params=one.params,
                )
                for name, one in problem.fields.items()
            },
        )


def _is_sensitive(item: Screen) -> bool:
    fields = item.items if isinstance(item, Group | Repeat) else ()
    return any(getattr(one, "sensitive", False) for one in (item, *fields))


@lru_cache(maxsize=8192)
def _question_view(
    words: Words,
    dialog: Dialog,
    one: Field,
    texts: tuple[str, str, str],
    unit: str,
    offered: tuple[Choice, ...],
    field: bool,
    depends: bool,
) -> ItemView:
    """The view of a question that has no answer yet. Views are made once: whoever draws one may keep the drawing."""
    choices: tuple[wording.OfferedChoice, ...] = ()
    if isinstance(one, SelectOne | SelectMultiple):
        choices = wording.choices(words, dialog, one, offered)
    return ItemView(
        name=one.name,
        type=str(one.__struct_config__.tag),
        label=texts[0],
        hint=texts[1],
        why=texts[2],
        required=one.required,
        decline=declines_of(one, field=field),
        choices=choices,
        depends=depends,
        listed=isinstance(one, SelectOne | SelectMultiple) and bool(one.choice_list) and len(choices) > 20,
        extra=_limits(one, unit) | _suggestions(words, one),
    )


@lru_cache(maxsize=8192)
def _group_view(
    item: Group | Repeat, texts: tuple[str, str, str], example: str, fields: tuple[ItemView, ...]
) -> ItemView:
    return ItemView(
        name=item.name,
        type="group",
        label=texts[0],
        hint=texts[1],
        why=texts[2],
        required=True,
        decline=declines_of(item),
        fields=fields,
        extra={"example": example} if example else {},
    )


def _suggestions(words: Words, one: Field) -> dict[str, Any]:
    """The names that a text with a list of known words is known by, in the order of the language."""
    if not isinstance(one, Text) or not one.choice_list:
        return {}
    names = (words.capitalised(names[0]) for names in words.occupations.names.values())
    return {"suggestions": tuple(sorted(names, key=words.sort_key))}


def _limits(one: Field, unit: str) -> dict[str, Any]:
    """What only some types have, by the contract's names."""
    extra: dict[str, Any] = {}
    match one:
        case Text():
            extra = {"max_length": one.max_length, "multiline": one.multiline}
        case Integer():
            extra = {"min": one.min, "max": one.max} | ({"unit": unit} if unit else {})
        case Date():
            extra = {"precision": one.precision, "least": one.least or one.precision}
        case SelectMultiple(max=most) if most is not None:
            extra = {"max": most}
    if isinstance(one, SelectMultiple):
        exclusive = [choice.name for choice in one.choices if choice.exclusive]
        extra |= {"exclusive_choices": exclusive} if exclusive else {}
    return extra | ({"private": True} if one.private else {})


def approved(talk: Talk, words: Words, swedish: Words, settings: Settings) -> tuple[Line, ...]:
    """The lines that the person approves when sending: frozen as seen, with the answer in Swedish beside it. Private
    answers stand in the record alone."""
    viewer, office = Viewer(talk, words, settings), Viewer(talk, swedish, settings)
    return tuple(
        Line(
            item=mine.item,
            of=mine.of,
            section=mine.section,
            question=mine.question,
            answer=wording.plain(mine.answer),
            swedish=wording.plain(theirs.answer),
        )
        for mine, theirs in zip(viewer.lines(), office.lines(record=True), strict=True)
        if not mine.private
    )
