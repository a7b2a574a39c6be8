"""What is told about an expression that does not fit its dialog, and which type its value has."""

import pytest

from assistant.core.expressions import Expression, Finding, Type

SCOPE = {
    "work_now": Type(kind="choice", choices=frozenset({"no", "part", "full"})),
    "country": Type(kind="choice"),
    "reasons": Type(kind="choices", choices=frozenset({"lost_job", "illness", "moved"})),
    "languages": Type(kind="choices"),
    "children": Type(kind="integer"),
    "share": Type(kind="decimal"),
    "born": Type(kind="date"),
    "since": Type(kind="date"),
    "called_name": Type(kind="text"),
    "adult": Type(kind="boolean"),
    "jobs": Type(kind="list"),
    "job_from": Type(kind="list", of="date"),
    "job_hours": Type(kind="list", of="integer"),
    "job_end": Type(kind="list", of="choice", choices=frozenset({"ended", "fired"})),
    "job_place": Type(kind="list", of="text"),
}


def findings(source: str) -> list[Finding]:
    return Expression(source).check(SCOPE, later=("rent", "goal"))[0]


def type_of(source: str) -> Type | None:
    problems, found = Expression(source).check(SCOPE)
    assert problems == []
    return found


@pytest.mark.parametrize(
    ("source", "column", "message", "remedy"),
    [
        # Names
        ("adult and wrk_now == 1", 10, "there is no fact called wrk_now", "did you mean work_now?"),
        ("known(zzz)", 6, "there is no fact called zzz", "ask it earlier, or correct the name"),
        ("declined(zzz)", 9, "there is no fact called zzz", "ask it earlier, or correct the name"),
        ("adult or rent > 1", 9, "rent is asked later; conditions look backwards only", "ask it before"),
        ("known(goal)", 6, "goal is asked later; conditions look backwards only", "ask it before"),
        ("work_now == full", 12, "there is no fact called full", 'write the choice in quotes: "full"'),
        ("full != work_now", 0, "there is no fact called full", 'write the choice in quotes: "full"'),
        ("born < today", 7, "there is no fact called today", "write today()"),
        # Choices
        ('work_now == "ful"', 12, 'work_now has no choice "ful"', "did you mean full?"),
        ('"ful" != work_now', 0, 'work_now has no choice "ful"', "did you mean full?"),
        ('work_now == "x"', 12, 'work_now has no choice "x"', "its choices are full, no, part"),
        ('work_now in ["full", "prt"]', 21, 'work_now has no choice "prt"', "did you mean part?"),
        ('has(reasons, "ilness")', 13, 'reasons has no choice "ilness"', "did you mean illness?"),
        ('has(job_end, "x")', 13, 'job_end has no choice "x"', "its choices are ended, fired"),
        ('("a" if adult else "b") == "c"', 27, 'this has no choice "c"', "its choices are a, b"),
        ('work_now == ("a" if adult else "b")', 13, "no choice in common", "one of its choices"),
        # Kinds of a comparison
        ("work_now == 1", 12, "a choice and a number cannot be compared", "a choice or text in quotes"),
        ('children == "3"', 12, "a number and a choice cannot be compared", "a number without quotes"),
        ("called_name == 3", 15, "a text and a number cannot be compared", "without quotes"),
        ("called_name == true", 15, "a text and true or false cannot", "of the same kind"),
        ("adult == 1", 9, "true or false and a number cannot be compared", "of the same kind"),
        ('adult == "true"', 9, "true or false and a choice cannot be compared", "without quotes"),
        ('children in [1, "2"]', 16, "a number and a choice cannot be compared", "without quotes"),
        ("born == 1990", 8, "a date and a number cannot be compared", "use year(...)"),
        ("born < 1990", 7, "a date and a number cannot be compared", "use year(...)"),
        ('reasons == "moved"', 0, "several choices cannot be compared", "has(x,"),
        ('reasons in ["moved"]', 0, "several choices cannot be compared", "has(x,"),
        ("3 == job_hours", 5, "a list cannot be compared", "count, min, max or has"),
        # Dates
        ("born == since", 0, "cannot be compared with == or !=", "use year(...) or <, >"),
        ('"1990" != born', 10, "cannot be compared with == or !=", "use year(...) or <, >"),
        ('born in ["1990", "1991"]', 0, "cannot be compared with == or !=", "use year(...) or <, >"),
        ("today() == born", 0, "cannot be compared with == or !=", "use year(...) or <, >"),
        ('born < "yesterday"', 7, "this is not a date", 'write a date as "2024"'),
        ('"2024-02-30" > born', 0, "this is not a date", 'write a date as "2024"'),
        ("called_name < born", 0, "this is not a date", 'write a date as "2024"'),
        # Order
        ('called_name < "b"', 0, "a text cannot be put in order", "== or !="),
        ("called_name < 5", 0, "a text cannot be put in order", "== or !="),
        ('"a" < "b"', 0, "a choice cannot be put in order", "list the choices"),
        ('work_now > "no"', 0, "a choice cannot be put in order", "list the choices"),
        ("adult < 1", 0, "true or false cannot be put in order", "== or !="),
        ("reasons > 1", 0, "several choices cannot be put in order", "count(x)"),
        ("1 < job_hours", 4, "a list cannot be put in order", "count(x), min(x) or max(x)"),
        # Numbers
        ("called_name + 1 > 2", 0, "this is a text; only numbers", "facts that are numbers"),
        ('2 * "a" == 2', 4, "this is a choice; only numbers", "facts that are numbers"),
        ("born - 1 > 5", 0, "this is a date; only numbers", "use year(...) or age(...)"),
        ("-adult", 1, "this is true or false; only numbers", "facts that are numbers"),
        # Conditions
        ("work_now and adult", 0, "this is a choice, not something true or false", "x =="),
        ("adult or children", 9, "this is a number, not something true or false", "x > 0"),
        ("not reasons", 4, "this is several choices, not something", "has(x,"),
        ("not jobs", 4, "this is a list, not something", "count(x) > 0"),
        ("not called_name", 4, "this is a text, not something", "known(x)"),
        ("1 if born else 2", 5, "this is a date, not something", "known(x)"),
        ("1 if adult else called_name", 16, "a number before if and a text after else", "the same kind"),
        # Calls
        ("age()", 0, "age has the wrong number of values", "write age(date) or age(year)"),
        ("age(born, since)", 0, "age has the wrong number of values", "write age(date)"),
        ("year()", 0, "year has the wrong number of values", "write year(date)"),
        ("today(1)", 0, "today has the wrong number of values", "write today()"),
        ("count()", 0, "count has the wrong number of values", "write count(list)"),
        ("has(reasons)", 0, "has has the wrong number of values", 'write has(choices, "choice")'),
        ("adult and min() > 1", 10, "min has the wrong number of values", "write min(list)"),
        ("known()", 0, "known has the wrong number of values", "write known(fact)"),
        ('declined(adult, "skip", "skip")', 0, "declined has the wrong number", "write declined(fact)"),
        ("age(work_now)", 4, "age does not take a choice", "write age(date)"),
        ("age(share)", 4, "age does not take a number", "write age(date)"),
        ("year(children)", 5, "year does not take a number", "write year(date)"),
        ("count(work_now)", 6, "count does not take a choice", "write count(list)"),
        ('has(work_now, "no")', 4, "has does not take a choice", "write has(choices"),
        ("has(reasons, 1)", 13, "one choice in quotes", "write has(choices"),
        ("has(reasons, work_now)", 13, "one choice in quotes", "write has(choices"),
        ("known(1)", 6, "known needs the name of a fact", "write known(fact)"),
        ("declined(age(born))", 9, "declined needs the name of a fact", "write declined(fact)"),
        ('declined(adult, "skp")', 16, "no such way to decline", "did you mean skip?"),
        ("declined(adult, 1)", 16, "no such way to decline", "unknown, skip or in_person"),
        ("declined(adult, called_name)", 16, "no such way to decline", "unknown, skip or in_person"),
        ("min(children)", 4, "min does not take a number", "write min(list)"),
        ("max(job_place)", 4, "max does not take a list", "write max(list)"),
        ("max(reasons)", 4, "max does not take several choices", "write max(list)"),
        ("max(1, adult)", 7, "max cannot order this: it is true or false", "write max(list)"),
        ("max(born, 3)", 10, "max cannot order this: it is a number", "write max(list)"),
        ("max(jobs, 3)", 4, "max cannot order this: it is a list", "write max(list)"),
    ],
)
def test_each_mistake_is_told_once_with_its_place_and_a_remedy(
    source: str, column: int, message: str, remedy: str
) -> None:
    told = findings(source)
    assert len(told) == 1, told
    assert message in told[0].message
    assert remedy in told[0].remedy
    assert told[0].column == column


def test_every_mistake_is_told_at_once_in_the_order_of_the_text() -> None:
    source = 'wrk_now == 1 or not children\nand has(reasons, "ilness") and rent > age() and work_now in ["a", "b"]'
    assert [finding.column for finding in findings(source)] == [0, 20, 46, 60, 67, 90, 95]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("adult", Type(kind="boolean")),
        ("work_now", SCOPE["work_now"]),
        ("job_end", SCOPE["job_end"]),
        ("true", Type(kind="boolean")),
        ("not adult and adult", Type(kind="boolean")),
        ('work_now in ["part", "full"] and age(born) < 67', Type(kind="boolean")),
        ('country != "SE"', Type(kind="boolean")),
        ('called_name == "x"', Type(kind="boolean")),
        ("called_name == country", Type(kind="boolean")),
        ("country == work_now", Type(kind="boolean")),
        ("adult == true", Type(kind="boolean")),
        ("children == share", Type(kind="boolean")),
        ("children in [1, 2.5]", Type(kind="boolean")),
        ('born < "1990-05"', Type(kind="boolean")),
        ("born <= today()", Type(kind="boolean")),
        ('has(reasons, "moved")', Type(kind="boolean")),
        ('has(languages, "sv")', Type(kind="boolean")),
        ('has(job_end, "fired")', Type(kind="boolean")),
        ("known(born) or declined(jobs)", Type(kind="boolean")),
        ('declined(born, "in_person")', Type(kind="boolean")),
        ("1", Type(kind="integer")),
        ("1.0", Type(kind="decimal")),
        ("-children", Type(kind="integer")),
        ("children * 2 + 1", Type(kind="integer")),
        ("children + share", Type(kind="decimal")),
        ("age(born)", Type(kind="integer")),
        ("age(children)", Type(kind="integer")),
        ('age("1990")', Type(kind="integer")),
        ("year(today())", Type(kind="integer")),
        ("count(jobs)", Type(kind="integer")),
        ("count(reasons)", Type(kind="integer")),
        ("max(job_hours)", Type(kind="integer")),
        ("min(job_from)", Type(kind="date")),
        ("max(1, 2.5, children)", Type(kind="decimal")),
        ('max(born, "2020")', Type(kind="date")),
        ('max("2019", "2020")', Type(kind="date")),
        ("today()", Type(kind="date")),
        ("1 if adult else share", Type(kind="decimal")),
        ('born if adult else "2020"', Type(kind="date")),
        ('"a" if adult else "b"', Type(kind="choice", choices=frozenset({"a", "b"}))),
        ('work_now if adult else "x"', Type(kind="choice", choices=frozenset({"no", "part", "full", "x"}))),
        ('country if adult else "x"', Type(kind="choice")),
        ('called_name if adult else "x"', Type(kind="text")),
        ("reasons if adult else languages", Type(kind="choices")),
        ("jobs if adult else jobs", Type(kind="list")),
    ],
)
def test_the_type_of_a_fitting_expression(source: str, expected: Type) -> None:
    assert type_of(source) == expected


@pytest.mark.parametrize("source", ["zzz", "rent", "1 if adult else zzz", "min()", "max(zzz, 1)", "min(zzz)"])
def test_a_type_that_cannot_be_told_is_none(source: str) -> None:
    told, found = Expression(source).check(SCOPE, later=["rent"])
    assert found is None
    assert len(told) == 1


def test_an_unknown_name_does_not_make_its_neighbours_wrong() -> None:
    for source in ("zzz < born", "zzz == 1", 'zzz in ["a"]', "zzz + 1 > 2", "not zzz", 'has(zzz, "a")', "age(zzz)"):
        assert [finding.message for finding in findings(source)] == ["there is no fact called zzz"]


def test_a_fact_that_is_known_here_is_not_called_later() -> None:
    assert Expression("adult").check(SCOPE, later={"adult"})[0] == []
