"""One raw reply and one question give a value or a Problem.

Raw replies come from forms (text, or lists of text) and from JSON (typed). Digits of every script count. *Required*
concerns what is blank, *constraint* what is not, so there is at most one problem at a time.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from assistant.core.dates import parse_date
from assistant.core.dialog import (
    Choice,
    Date,
    DeclineKind,
    Dialog,
    Field,
    Group,
    Integer,
    Precision,
    Repeat,
    SelectMultiple,
    SelectOne,
    Text,
    declines_of,
)
from assistant.core.path import Scope
from assistant.core.problem import Problem
from assistant.core.record import Value
from assistant.core.walk import offered_choices

_FINENESS: dict[Precision, int] = {"year": 1, "month": 2, "day": 3}


def parse(
    dialog: Dialog,
    question: Field,
    raw: Any,
    scope: Scope,
    today: datetime.date,
    *,
    required: bool | None = None,
) -> Value | Problem:
    """The value of a reply to one question, where ``scope`` holds what was said before it. None is a blank reply."""
    value = _read(dialog, question, raw, scope, today)
    if isinstance(value, Problem):
        return value
    if value is None or value == ():
        return Problem(code="required") if (question.required if required is None else required) else None
    if question.constraint is not None:
        values = {**scope[0], question.name: value}
        if question.constraint(values, scope[1], today) is False:
            return Problem(code="constraint", params={"item": question.name})
    return value


def parse_fields(
    dialog: Dialog,
    group: Group | Repeat,
    raw: Mapping[str, Any],
    declines: Mapping[str, str],
    scope: Scope,
    today: datetime.date,
) -> tuple[dict[str, Value], dict[str, DeclineKind]] | Problem:
    """The values and declines of a screen of several fields. Fields that turn out not to apply are ignored: a page
    without script shows them all. All problems are found at once, one for each field."""
    names = {one.name for one in group.items}
    strangers = sorted((set(raw) | set(declines)) - names)
    if strangers:
        return Problem(code="unknown_field", params={"field": strangers[0][:60]})
    here: Scope = (dict(scope[0]), dict(scope[1]))
    values: dict[str, Value] = {}
    declined: dict[str, DeclineKind] = {}
    problems: dict[str, Problem] = {}
    for one in group.items:
        if one.relevant is not None and not one.relevant.is_true(here[0], here[1], today):
            continue
        kind = declines.get(one.name)
        if kind:
            allowed = [known for known in declines_of(one, field=True) if known == kind]
            if not allowed:
                problems[one.name] = Problem(code="not_declinable")
                continue
            declined[one.name] = here[1][one.name] = allowed[0]
            continue
        value = parse(dialog, one, raw.get(one.name), here, today)
        if isinstance(value, Problem):
            problems[one.name] = value
        else:
            values[one.name] = value
            if value is not None:
                here[0][one.name] = value
    if problems:
        return Problem(code="fields", fields=problems)
    return values, declined


def _read(dialog: Dialog, question: Field, raw: Any, scope: Scope, today: datetime.date) -> Value | Problem:
    match question:
        case Text():
            return _text(question, raw)
        case Integer():
            return _integer(question, raw)
        case Date():
            return _date(question, raw)
        case SelectOne():
            return _select_one(offered_choices(dialog, question, scope, today), raw)
        case SelectMultiple():
            return _select_multiple(question, offered_choices(dialog, question, scope, today), raw)


def _text(question: Text, raw: Any) -> Value | Problem:
    if raw is None:
        return None
    if not isinstance(raw, str):
        return Problem(code="wrong_type")
    words = raw.replace("\r\n", "\n").strip()
    if len(words) > question.max_length:
        return Problem(code="too_long", params={"max": question.max_length, "length": len(words)})
    return words or None


def plain_digits(text: str) -> str:
    """The text with the decimal digits of every script as 0-9, without invisible marks: keyboards for scripts that run
    from right to left put them beside numbers."""
    shown = (sign for sign in text if unicodedata.category(sign) != "Cf")
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in shown)


def _integer(question: Integer, raw: Any) -> Value | Problem:
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    if isinstance(raw, str):
        # Thousands may be set apart by a space, a dot or a comma; a decimal comma makes no whole number.
        words = re.sub(r"(?<=\d)[\s.,'٬٫](?=\d{3}(?!\d))", "", plain_digits(raw[:60]).strip())
        words = re.sub(r"\s*(kr|sek|:-)\.?$", "", words, flags=re.IGNORECASE)
        if not re.fullmatch(r"[-−]?\d{1,15}", words):
            return Problem(code="not_a_number")
        raw = int(words.replace("−", "-"))
    if isinstance(raw, bool) or not isinstance(raw, int):
        return Problem(code="not_a_number")
    if raw < question.min:
        return Problem(code="too_small", params={"min": question.min})
    if raw > question.max:
        return Problem(code="too_large", params={"max": question.max})
    return raw


def _date(question: Date, raw: Any) -> Value | Problem:
    if isinstance(raw, Mapping):
        raw = _joined(raw)
        if isinstance(raw, Problem):
            return raw
    if isinstance(raw, int) and not isinstance(raw, bool):
        raw = str(raw)
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    parts = parse_date(plain_digits(raw).strip()) if isinstance(raw, str) and len(raw) < 40 else None
    if parts is None or not 1900 <= parts[0] <= 2100:
        return Problem(code="not_a_date", params={"precision": question.precision})
    finest, coarsest = _FINENESS[question.precision], _FINENESS[question.least or question.precision]
    if len(parts) < coarsest:
        return Problem(code="not_a_date", params={"precision": question.precision})
    return "-".join((f"{parts[0]:04}", *(f"{part:02}" for part in parts[1:finest])))


def _joined(parts: Mapping[str, Any]) -> str | Problem | None:
    """The ISO text of a form's boxes year, month, day. A day without month, or a month without year, is no date."""
    texts = [plain_digits(str(parts.get(name) or "").strip())[:8] for name in ("year", "month", "day")]
    given = [text for text in texts if text]
    if not given:
        return None
    if texts[: len(given)] != given or not all(re.fullmatch(r"\d{1,4}", text, re.ASCII) for text in given):
        return Problem(code="not_a_date", params={"precision": "day"})
    return "-".join((given[0].zfill(4), *(text.zfill(2) for text in given[1:])))


def _select_one(offered: Sequence[Choice], raw: Any) -> Value | Problem:
    if raw is None or raw == "":
        return None
    if not isinstance(raw, str):
        return Problem(code="wrong_type")
    if raw not in {choice.name for choice in offered}:
        return Problem(code="no_such_choice")
    return raw


def _select_multiple(question: SelectMultiple, offered: Sequence[Choice], raw: Any) -> Value | Problem:
    if raw is None or raw == "":
        return None
    if isinstance(raw, str):
        raw = [raw]
    if not isinstance(raw, list | tuple) or not all(isinstance(name, str) for name in raw):
        return Problem(code="wrong_type")
    picked = set(raw) - {""}
    if not picked <= {choice.name for choice in offered}:
        return Problem(code="no_such_choice")
    names = [choice.name for choice in offered if choice.name in picked]
    if question.max is not None and len(names) > question.max:
        return Problem(code="too_many", params={"max": question.max})
    if len(names) > 1 and _exclusive(offered, names):
        return Problem(code="exclusive", params={"choice": _exclusive(offered, names)})
    return tuple(names)


def _exclusive(offered: Iterable[Choice], names: Sequence[str]) -> str:
    return next((choice.name for choice in offered if choice.exclusive and choice.name in names), "")
