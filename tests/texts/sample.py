"""A small dialog, its facts and the languages of the tests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from assistant.core.dialog import (
    Attention,
    Choice,
    Date,
    Dialog,
    Field,
    Group,
    Integer,
    Section,
    SelectMultiple,
    SelectOne,
    Text,
    Topic,
)
from assistant.core.expressions import Expression
from assistant.core.summary import Filler, Sentence
from assistant.languages import named_lists
from assistant.texts import Catalogs, Words

YES_NO = (Choice(name="yes", label="Yes"), Choice(name="no", label="No"))

NAME = Text(name="called_name", label="What shall we call you?", max_length=60)
RENT = Integer(name="rent", label="What is your rent?", max=60_000, unit="kronor a month")
BORN = Integer(name="born", label="Which year were you born?", min=1900, max=2100)
SINCE = Date(
    name="since",
    label="Since when?",
    precision="month",
    least="year",
    constraint_message="This is later than today.",
)
DAY = Date(name="day", label="Which day?")
YEARS = SelectOne(
    name="school_years",
    label="How many years did you go to school?",
    choices=(
        Choice(name="0", label="No school", summary="no years"),
        Choice(name="9", label="7–9 years", summary="7–9 years"),
    ),
)
COUNTRY = SelectOne(name="school_country", label="In which country?", choice_list="countries", first=("SE", "SY"))
LEVEL = SelectOne(
    name="school_level",
    label="What is the highest you finished?",
    choices=(
        Choice(name="upper", label="Upper secondary school (gymnasium)", summary="upper secondary"),
        Choice(name="upper_part", label="Upper secondary school, a part of it"),
        Choice(name="university", label="University"),
    ),
)
FIELD_OF_STUDY = Text(name="school_field", label="What did you study?", required=False)
HELP = SelectMultiple(
    name="help_wanted",
    label="What do you want help with?",
    max=3,
    choices=(
        Choice(name="job", label="To find a job", summary="finding a job"),
        Choice(name="home", label="To find a home", summary="finding a home"),
        Choice(name="move", label="Walking and moving"),
        Choice(name="addiction", label="Alcohol, drugs, medicine or gambling", private=True),
        Choice(name="none", label="Nothing, thank you", exclusive=True),
    ),
)
INTERPRETER = SelectOne(
    name="interpreter_language",
    label="Which language?",
    choices=(Choice(name="none", label="I do not need an interpreter", summary="not needed"),),
    choice_list="languages",
    first=("ar", "so"),
)
SICK = SelectOne(
    name="sick_listed",
    label="Has a doctor put you on sick leave?",
    choices=(
        Choice(name="yes", label="Yes, I am on sick leave"),
        Choice(name="no_but", label="No, but I am too ill to work"),
        Choice(name="no", label="No"),
    ),
)
STILL = SelectOne(name="still", label="Is it so?", choice_list="yes_no")
SECRET = SelectOne(name="contact_safe", label="Is it all right?", choices=YES_NO, private=True)
SCHOOLING = Group(
    name="schooling",
    label="Hello {called_name}. Tell us about your schooling, or call {office_phone}.",
    why="So we find a course.",
    reply="Thank you, {called_name}. You said {since}[ and {rent}].",
    summary="{school_years} of school[ in {school_country}].[ {school_level}][, {school_field}].",
    items=(YEARS, COUNTRY, LEVEL, FIELD_OF_STUDY),
)

FIELDS: tuple[Field, ...] = (NAME, RENT, BORN, SINCE, DAY, HELP, INTERPRETER, SICK, STILL, SECRET)

DIALOG = Dialog(
    dialog="sample",
    title="A sample",
    version=1,
    topics=(Topic(name="school", label="School"),),
    choice_lists=MappingProxyType({"yes_no": YES_NO, **named_lists()}),
    sections=(Section(name="all", label="All of it", items=(*FIELDS, SCHOOLING)),),
    attention=(Attention(name="urgent", label="Urgent: {help_wanted}.", relevant=Expression("true")),),
)

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: %s\\n"\n\n'


def write_catalog(locales: Path, folder: str, domain: str, entries: str, plurals: str = "") -> Path:
    """Write a catalog file as a translator would leave it."""
    path = locales / folder / "LC_MESSAGES" / f"{domain}.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER % (plurals or "nplurals=2; plural=(n != 1);") + entries, "utf-8")
    return path


def entry(source: str, translation: str, context: str = "") -> str:
    """One entry of a catalog file."""
    place = f'msgctxt "{context}"\n' if context else ""
    return f'{place}msgid "{source}"\nmsgstr "{translation}"\n\n'


def words_in(tag: str, locales: Path, **texts: Mapping[str, str]) -> Words:
    """The words of a language with these dialog texts: ``{context: translation}`` by source text."""
    entries = "".join(entry(source, told, context) for source, one in texts.items() for context, told in one.items())
    write_catalog(locales, tag.replace("-", "_"), "dialogs", entries)
    return Catalogs.load(locales).words(tag)


def sentence_of(of: Group | Attention, kind: str = "summary", **values: Any) -> Sentence:
    """A sentence of the sample dialog in which these facts are known."""
    fields = {one.name: one for one in (*FIELDS, *SCHOOLING.items)}
    fillers = {name: Filler(value, fields.get(name), "ar") for name, value in values.items()}
    context = f"attention.{of.name}.label" if isinstance(of, Attention) else f"{of.name}.{kind}"
    source = of.label if isinstance(of, Attention) else getattr(of, kind)
    return Sentence(of, "", context, source, fillers, (of.name, ""))
