"""Forms as they are sent, and the commands that they mean. Nothing is judged here but the form itself."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode

from aiohttp import web

from assistant.bidi import shown
from assistant.core.commands import (
    AddItem,
    Back,
    Change,
    Command,
    Confirm,
    Decline,
    Finish,
    Message,
    Open,
    RemoveItem,
    Reply,
    Speak,
    Submit,
)
from assistant.core.dialog import Date, Group, Integer, Repeat, places
from assistant.core.problem import Problem
from assistant.core.steps import Ask, Step
from assistant.talks import Talk
from assistant.texts import Words
from assistant.typed import meaning_of, reply_of
from assistant.views import ItemView

Kept = Mapping[str, list[str]]
"""What the fields of a form hold, by their names: what was typed, or an earlier answer."""

_MOST_FIELDS = 500
DATE_PARTS = ("year", "month", "day")
"""The boxes of a date, by the ends of their names."""


class Form:
    """The fields of a form that was sent."""

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        self.fields = fields

    def one(self, name: str, default: str = "") -> str:
        """The value of a field. Raises HTTPBadRequest if it is there twice."""
        found = self.fields.get(name, [default])
        if len(found) > 1:
            raise web.HTTPBadRequest
        return found[0]

    def all(self, name: str) -> list[str]:
        """The values of a field that may be there several times."""
        return self.fields.get(name, [])

    @property
    def shown(self) -> Kept:
        """The fields as they can be shown on a page again."""
        return {name: [shown(value) for value in values] for name, values in self.fields.items()}

    @property
    def unsent(self) -> str:
        """The answer in this form as one text, to be sent again later; empty if it holds none."""
        said = [name for name in self.fields if name in ("value", "text", "decline") or name.startswith("field.")]
        told = any(one.strip() for name in said for one in self.fields[name])
        return urlencode({**self.fields, "token": ""}, doseq=True) if told and self.one("item") else ""

    def answers(self, step: Step) -> bool:
        """Whether the question of this form is the one that is asked."""
        return isinstance(step, Ask) and (step.item.name, step.of) == (self.one("item"), self.one("of"))

    @property
    def seen(self) -> int:
        """The record position that the page was drawn from; -1, which fits no page, for anything that is no number."""
        text = self.one("seen")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


async def read(request: web.Request) -> Form:
    """The form of a request. Raises HTTPUnsupportedMediaType or HTTPBadRequest for anything that is no plain form."""
    body = await request.read()
    if body and request.content_type != "application/x-www-form-urlencoded":
        raise web.HTTPUnsupportedMediaType
    try:
        return parsed(body.decode("utf-8"))
    except UnicodeDecodeError:
        raise web.HTTPBadRequest from None


def parsed(text: str) -> Form:
    """A form as it is sent, ``name=value&…``. Raises HTTPBadRequest."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise web.HTTPBadRequest from None
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return Form(fields)


# -- commands ----------------------------------------------------------------------------------------------------------


def command(form: Form, talk: Talk, words: Words, today: datetime.date) -> Command | Problem:
    """The command that a form of the conversation means; a Problem if typed words were not understood. Raises
    HTTPBadRequest if it means none."""
    do = form.one("do", "reply")
    make = _COMMANDS.get(do)
    if do == "reply":
        return _reply(form, talk, words, today)
    if make is None:
        raise web.HTTPBadRequest
    return make(form)


def _target(form: Form) -> tuple[str, str]:
    """The screen that a button names: ``item`` and ``of``, or both in one as ``jobs.2``."""
    item, _, of = form.one("item").partition(".")
    return item, form.one("of") or of


def _message(form: Form) -> Message:
    kind: Literal["apply_now", "call_me"] = "call_me" if form.one("kind") == "call_me" else "apply_now"
    return Message(kind=kind, name=form.one("name"), phone=form.one("phone"), when=form.one("when"))


_COMMANDS: Mapping[str, Callable[[Form], Command]] = {
    "back": lambda form: Back(),
    "change": lambda form: Change(*_target(form)),
    "remove": lambda form: RemoveItem(*_target(form)),
    "more": lambda form: AddItem(form.one("item"), more=True),
    "enough": lambda form: AddItem(form.one("item"), more=False),
    "open": lambda form: Open(form.one("section"), open=form.one("open", "yes") == "yes"),
    "finish": lambda form: Finish(),
    "go_on": lambda form: Finish(done=False),
    "confirm": lambda form: Confirm(still_true=tuple(form.all("still_true"))),
    "submit": lambda form: Submit(),
    "language": lambda form: Speak(form.one("locale")),
    "urgent": _message,
}


def _reply(form: Form, talk: Talk, words: Words, today: datetime.date) -> Command | Problem:
    item, of, decline = form.one("item"), form.one("of"), form.one("decline")
    if decline:
        return Decline(item, of, decline)
    place = places(talk.dialog).get(item)
    asked = place.item if place is not None else None
    if isinstance(asked, Group | Repeat):
        return _fields(form, asked, of, talk, words, today)
    raw = _raw(form, "value")
    typed = form.one("text") if "text" in form.fields else _typed(asked, raw)
    return Reply(item, of, value=raw) if typed is None else reply_of(talk, words, item, of, typed, today)


def _fields(
    form: Form, asked: Group | Repeat, of: str, talk: Talk, words: Words, today: datetime.date
) -> Command | Problem:
    own = {one.name: one for one in asked.items}
    scope = (talk.path.values, talk.path.declined)
    values: dict[str, Any] = {}
    for name in dict.fromkeys(name.split(".")[1] for name in form.fields if name.startswith("field.")):
        values[name] = raw = _raw(form, f"field.{name}")
        field, typed = own.get(name), _typed(own.get(name), raw)
        if field is not None and typed is not None:
            meant = meaning_of(talk, words, field, typed, scope, today)
            # Words that mean nothing stay as they are: reading them gives the field a problem of its own.
            values[name] = raw if isinstance(meant, Problem) else meant
    declines = {name.removeprefix("decline."): form.one(name) for name in form.fields if name.startswith("decline.")}
    return Reply(asked.name, of, fields=values, declines={name: kind for name, kind in declines.items() if kind})


def _raw(form: Form, name: str) -> Any:
    """What was sent: text, several texts, or the boxes of a date."""
    boxes = {part: form.one(f"{name}.{part}") for part in DATE_PARTS if f"{name}.{part}" in form.fields}
    if boxes:
        return boxes
    values = form.all(name)
    return values[0] if len(values) == 1 else values or None


def typed_of(question: Any, form: Form, name: str) -> str | None:
    """The words in this field of a form that are to be understood, None if there are none."""
    return _typed(question, _raw(form, name))


def _typed(question: Any, raw: Any) -> str | None:
    """What is to be understood of a raw value: a number in words, or a date that was written into its first box."""
    if isinstance(question, Integer) and isinstance(raw, str):
        return raw
    if isinstance(question, Date) and isinstance(raw, dict):
        year = str(raw.get("year", "")).strip()
        alone = not any(raw.get(part, "").strip() for part in ("month", "day"))
        return year if alone and year and not year.isdecimal() else None
    return None


# -- what stands in the fields -----------------------------------------------------------------------------------------


def kept_of(item: ItemView) -> Kept:
    """The fields of a question that is asked again, holding its earlier answer."""
    kept: dict[str, list[str]] = {}
    if item.type != "group":
        return dict(_kept("value", item))
    for one in item.fields:
        kept.update(_kept(f"field.{one.name}", one))
        if one.declined:
            kept[f"decline.{one.name}"] = [one.declined]
    return kept


def _kept(name: str, item: ItemView) -> list[tuple[str, list[str]]]:
    if item.value is None:
        return []
    if item.type == "date":
        known = zip(DATE_PARTS, str(item.value).split("-"), strict=False)
        return [(f"{name}.{part}", [text.lstrip("0")]) for part, text in known]
    if isinstance(item.value, list | tuple):
        return [(name, list(item.value))]
    return [(name, [shown(str(item.value))])]
