"""Random dialogs and random replies, for tests that must hold for every dialog."""

from __future__ import annotations

import datetime
from typing import Any

from hypothesis import strategies as st

from assistant.core.dialog import (
    Date,
    Dialog,
    Field,
    Group,
    Integer,
    Repeat,
    Screen,
    SelectMultiple,
    SelectOne,
    Text,
    choices_of,
)
from tests.core.small import dialog_of

LETTERS = ("a", "b", "c")
FIELD_TYPES = ("text", "integer", "date", "select_one", "select_multiple")


@st.composite
def conditions(draw: st.DrawFn, known: list[tuple[str, str]]) -> str | None:
    """A condition over facts that stand before, or none."""
    if not known or draw(st.booleans()):
        return None
    name, kind = draw(st.sampled_from(known))
    simple = {
        "integer": f"{name} > {draw(st.integers(0, 9))}",
        "select_one": f'{name} == "{draw(st.sampled_from(LETTERS))}"',
        "select_multiple": f'has({name}, "{draw(st.sampled_from(LETTERS))}")',
        "date": f"year({name}) > 2000",
        "list": f"count({name}) > {draw(st.integers(0, 2))}",
    }.get(kind, f"known({name})")
    return draw(st.sampled_from((simple, f"not ({simple})", f"{simple} or declined({name})", f"known({name})")))


@st.composite
def fields(draw: st.DrawFn, name: str, known: list[tuple[str, str]]) -> dict[str, Any]:
    """One question of any type."""
    kind = draw(st.sampled_from(FIELD_TYPES))
    made: dict[str, Any] = {"type": kind, "name": name, "label": name, "required": draw(st.booleans())}
    condition = draw(conditions(known))
    if condition:
        made["relevant"] = condition
    if kind == "integer":
        made |= {"min": 0, "max": 9}
    if kind.startswith("select"):
        made["choices"] = [{"name": one, "label": one} for one in LETTERS]
        only_if = draw(conditions(known))
        if kind == "select_multiple":
            made["choices"].append({"name": "none", "label": "none", "exclusive": True})
        elif only_if is not None:
            made["choices"][2]["relevant"] = only_if
    return made


@st.composite
def items(draw: st.DrawFn, name: str, known: list[tuple[str, str]]) -> dict[str, Any]:
    """One item of any type; what it establishes is added to ``known``."""
    kind = draw(st.sampled_from((*FIELD_TYPES, "group", "repeat", "calculate", "note")))
    condition = draw(conditions(known))
    extra: dict[str, Any] = {"relevant": condition} if condition else {}
    if kind == "note":
        return {"type": "note", "name": name, "label": name, **extra}
    if kind == "calculate":
        integers = [one for one, of_kind in known if of_kind == "integer"]
        value = f"{draw(st.sampled_from(integers))} + 1" if integers else "1 + 1"
        known.append((name, "integer"))
        return {"type": "calculate", "name": name, "value": value, **extra}
    if kind not in ("group", "repeat"):
        made = draw(fields(name, known))
        known.append((name, made["type"]))
        return made
    inner: list[dict[str, Any]] = []
    within = list(known)
    for number in range(draw(st.integers(1, 3))):
        field = draw(fields(f"{name}_{number}", within))
        within.append((field["name"], field["type"]))
        inner.append(field)
    whole = {"type": kind, "name": name, "label": name, "items": inner, **extra}
    if kind == "group":
        known.extend((field["name"], field["type"]) for field in inner)
        return whole
    counts = [one for one, of_kind in known if of_kind == "integer"]
    drivers = [one for one, of_kind in known if of_kind == "select_multiple"]
    way = draw(st.sampled_from(("more", *(("count",) if counts else ()), *(("for_each",) if drivers else ()))))
    whole |= {"more": "more?", "max": 3} if way == "more" else {}
    whole |= {"count": draw(st.sampled_from(counts))} if way == "count" else {}
    whole |= {"for_each": draw(st.sampled_from(drivers))} if way == "for_each" else {}
    known.append((name, "list"))
    return whole


@st.composite
def dialogs(draw: st.DrawFn) -> Dialog:
    """A dialog of one to three sections, some of them optional."""
    known: list[tuple[str, str]] = []
    sections = []
    for number in range(draw(st.integers(1, 3))):
        count = draw(st.integers(1, 4))
        sections.append(
            {
                "name": f"s{number}",
                "label": f"s{number}",
                "optional": number > 0 and draw(st.booleans()),
                "items": [draw(items(f"f{number}_{place}", known)) for place in range(count)],
            }
        )
    return dialog_of(*sections)


def good_value(draw: Any, dialog: Dialog, question: Field) -> Any:
    """A value that the question takes."""
    match question:
        case Text():
            return draw(st.text(min_size=1, max_size=20).map(lambda text: text.strip() or "x"))
        case Integer():
            return draw(st.integers(question.min, min(question.max, 9)))
        case Date():
            return draw(st.dates(datetime.date(1990, 1, 1), datetime.date(2029, 12, 31)).map(datetime.date.isoformat))
        case SelectOne():
            return draw(st.sampled_from(("a", "b")))
        case SelectMultiple():
            names = [one.name for one in choices_of(dialog, question).values() if not one.exclusive]
            return draw(st.one_of(st.just(["none"]), st.lists(st.sampled_from(names), min_size=1, unique=True)))


def good_reply(draw: Any, dialog: Dialog, item: Screen, of: str) -> dict[str, Any]:
    """The arguments of a Reply that is taken."""
    if isinstance(item, Group | Repeat):
        return {"item": item.name, "of": of, "fields": {one.name: good_value(draw, dialog, one) for one in item.items}}
    return {"item": item.name, "of": of, "value": good_value(draw, dialog, item)}  # type: ignore[arg-type]


junk = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=True), st.text(max_size=30)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=5,
)
