"""A case for programs of health care: HL7 FHIR R4 Questionnaire and QuestionnaireResponse in a Bundle.

The Questionnaire is the dialog as it is asked, in the words of one language, and the same for everybody; the response
is what one person sent. An item's linkId is its name; a section's stands behind ``section.``. What was declined has no
answer but says why (data-absent-reason), and what is for the eyes of the office only is in neither.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from assistant import wording
from assistant.core.dialog import (
    OCCUPATION,
    AnyItem,
    AnyScreen,
    Choice,
    Date,
    DeclineKind,
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
    Stop,
    Text,
    choices_of,
    places,
)
from assistant.core.dialog_texts import EACH
from assistant.core.expressions import Expression
from assistant.core.own_words import are_words
from assistant.core.path import Path
from assistant.core.record import State
from assistant.core.summary import Answer, Filler, Summary, public_value
from assistant.desk import CaseDetail
from assistant.exports.cleaning import clean
from assistant.exports.fhir_conditions import Json, enabling
from assistant.languages import find
from assistant.occupations import ssyk
from assistant.scripts import is_written_in
from assistant.settings import Settings
from assistant.texts import Words

MEDIA: Final = "application/fhir+json"
"""The media type of a FHIR resource as JSON."""

ABSENT: Final = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
"""The extension that says why there is no value."""

SSYK: Final = "urn:klarbild:ssyk-2012"
"""The system of an occupation's code: SSYK 2012 of Statistics Sweden, under a name of ours."""
LANGUAGE: Final = "http://hl7.org/fhir/StructureDefinition/language"
"""The extension that says in which language a text is, where it is another one than that of the resource."""

_ABSENT_REASONS: Final[Mapping[DeclineKind, str]] = {
    "unknown": "asked-unknown",
    "skip": "asked-declined",
    "in_person": "temp-unknown",
}
_LEAST, _MOST = (f"http://hl7.org/fhir/StructureDefinition/{name}Value" for name in ("min", "max"))
_GAP: Final = "…"
_OWN: Final = "urn:klarbild"
_TYPES: Final = {Text: "string", Integer: "integer", Date: "date", SelectOne: "choice", SelectMultiple: "choice"}


def bundle(detail: CaseDetail, words: Words, settings: Settings) -> Json | None:
    """The dialog and what was sent of it, as a Bundle of the type collection; None where nothing was sent, or the
    dialog is no more."""
    if detail.dialog is None or detail.path is None or detail.summary is None:
        return None
    resources = (
        questionnaire(detail.dialog, words, settings),
        response(detail, detail.dialog, detail.path, detail.summary, words, settings),
    )
    names = (f"{_canonical(detail.dialog)} {words.language.tag}", f"response {detail.state.conversation}")
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": detail.state.submitted_at,
        "entry": [
            {"fullUrl": uuid.uuid5(uuid.NAMESPACE_URL, f"{_OWN} {name}").urn, "resource": resource}
            for name, resource in zip(names, resources, strict=True)
        ],
    }


def questionnaire(dialog: Dialog, words: Words, settings: Settings) -> Json:
    """The dialog as a Questionnaire in the language of ``words``. What the municipality has set stands in its texts.

    A condition becomes ``enableWhen`` where that means the same; otherwise it stands in an extension of ours, and a
    program that does not know it shows the item. Lists of choices that several questions share are contained sets."""
    return _Asked(dialog, words, settings).resource()


def response(
    detail: CaseDetail, dialog: Dialog, path: Path, summary: Summary, words: Words, settings: Settings
) -> Json:
    """What a person sent, as a QuestionnaireResponse, with each question as it was asked."""
    return _Said(dialog, detail.state, path, words, settings).resource(detail.view.reference, summary.answers)


def _canonical(dialog: Dialog) -> str:
    return f"{_OWN}:questionnaire:{dialog.dialog}"


def _section_id(name: str) -> str:
    return f"section.{name}"


def _system(dialog: Dialog, question: SelectOne | SelectMultiple, name: str) -> str:
    """Where the code of a choice is from: the question's own choices, or a list that is shared."""
    own = any(choice.name == name for choice in question.choices)
    return (
        f"{_OWN}:choices:{dialog.dialog}:{question.name if own or not question.choice_list else question.choice_list}"
    )


def _coding(words: Words, dialog: Dialog, question: SelectOne | SelectMultiple, name: str) -> Json:
    display = clean(wording.choice_label(words, dialog, question, name))
    return {"system": _system(dialog, question, name), "code": name, "display": display}


def _occupation(words: Words, value: str) -> Json | None:
    """The SSYK code of an occupation as it stands in the record, with the occupation as its display: that may be
    narrower than the class. None for other words."""
    display = clean(words.capitalised(words.occupations.name(value)))
    return {"system": SSYK, "code": ssyk()[value.removeprefix(OCCUPATION)], "display": display} if display else None


class _Asked:
    def __init__(self, dialog: Dialog, words: Words, settings: Settings) -> None:
        self.dialog, self.words, self.settings = dialog, words, settings.shown()
        known = places(dialog)
        self.open: dict[str, Field] = {
            name: place.item
            for name, place in known.items()
            if isinstance(place.item, Question) and not isinstance(place.parent, Repeat) and not place.item.private
        }
        self.sets: dict[str, Json] = {}

    def resource(self) -> Json:
        items = [self.section(one) for one in self.dialog.sections]
        return {
            "resourceType": "Questionnaire",
            "language": self.words.language.html,
            **({"contained": list(self.sets.values())} if self.sets else {}),
            "url": _canonical(self.dialog),
            "version": str(self.dialog.version),
            "name": "".join(part.capitalize() for part in self.dialog.dialog.split("_")),
            "title": self.text(self.dialog, "title"),
            "status": "active",
            "subjectType": ["Patient"],
            "item": [one for one in items if one["item"]],
        }

    def text(self, item: Any, field: str = "label") -> str:
        fillers = {EACH: Filler(_GAP, None, "")}
        return clean(wording.label(self.words, self.dialog, item, field, fillers, self.settings))

    def section(self, section: Section) -> Json:
        inside = (self.item(one) for one in section.items)
        return {
            "linkId": _section_id(section.name),
            "type": "group",
            "text": self.text(section),
            **self.enabling(section.relevant),
            "item": [one for one in inside if one is not None],
        }

    def item(self, item: AnyItem) -> Json | None:
        """An item of a section; None for what is not shown, or is for the eyes of the office only."""
        if isinstance(item, Screen):
            return self.screen(item)
        if not isinstance(item, Note | Stop) or not item.label:
            return None
        shown = {"linkId": item.name, "type": "display", "text": self.text(item)}
        return shown | self.enabling(item.relevant)

    def screen(self, item: AnyScreen, beside: Iterable[Field] = ()) -> Json | None:
        """``beside`` are the fields of the same repeat: a condition there means those of the same item."""
        head = {"linkId": item.name, "text": self.text(item)} | self.enabling(item.relevant, beside)
        if not isinstance(item, Group | Repeat):
            return None if item.private else head | self.question(item)
        beside = item.items if isinstance(item, Repeat) else ()
        inside = [told for one in item.items if (told := self.screen(one, beside)) is not None]
        repeats = {"repeats": True} if isinstance(item, Repeat) else {}
        return head | {"type": "group"} | repeats | {"item": inside} if inside else None

    def enabling(self, condition: Expression | None, beside: Iterable[Field] = ()) -> Json:
        if condition is None:
            return {}
        known = self.open | {one.name: one for one in beside if not one.private}
        return enabling(condition.source, known, lambda one, name: _coding(self.words, self.dialog, one, name))

    def question(self, one: Field) -> Json:
        # Nothing is required: every question can be passed over, in one way or another.
        told: Json = {"type": "text" if isinstance(one, Text) and one.multiline else _TYPES[type(one)]}
        match one:
            case Text():
                told["maxLength"] = one.max_length
                told |= self.known_words() if one.choice_list else {}
            case Integer():
                limits = {_LEAST: one.min, _MOST: one.max}
                told["extension"] = [{"url": url, "valueInteger": limit} for url, limit in limits.items()]
            case SelectOne() | SelectMultiple():
                told |= self.choices(one)
                told |= {"repeats": True} if isinstance(one, SelectMultiple) else {}
        return told

    def known_words(self) -> Json:
        """A question that takes a known occupation, or any other words."""
        options = [_occupation(self.words, f"{OCCUPATION}{name}") for name in ssyk()]
        return {"type": "open-choice", "answerOption": [{"valueCoding": one} for one in options if one]}

    def choices(self, one: SelectOne | SelectMultiple) -> Json:
        offered = [choice for choice in choices_of(self.dialog, one).values() if not choice.private]
        if not one.choice_list:
            return {"answerOption": [{"valueCoding": self.coding(one, choice)} for choice in offered]}
        id = (f"{one.name}.{one.choice_list}" if one.choices else one.choice_list).replace("_", "-")
        if id not in self.sets:
            self.sets[id] = self.value_set(id, one, offered)
        return {"answerValueSet": f"#{id}"}

    def value_set(self, id: str, one: SelectOne | SelectMultiple, offered: Iterable[Choice]) -> Json:
        systems: dict[str, list[Json]] = {}
        for choice in offered:
            coding = self.coding(one, choice)
            systems.setdefault(coding.pop("system"), []).append(coding)
        included = [{"system": system, "concept": concepts} for system, concepts in systems.items()]
        return {"resourceType": "ValueSet", "id": id, "status": "active", "compose": {"include": included}}

    def coding(self, one: SelectOne | SelectMultiple, choice: Choice) -> Json:
        return _coding(self.words, self.dialog, one, choice.name)


class _Said:
    def __init__(self, dialog: Dialog, state: State, path: Path, words: Words, settings: Settings) -> None:
        self.dialog, self.state, self.path = dialog, state, path
        self.words, self.settings = words, settings.shown()

    def resource(self, reference: str, answers: Iterable[Answer]) -> Json:
        return {
            "resourceType": "QuestionnaireResponse",
            "language": self.words.language.html,
            "identifier": {"system": f"{_OWN}:reference", "value": reference},
            "questionnaire": f"{_canonical(self.dialog)}|{self.state.version}",
            "status": "completed",
            "authored": self.state.submitted_at,
            "item": list(self.sections(answers)),
        }

    def sections(self, answers: Iterable[Answer]) -> Iterator[Json]:
        told: dict[str, dict[tuple[str, str], Json]] = {}
        for one in answers:
            item = self.item(one)
            if item is None:
                continue
            inside = told.setdefault(one.section, {})
            parent = places(self.dialog)[one.question.name].parent
            if parent is None:
                inside[one.question.name, one.of] = self.placed(item, one.question, one.of)
            else:
                inside.setdefault((parent.name, one.of), self.around(parent, one.of))["item"].append(item)
        for section in self.dialog.sections:
            if section.name in told:
                text = clean(wording.label(self.words, self.dialog, section, "label", None, self.settings))
                items = list(told[section.name].values())
                yield {"linkId": _section_id(section.name), "text": text, "item": items}

    def around(self, parent: Group | Repeat, of: str) -> Json:
        return self.placed({"linkId": parent.name, "text": self.text(parent, of), "item": []}, parent, of)

    def placed(self, item: Json, screen: Field | Screen, of: str) -> Json:
        """The items of a repeat have the same linkId; which of them it is stands in the id of the element."""
        return {"id": f"{screen.name}.{of}"} | item if of else item

    def text(self, item: Field | Screen, of: str) -> str:
        return clean(wording.text(self.words, self.dialog, self.state, self.path, item, "label", of, self.settings))

    def item(self, one: Answer) -> Json | None:
        """A question with its answer, or why there is none; None for what is private or was left blank."""
        if one.private:
            return None
        head = {"linkId": one.question.name, "text": self.text(one.question, one.of)}
        if one.declined is not None:
            return {"extension": [{"url": ABSENT, "valueCode": _ABSENT_REASONS[one.declined]}]} | head
        values = list(self.values(one))
        return head | {"answer": values} if values else None

    def values(self, one: Answer) -> Iterator[Json]:
        question = one.question
        value = public_value(self.dialog, question, one.filler.value) if isinstance(question, Question) else None
        match question, value:
            case SelectOne() | SelectMultiple(), str() | tuple():
                for name in (value,) if isinstance(value, str) else value:
                    yield {"valueCoding": _coding(self.words, self.dialog, question, name)}
            case Integer(), int():
                yield {"valueInteger": value}
            case Date(), str():
                yield {"valueDate": value}
            case Text(choice_list="occupations"), str() if coded := _occupation(self.words, value):
                yield {"valueCoding": coded}
            case Text(), str() if clean(value).strip():
                told = are_words(question.name, value)
                yield {"valueString": clean(value)} | (self.language(value, one.filler.locale) if told else {})

    def language(self, text: str, locale: str) -> Json:
        """In which language somebody wrote, where the letters do not speak against it."""
        writer = find(locale)
        if writer is None or writer.html == self.words.language.html or not is_written_in(text, writer.cldr):
            return {}
        return {"_valueString": {"extension": [{"url": LANGUAGE, "valueCode": writer.html}]}}
