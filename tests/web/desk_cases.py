"""Two invented people for the tests of the desk: one as they come, and one who answers everything at full length."""

from __future__ import annotations

from typing import Any

from assistant.authoring.journeys import Journey
from assistant.core.dialog import Dialog, SelectMultiple, Text, places

SELAM = Journey(
    dialog="first_visit",
    about="Selam 34, Eritrea, partner, two children, too ill to work and not on sick leave",
    locale="ti",
    answers={
        "protected_identity": "no",
        "answering_for": "self",
        "called_name": "Selam",
        "urgent_needs": ["nothing_urgent"],
        "birth_year": "1992",
        "residence_basis": "temporary",
        "born_in_sweden": "no",
        "sweden_since": "2019",
        "swedish_level": "little",
        "reading_way": "listen",
        "contact_way": ["sms"],
        "contact_phone": "070 123 45 67",
        "contact_safe": "care",
        "interpreter_language": "ti",
        "help_wanted": ["job", "health", "addiction"],
        "goal": ["job"],
        "goal_words": "ምስ ምግቢ ክሰርሕ እደሊ።",
        "reason_now": ["illness"],
        "coped_until_now": ["family", "loan"],
        "household_type": ["partner", "children"],
        "children_count": "2",
        "partner_applies": "yes",
        "childcare": "yes",
        "school_years": "7_9",
        "school_country": "ER",
        "school_level": "primary",
        "sfi_status": "now",
        "sfi_course": "1C",
        "work_now": ["no"],
        "worked_before": "yes",
        "studying_now": "no",
        "work_good": ["tasks", "routine"],
        "work_hard": ["body", "pace"],
        "longest_job": "more",
        "earlier_support": "declined: unknown",
        "akassa_member": "no",
        "af_registered": "yes",
        "af_program": "declined: unknown",
        "work_ability": "not_now",
        "sick_listed": "no_but",
        "too_ill_certificate": "booked",
        "too_ill_since": "2026-01",
        "too_ill_duration": "declined: unknown",
        "care_contacts": ["primary"],
        "care_waiting": "yes",
        "function_needs": ["lift", "pain", "tired"],
        "housing_type": "first",
        "rent_debt": "yes",
        "income_sources": ["child"],
        "benefits_waiting": ["none"],
        "other_contacts": ["af", "health"],
        "strengths": ["cook", "care", "order"],
        "licences": ["none"],
        "documents": ["id", "rent", "plan"],
        "visit_times": ["morning"],
        "visit_adaptations": ["calm", "short"],
        "talk_alone": "yes",
        "share_with": ["primary"],
        "sip_interest": "more",
    },
    repeats={
        "children": [
            {"child_birth_year": "2017", "child_living": "full"},
            {"child_birth_year": "2022", "child_living": "full"},
        ],
        "jobs": [
            {
                "job_title": "ከሻኒት",
                "job_country": "SD",
                "job_from": "2012",
                "job_extent": "full",
                "job_end": "moved",
                "job_to": "2018",
            },
            {
                "job_title": "Köksbiträde",
                "job_country": "SE",
                "job_from": "2022",
                "job_extent": "part",
                "job_end": "ill",
                "job_to": "2025-11",
            },
        ],
        "share": {"primary": {"share_what": ["health"], "share_time": "m3"}},
    },
    sections={"sharing": True},
)
"""As in a real week: some things declined, some not known, one wish that nobody else may see."""


def fullest(dialog: Dialog, locale: str, words: str) -> Journey:
    """A case in which all is told: every choice is picked, every text is as long as its field allows."""
    answers: dict[str, Any] = {}
    for place in places(dialog).values():
        match place.item:
            case Text(name=name, max_length=length):
                answers[name] = (words * (length // len(words) + 1))[:length].strip()
            case SelectMultiple(name=name, max=most):
                open_ones = [one.name for one in place.item.choices if not one.exclusive and one.relevant is None]
                answers[name] = open_ones[:most]
    answers |= _LONGEST
    fields = {repeat: {name: answers[name] for name in names} for repeat, names in _REPEATED.items()}
    return Journey(
        dialog=dialog.dialog,
        locale=locale,
        answers=answers,
        repeats={
            "children": [{"child_birth_year": str(2010 + one), "child_living": "half"} for one in range(6)],
            "jobs": [fields["jobs"] | {"job_from": str(year), "job_to": str(year + 3)} for year in (2016, 2021)],
            "share": {one: fields["share"] for one in answers["share_with"]},
        },
        sections={section.name: True for section in dialog.sections if section.optional},
    )


_REPEATED = {"jobs": ("job_title", "job_country", "job_extent", "job_end"), "share": ("share_what", "share_time")}
_LONGEST: dict[str, Any] = {
    "protected_identity": "no",
    "answering_for": "with_help",
    "urgent_phone": "070 123 45 67, 08 123 45 67",
    "birth_year": "1980",
    "residence_basis": "waiting_extension",
    "born_in_sweden": "no",
    "sweden_since": "2015",
    "swedish_level": "little",
    "reading_way": "short",
    "contact_phone": "070 123 45 67",
    "contact_email": "a.rather.long.address.of.somebody@mail.example.org",
    "contact_safe": "care",
    "interpreter_language": "ti",
    "children_count": "6",
    "partner_applies": "yes",
    "childcare": "waiting",
    "school_years": "13",
    "school_country": "CD",
    "school_level": "higher_part",
    "sfi_status": "now",
    "sfi_course": "3C",
    "sfi_hours": "15",
    "work_hours": "10",
    "studying_now": "higher",
    "job_country": "CD",
    "job_extent": "family",
    "job_end": "care",
    "longest_job": "more",
    "akassa_member": "yes",
    "af_registered": "yes",
    "af_hours": "20",
    "work_ability": "adapted",
    "sick_listed": "yes",
    "sick_level": "50",
    "sick_since": "2025-10",
    "certificate": "old",
    "sickness_money": "stopped",
    "health_duration": "long",
    "care_waiting": "yes",
    "disability_costs": "yes",
    "housing_type": "second",
    "housing_until": "2026-06",
    "rent_debt": "notice",
    "debts": "kfm",
    "documents": ["id", "permit", "rent", "rent_letter"],
    "share_time": "m6",
    "sip_interest": "more",
    "talk_alone": "yes",
}
