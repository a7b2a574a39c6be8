"""Problems in words: what is wrong, and what to do. Never whose fault it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from assistant.core.dialog import Date, Dialog, Integer, Question, Screen, SelectMultiple, SelectOne
from assistant.core.problem import Problem
from assistant.texts import N_, Words
from assistant.wording.choices import choice_label
from assistant.wording.labels import label
from assistant.wording.values import is_year

_SAYING: Final[Mapping[str, str]] = {
    "wrong_type": N_("We could not read this answer. Please try again."),
    "no_such_choice": N_("Please choose from the answers that are shown here."),
    "unknown_field": N_("Something went wrong on this page. Please try again."),
    "not_declinable": N_("We need an answer to this question to go on."),
    "fields": N_("Some answers need a change. Please look at those that are marked."),
    "not_asked": N_("This question is not open now. Here is where you are."),
    "nothing_before": N_("There is no earlier question to go back to."),
    "too_many_events": N_("This talk has become too long to go on here. Please contact the office."),
    "stale": N_("Something was changed in the meantime. This is how it looks now."),
    "wrong_code": N_(
        "This code does not work. Check every letter and digit and try again. A code is valid for some time only."
    ),
}
_GENERAL: Final = N_("This answer does not work here. Please check it and try again.")

_Saying: TypeAlias = Callable[[Words, Dialog, Screen | None, Problem], str]


def problem_words(words: Words, dialog: Dialog, question: Screen | None, problem: Problem) -> str:
    """What a person reads about a problem; ``question`` is the question or field it belongs to, if any."""
    saying = _EXPLAINED.get(problem.code)
    if saying is not None:
        return saying(words, dialog, question, problem)
    return words.gettext(_SAYING.get(problem.code, _GENERAL))


def _required(words: Words, dialog: Dialog, question: Screen | None, problem: Problem) -> str:
    match question:
        case SelectOne() | SelectMultiple():
            return words.gettext("Please choose an answer.")
        case Integer():
            return _number_hint(words, question)
        case Date():
            return _date_hint(words, question, question.precision)
    return words.gettext("Please write something here.")


def _constraint(words: Words, dialog: Dialog, question: Screen | None, problem: Problem) -> str:
    own = label(words, dialog, question, "constraint_message") if isinstance(question, Question) else ""
    return own or words.gettext("This does not fit with your other answers. Please check it.")


def _too_long(words: Words, dialog: Dialog, question: Screen | None, problem: Problem) -> str:
    most, length = _whole(problem, "max"), _whole(problem, "length")
    return words.ngettext(
        "There is room for {max} characters. Please make the text {n} character shorter.",
        "There is room for {max} characters. Please make the text {n} characters shorter.",
        max(1, length - most),
        max=most,
    )


def _too_small(words: Words, dialog: Dialog, question: Screen | None, problem: Problem) -> str:
    return words.gettext("Please write {min} or a higher number.", min=_figure(question, _whole(problem, "min")))


def _too_large(words: Words, dialog: Dialog, question: Screen | None, problem: Problem) -> str:
    return words.gettext("Please write {max} or a lower number.", max=_figure(question, _whole(problem, "max")))


def _not_a_number(words: Words, dialog: Dialog, question: Screen | None, problem: Problem) -> str:
    return _number_hint(words, question)


def _not_a_date(words: Words, dialog: Dialog, question: Screen | None, problem: Problem) -> str:
    said = str(problem.params.get("precision", "day"))
    return _date_hint(words, question, question.precision if isinstance(question, Date) else said)


def _too_many(words: Words, dialog: Dialog, question: Screen | None, problem: Problem) -> str:
    most = _whole(problem, "max")
    if isinstance(question, SelectMultiple):
        return words.ngettext("You can choose {n} answer here.", "You can choose up to {n} answers here.", most)
    return words.ngettext("There is room for {n} here.", "There is room for {n} here.", most)


def _exclusive(words: Words, dialog: Dialog, question: Screen | None, problem: Problem) -> str:
    if not isinstance(question, SelectMultiple):
        return words.gettext(_GENERAL)
    choice = choice_label(words, dialog, question, str(problem.params.get("choice", "")))
    return words.gettext("“{choice}” can only be chosen alone. Keep it, or keep the others.", choice=choice)


def _ambiguous(words: Words, dialog: Dialog, question: Screen | None, problem: Problem) -> str:
    names, dates = problem.params.get("choices") or (), problem.params.get("dates") or ()
    if names and isinstance(question, SelectOne | SelectMultiple):
        labels = words.list((choice_label(words, dialog, question, str(name)) for name in names), either=True)
        return words.gettext("This can mean more than one answer: {choices}. Which one is right?", choices=labels)
    if dates:
        days = words.list((words.date(str(iso)) for iso in dates), either=True)
        hint = _date_hint(words, question, "day")
        return words.gettext("This can mean more than one day: {days}.", days=days) + " " + hint
    return words.gettext("This can mean more than one thing. Please write it in another way.")


def _not_understood(words: Words, dialog: Dialog, question: Screen | None, problem: Problem) -> str:
    match question:
        case SelectOne() | SelectMultiple():
            hint = words.gettext("Please choose from the answers that are shown here.")
        case Integer():
            hint = _number_hint(words, question)
        case Date():
            hint = _date_hint(words, question, question.precision)
        case _:
            hint = words.gettext("Please write it in another way.")
    return words.gettext("We did not understand this.") + " " + hint


def _number_hint(words: Words, question: Screen | None) -> str:
    example = 20
    if isinstance(question, Integer):
        wanted = 1990 if is_year(question) else 6500 if question.max >= 10_000 else 20
        example = max(question.min, min(question.max, wanted))
    return words.gettext("Please write a number with digits, like {example}.", example=_figure(question, example))


def _date_hint(words: Words, question: Screen | None, precision: str) -> str:
    if precision == "year":
        return words.gettext("Please write the year with four digits, like {example}.", example="2019")
    least = (question.least or question.precision) if isinstance(question, Date) else precision
    if precision == "month":
        if least == "year":
            return words.gettext("Please write year and month, like {example}, or only the year.", example="2019-03")
        return words.gettext("Please write year and month, like {example}.", example="2019-03")
    if least == "day":
        return words.gettext("Please write year, month and day, like {example}.", example="2019-03-05")
    return words.gettext("Please write the date like {example}, or as much of it as you know.", example="2019-03-05")


def _whole(problem: Problem, name: str) -> int:
    value: Any = problem.params.get(name)
    return value if isinstance(value, int) else 0


def _figure(question: Screen | None, number: int) -> str | int:
    return str(number) if is_year(question) else number


_EXPLAINED: Final[Mapping[str, _Saying]] = {
    "required": _required,
    "constraint": _constraint,
    "too_long": _too_long,
    "too_small": _too_small,
    "too_large": _too_large,
    "not_a_number": _not_a_number,
    "not_a_date": _not_a_date,
    "too_many": _too_many,
    "exclusive": _exclusive,
    "ambiguous": _ambiguous,
    "not_understood": _not_understood,
}
