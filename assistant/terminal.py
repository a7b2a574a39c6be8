"""A dialog in a terminal: the same conversation as on the pages, for whoever writes dialogs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import msgspec

from assistant.authoring.journeys import Journey, declined
from assistant.core import replies
from assistant.core.commands import AddItem, Back, Command, Confirm, Decline, Open, Reply, Submit
from assistant.core.dialog import AnyScreen, DeclineKind, Field, Group, Repeat, SelectMultiple, declines_of
from assistant.core.path import Scope
from assistant.core.problem import Problem
from assistant.core.record import Value
from assistant.core.steps import Ask, AskMore, OpenSection, Review, StillTrue
from assistant.core.walk import scope_before
from assistant.service import Service
from assistant.talks import Outcome, Talk
from assistant.texts import N_, SOURCE
from assistant.turns import Viewer
from assistant.typed import meaning_of
from assistant.views import ItemView
from assistant.wording import plain, problem_words

_DECLINES: Mapping[str, DeclineKind] = {"!": "unknown", "-": "skip", "@": "in_person"}
_SIGNS = {
    "?": N_("Why do we ask?"),
    "!": N_("I don't know"),
    "-": N_("I don't want to say"),
    "@": N_("I'd rather tell you at the visit"),
    "<": N_("Back"),
}
_MOST_SHOWN = 30


class Ended(Exception):
    """There is nobody at the terminal any more."""


class _GoBack(Exception):
    """The person wants the question before."""


class _LeaveOut(Exception):
    """The person leaves out the whole page."""

    def __init__(self, kind: DeclineKind) -> None:
        super().__init__(kind)
        self.kind = kind


class Terminal:
    """One talk at a terminal. ``read`` gives a line, or None at the end of the input; ``write`` shows one."""

    def __init__(self, service: Service, read: Callable[[str], str | None], write: Callable[[str], None]) -> None:
        self.service, self._read, self.write = service, read, write
        self.journey = Journey(dialog="")
        self.words = service.words(SOURCE)

    async def talk(self, dialog: str, locale: str) -> None:
        """Talk until the end, or until the input ends. Afterwards ``journey`` holds what was answered.

        Raises KeyError for a dialog or language that is not there."""
        talk = await self.service.start(dialog, locale)
        self.journey, self.words = Journey(dialog=dialog, locale=locale), self.service.words(locale)
        self._help()
        try:
            await self._turns(talk)
        except Ended:
            self.write("\n" + self.words.gettext("The input ended, and so does the talk. Nothing was sent."))

    def _help(self) -> None:
        self.write(self.words.gettext("Answer with a number or in words, with several like this: 1, 3"))
        self.write("   ".join(f"{sign} = {self.words.gettext(meaning)}" for sign, meaning in _SIGNS.items()))

    async def _turns(self, talk: Talk) -> None:
        shown = -1
        while True:
            viewer = Viewer(talk, self.service.words(talk.state.locale), self.service.settings)
            if talk.state.seq != shown:
                self._show(viewer, since=max(shown, 0))
                shown = talk.state.seq
            try:
                command = self._command(viewer)
            except _GoBack:
                command = Back()
            if command is None:
                return
            outcome = await self.service.act(talk.id, command, talk.state.seq)
            talk = outcome.talk
            shown = 0 if outcome.began else shown
            self._note(command, outcome, viewer)

    def _note(self, command: Command, outcome: Outcome, viewer: Viewer) -> None:
        if outcome.problem is not None:
            self._problem(viewer, outcome.problem)
        else:
            self.journey = noted(self.journey, command, outcome.talk)

    def _show(self, viewer: Viewer, since: int) -> None:
        said = [*viewer.said(since), None]
        for one, behind in pairwise(said):
            # A line of ours that no answer follows is what is answered back; questions have been shown already.
            if one is not None and one.who == "assistant" and (behind is None or behind.who == "assistant"):
                self.write(f"\n{one.text}")
        for note in viewer.notes():
            self.write(f"\n{note}")

    def _problem(self, viewer: Viewer, problem: Problem) -> None:
        view = viewer.problem(problem)
        self._refuse(view.text)
        for name, one in view.fields.items():
            self._refuse(f"{name}: {one.text}")

    def _refuse(self, text: str) -> None:
        self.write(f"! {text}")

    # -- one step ------------------------------------------------------------------------------------------------------

    def _command(self, viewer: Viewer) -> Command | None:
        step = viewer.step()
        match viewer.talk.step:
            case Ask(item=item, of=of, again=again):
                return self._screen(viewer, item, viewer.item(item, of, again=again), of)
            case AskMore(repeat=repeat):
                return AddItem(repeat=repeat.name, more=self._yes(step.label))
            case OpenSection(section=section):
                return Open(section=section.name, open=self._yes(f"{step.label}\n{step.hint}".rstrip()))
            case StillTrue(slots=slots):
                for line in step.lines:
                    self.write(f"{line.question} {plain(line.answer)}")
                names = tuple(dict.fromkeys(slot.item.name for slot in slots if slot.item is not None))
                still = self._yes(self.words.gettext("Is all of this still true?"))
                return Confirm(still_true=names if still else ())
            case Review():
                for line in step.lines:
                    self.write(f"{line.question} {plain(line.answer)}")
                return Submit() if self._yes(self.words.gettext("Send it?")) else None
        self.write(f"\n{step.label}")
        return None

    def _screen(self, viewer: Viewer, item: AnyScreen, view: ItemView, of: str) -> Command:
        scope = scope_before(viewer.talk.path, item)
        self.write(f"\n{view.label}")
        if view.hint:
            self.write(f"({view.hint})")
        if not isinstance(item, Group | Repeat):
            answer = self._field(viewer, item, view, scope, declines_of(item))
            kind = answer if isinstance(answer, str) and answer in _DECLINES else ""
            if kind:
                return Decline(item=item.name, of=of, kind=_DECLINES[kind])
            return Reply(item=item.name, of=of, value=answer)
        try:
            return self._group(viewer, item, view, of, scope)
        except _LeaveOut as left:
            return Decline(item=item.name, of=of, kind=left.kind)

    def _group(self, viewer: Viewer, group: Group | Repeat, view: ItemView, of: str, scope: Scope) -> Command:
        views = {one.name: one for one in view.fields}
        values: dict[str, Any] = {}
        declines: dict[str, str] = {}
        today = self.service.today()
        for one in group.items:
            if one.name not in views:
                continue
            if one.relevant is not None and not one.relevant.is_true(scope[0], scope[1], today):
                continue
            self.write(f"  {views[one.name].label}")
            if views[one.name].hint:
                self.write(f"  ({views[one.name].hint})")
            own, whole = declines_of(one, field=True), declines_of(group)
            answer = self._field(viewer, one, views[one.name], scope, own, whole, view.why)
            kind = _DECLINES.get(answer) if isinstance(answer, str) else None
            if kind is not None:
                declines[one.name] = scope[1][one.name] = kind
            elif answer is not None:
                values[one.name] = scope[0][one.name] = answer
        return Reply(item=group.name, of=of, fields=values, declines=declines)

    def _field(
        self,
        viewer: Viewer,
        one: Field,
        view: ItemView,
        scope: Scope,
        own: Sequence[DeclineKind],
        whole: Sequence[DeclineKind] = (),
        why: str = "",
    ) -> Value | str:
        """The value of one question, or the sign of a decline that is its ``own``. Raises _LeaveOut for one that goes
        for the ``whole`` page only."""
        if not one.required:
            empty = self.words.gettext("You can leave this empty.")
            self.write(f"  ({empty})")
        for number, choice in enumerate(view.choices[:_MOST_SHOWN], 1):
            self.write(f"  {number}. {choice.label}")
        if len(view.choices) > _MOST_SHOWN:
            more = self.words.gettext("… and {n} more", n=len(view.choices) - _MOST_SHOWN)
            self.write(f"  {more}")
        while True:
            line = self._line()
            kind = _DECLINES.get(line)
            if line == "?":
                self.write(view.why or why or self.words.gettext("Nothing more is said about this."))
            elif line == "<":
                raise _GoBack
            elif kind in own:
                return line
            elif kind is None or (line == "-" and not one.required):
                value = self._value(viewer, one, view, "" if kind else line, scope)
                if not isinstance(value, Problem):
                    return value
                self._refuse(problem_words(self.words, viewer.talk.dialog, one, value))
            elif kind in whole:
                self._leave_out(kind)
                self.write(f"  {view.label}")
            else:
                self._refuse(self.words.gettext("This question cannot be left open in this way."))

    def _leave_out(self, kind: DeclineKind) -> None:
        """Raises _LeaveOut if it is wanted: what was typed into the fields before is lost with it."""
        if self._yes(self.words.gettext("Do you want to leave out the whole page, with what you have typed on it?")):
            raise _LeaveOut(kind)

    def _value(self, viewer: Viewer, one: Field, view: ItemView, line: str, scope: Scope) -> Value | Problem:
        talk, today = viewer.talk, self.service.today()
        raw: Any = numbered(one, [choice.name for choice in view.choices], line)
        if raw is None:
            raw = meaning_of(talk, viewer.words, one, line, scope, today)
        if isinstance(raw, Problem):
            return raw
        return replies.parse(talk.dialog, one, raw, scope, today)

    def _yes(self, question: str) -> bool:
        answers = (self.words.gettext("Yes"), self.words.gettext("No"))
        self.write(f"\n{question}")
        for number, answer in enumerate(answers, 1):
            self.write(f"  {number}. {answer}")
        yes, no = (answer.casefold() for answer in answers)
        while True:
            line = self._line().casefold()
            if line == "<":
                raise _GoBack
            if line in ("1", yes, "yes"):
                return True
            if line in ("2", no, "no", "-"):
                return False
            self._refuse(self.words.gettext("Please answer 1 or 2."))

    def _line(self) -> str:
        line = self._read("> ")
        if line is None:
            raise Ended
        return line.strip()


def numbered(question: Field, names: Sequence[str], line: str) -> str | list[str] | None:
    """The choices at the numbers that were typed, None where it is no number of a list that is shown."""
    numbers = [part.strip() for part in line.split(",")]
    if not names or not all(part.isascii() and part.isdigit() for part in numbers):
        return None
    places = [int(part) - 1 for part in numbers]
    if not all(0 <= place < len(names) for place in places):
        return None
    picked = [names[place] for place in places]
    if isinstance(question, SelectMultiple):
        return picked
    return picked[0] if len(picked) == 1 else None


def noted(journey: Journey, command: Command, talk: Talk) -> Journey:
    """The journey with one more command written down."""
    answers, repeats, sections = dict(journey.answers), dict(journey.repeats), dict(journey.sections)
    match command:
        case Decline(item=item, of=of, kind=kind):
            if of:
                # An item without answers is skipped when it is played.
                repeats[item] = {**_by_id(repeats.get(item)), of: {}}
            else:
                answers[item] = declined(kind)
        case Reply(item=item, of=of, value=value, fields=fields, declines=declines):
            given = dict(fields or {}) | {name: declined(kind) for name, kind in (declines or {}).items()}
            if fields is None:
                answers[item] = value
            elif not of:
                answers.pop(item, None)
                answers |= given
            else:
                repeats[item] = {**_by_id(repeats.get(item)), of: given}
        case Open(section=section, open=is_open):
            sections[section] = is_open
    return msgspec.structs.replace(journey, answers=answers, repeats=repeats, sections=sections)


def _by_id(items: object) -> dict[str, dict[str, Any]]:
    return items if isinstance(items, dict) else {}
