"""The shapes of the JSON API: what a request may hold, and a turn as it is published.

These types are the schema: requests are decoded into them, answers are made of them, and ``/api/openapi.json`` is
generated from them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from assistant import wording
from assistant.views import ItemView, LineView, ProblemView, StepView, Turn

Seen = Annotated[int, Meta(ge=0, le=2**53, description="The seq of the turn that is answered.")]
Name = Annotated[str, Meta(max_length=100)]
Words = Annotated[str, Meta(max_length=10_000)]
Tag = Annotated[str, Meta(max_length=35, description="A BCP 47 tag of a language that is offered.")]
ItemType = Literal["text", "integer", "date", "select_one", "select_multiple", "group"]
Kind = Literal["ask", "ask_more", "open", "still_true", "review", "done", "stopped"]


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What all requests share: nothing unknown slips in."""


class NewConversation(Body, frozen=True, kw_only=True):
    """Begin a conversation in a language."""

    locale: Tag
    dialog: Name = "first_visit"
    invitation: Name | None = None


class NewReply(Body, frozen=True, kw_only=True):
    """Answer the question that is asked, with exactly one of ``value``, ``text``, ``decline`` and ``fields``.

    ``declines`` names the fields of ``fields`` that stay open, and why."""

    seen: Seen
    item: Name
    of: Name = ""
    value: Any = UNSET
    text: Words | UnsetType = UNSET
    decline: Name | UnsetType = UNSET
    fields: dict[Name, Any] | UnsetType = UNSET
    declines: dict[Name, Name] | UnsetType = UNSET


class NewChange(Body, frozen=True, kw_only=True):
    """Give an earlier answer again."""

    seen: Seen
    item: Name
    of: Name = ""


class NewItem(Body, frozen=True, kw_only=True):
    """Of a list: there is another one (``more``) or there is none, or one is taken away (``remove``)."""

    seen: Seen
    repeat: Name
    more: bool | UnsetType = UNSET
    remove: Name | UnsetType = UNSET


class NewSection(Body, frozen=True, kw_only=True):
    """Take part in an optional section, or not."""

    seen: Seen
    section: Name
    open: bool


class NewMessage(Body, frozen=True, kw_only=True):
    """A message of its own to the office, at once."""

    seen: Seen
    kind: Literal["apply_now", "call_me"]
    name: Words = ""
    phone: Words = ""
    when: Words = ""


class NewConfirmation(Body, frozen=True, kw_only=True):
    """Of the answers that were shown, these are still true; the others are asked again."""

    seen: Seen
    still_true: Annotated[tuple[Name, ...], Meta(max_length=500)]


class NewLanguage(Body, frozen=True, kw_only=True):
    """Go on in another language."""

    seen: Seen
    locale: Tag


class NewFinish(Body, frozen=True, kw_only=True):
    """Tell the rest at the visit, or (``done`` false) go on after all."""

    seen: Seen
    done: bool = True


class NewStep(Body, frozen=True, kw_only=True):
    """A command that needs nothing else."""

    seen: Seen


class SaidJson(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the transcript. ``item`` and ``of`` name the answer, so that it can be changed."""

    who: Literal["assistant", "applicant"]
    text: str
    lang: str
    item: str = ""
    of: str = ""


class ChoiceJson(msgspec.Struct, frozen=True, kw_only=True):
    """A choice as it is offered."""

    name: str
    label: str


class ItemJson(msgspec.Struct, frozen=True, kw_only=True):
    """A question, or a screen of several ``fields``, in the person's language."""

    name: str
    type: ItemType
    label: str
    hint: str
    why: str
    required: bool
    decline: tuple[str, ...]
    choices: tuple[ChoiceJson, ...]
    fields: tuple[ItemJson, ...]
    exclusive_choices: tuple[str, ...] | UnsetType = UNSET
    min: int | UnsetType = UNSET
    max: int | UnsetType = UNSET
    max_length: int | UnsetType = UNSET
    multiline: bool | UnsetType = UNSET
    suggestions: tuple[str, ...] | UnsetType = UNSET
    example: str | UnsetType = UNSET
    unit: str | UnsetType = UNSET
    precision: Literal["year", "month", "day"] | UnsetType = UNSET
    least: Literal["year", "month", "day"] | UnsetType = UNSET
    private: bool | UnsetType = UNSET
    depends: bool | UnsetType = UNSET
    value: Any = UNSET
    declined: str | UnsetType = UNSET


class LineJson(msgspec.Struct, frozen=True, kw_only=True):
    """A question as asked and the answer to it. ``screen`` and ``of`` are what is asked again to change it."""

    screen: str
    of: str
    item: str
    section: str
    question: str
    answer: str
    private: bool


class StepJson(msgspec.Struct, frozen=True, kw_only=True):
    """What the person is met with. Which other members are there depends on ``kind``."""

    kind: Kind
    of: str | UnsetType = UNSET
    item: ItemJson | UnsetType = UNSET
    repeat: str | UnsetType = UNSET
    section: str | UnsetType = UNSET
    label: str | UnsetType = UNSET
    hint: str | UnsetType = UNSET
    lines: tuple[LineJson, ...] | UnsetType = UNSET
    reference: str | UnsetType = UNSET


class ProgressJson(msgspec.Struct, frozen=True, kw_only=True):
    """How far it is; ``questions_left`` from least to most."""

    section: str
    sections: int
    section_index: int
    questions_left: tuple[int, int]
    minutes_left: int
    question: int


class ProblemJson(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with an answer, in the person's language; per field where there are several."""

    code: str
    text: str
    params: dict[str, Any] | UnsetType = UNSET
    fields: dict[str, ProblemJson] | UnsetType = UNSET


class TurnJson(msgspec.Struct, frozen=True, kw_only=True):
    """One turn: what was said since the turn before, and what comes now."""

    seq: int
    locale: str
    dir: Literal["ltr", "rtl"]
    said: tuple[SaidJson, ...]
    step: StepJson
    progress: ProgressJson
    problem: ProblemJson | None
    notes: tuple[str, ...]
    may_finish: bool


class TurnAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The conversation as it is now."""

    turn: TurnJson


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation has begun: ``token`` opens it now, ``code`` opens it later once anything is kept."""

    token: str
    code: str
    turn: TurnJson


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The same line in the language that was asked for."""

    section: str
    question: str
    answer: str


class TwinLine(msgspec.Struct, frozen=True, kw_only=True):
    """One question and its answer in the conversation's language, and beside it in the one asked for."""

    item: str
    of: str
    section: str
    question: str
    answer: str
    asked: Asked
    private: bool


class Twin(msgspec.Struct, frozen=True, kw_only=True):
    """The twin record: everything said so far, line by line in two languages."""

    locale: str
    asked: str
    lines: tuple[TwinLine, ...]


class ProblemDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A problem as RFC 9457 writes it, with a ``code`` that does not change. ``detail`` is for who builds the client;
    ``problem`` is for the person; ``turn`` is the conversation as it is now."""

    type: str
    title: str
    status: int
    code: str
    detail: str | UnsetType = UNSET
    problem: ProblemJson | UnsetType = UNSET
    turn: TurnJson | UnsetType = UNSET


def turn_json(turn: Turn) -> TurnJson:
    """A turn as the published JSON has it."""
    return TurnJson(
        seq=turn.seq,
        locale=turn.locale,
        dir="rtl" if turn.dir == "rtl" else "ltr",
        said=tuple(
            SaidJson(
                who="applicant" if one.who == "applicant" else "assistant",
                text=one.text,
                lang=one.lang,
                item=one.item,
                of=one.of,
            )
            for one in turn.said
        ),
        step=_step(turn.step),
        progress=msgspec.convert(turn.progress, ProgressJson, from_attributes=True),
        problem=problem_json(turn.problem) if turn.problem else None,
        notes=turn.notes,
        may_finish=turn.may_finish,
    )


def problem_json(problem: ProblemView) -> ProblemJson:
    """A problem with an answer as the published JSON has it."""
    return ProblemJson(
        code=problem.code,
        text=problem.text,
        params=problem.params or UNSET,
        fields={name: problem_json(one) for name, one in problem.fields.items()} or UNSET,
    )


def line_json(line: LineView) -> LineJson:
    """A line of the review. A private answer is named and not shown."""
    return LineJson(
        screen=line.screen,
        of=line.of,
        item=line.item,
        section=line.section,
        question=line.question,
        answer=wording.plain(line.answer),
        private=line.private,
    )


def _step(step: StepView) -> StepJson:
    listed = step.kind in ("review", "still_true")
    return StepJson(
        kind=msgspec.convert(step.kind, Kind),
        of=step.of if step.item else UNSET,
        item=_item(step.item) if step.item else UNSET,
        repeat=step.repeat or UNSET,
        section=step.section or UNSET,
        label=step.label if step.label and step.kind != "done" else UNSET,
        hint=step.hint or UNSET,
        lines=tuple(line_json(line) for line in step.lines) if listed else UNSET,
        reference=step.label if step.kind == "done" else UNSET,
    )


@lru_cache(maxsize=8192)
def _item(item: ItemView) -> ItemJson:
    """What only some types have stands beside the rest, and is left out where it does not apply."""
    extra = dict(item.extra)
    extra["exclusive_choices"] = tuple(choice.name for choice in item.choices if choice.exclusive) or UNSET
    return ItemJson(
        name=item.name,
        type=msgspec.convert(item.type, ItemType),
        label=item.label,
        hint=item.hint,
        why=item.why,
        required=item.required,
        decline=item.decline,
        choices=tuple(ChoiceJson(name=choice.name, label=choice.label) for choice in item.choices),
        fields=tuple(_item(one) for one in item.fields),
        depends=item.depends or UNSET,
        value=item.value if item.value is not None else UNSET,
        declined=item.declined or UNSET,
        **extra,
    )
