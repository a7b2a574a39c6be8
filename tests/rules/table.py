"""For every rule and every possible obstacle: somebody for whom it holds, one answer that makes it miss, and one answer
without which nothing can be said."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from tests.rules.people import JOB


class Row(NamedTuple):
    """``meets`` is what is not ordinary about the person, ``misses`` one answer that makes the rule miss, ``unknown``
    the answers without any of which it says nothing."""

    name: str
    meets: dict[str, Any]
    misses: dict[str, Any]
    unknown: tuple[str, ...]


ILL: Final[dict[str, Any]] = {
    "work_ability": "not_now",
    "sick_listed": "yes",
    "certificate": "valid",
    "sickness_money": "not_applied",
    "health_duration": "mid",
    "care_contacts": ("none",),
    "function_needs": ("pain",),
    "had_compensation": ("no",),
}
TOO_ILL: Final[dict[str, Any]] = {
    "work_ability": "not_now",
    "sick_listed": "no_but",
    "too_ill_certificate": "no",
    "too_ill_duration": "long",
    "care_contacts": ("none",),
    "function_needs": ("pain",),
    "had_compensation": ("no",),
}
NEW_HERE: Final[dict[str, Any]] = {"residence_basis": "permanent", "born_in_sweden": "no", "sweden_since": "2024"}
YOUNG_CHILD: Final = ({"child_birth_year": "2022", "child_living": "full"},)
FAMILY: Final[dict[str, Any]] = {
    "household_type": ("children",),
    "children_count": 1,
    "children": YOUNG_CHILD,
    "childcare": "yes",
}
IN_PROGRAMME: Final[dict[str, Any]] = {"af_registered": "yes", "af_program": ("job_guarantee",)}
LATE_JOB: Final = (JOB | {"job_to": "2026-02"},)
JOB_LOST_BY_ILLNESS: Final = (JOB | {"job_end": "ill", "job_to": "2020-02"},)
OLD: Final[dict[str, Any]] = {"birth_year": "1956"}

RULES: Final = (
    Row(
        "sickness_benefit",
        ILL | {"af_registered": "yes"},
        {"af_registered": "no"},
        ("sick_listed", "sickness_money", "af_registered"),
    ),
    Row("sickness_benefit", ILL | {"jobs": JOB_LOST_BY_ILLNESS}, {"sickness_money": "applied"}, ("jobs",)),
    Row(
        "sickness_benefit",
        ILL | {"work_now": ("sick",), "sickness_money": "declined: unknown"},
        {"sick_listed": "before"},
        ("work_now",),
    ),
    Row(
        "sickness_benefit_refused",
        ILL | {"sickness_money": "denied", "jobs": LATE_JOB},
        {"jobs": (JOB | {"job_to": "2019-01"},)},
        ("sick_listed", "sickness_money", "jobs"),
    ),
    Row(
        "sickness_special",
        ILL | {"had_compensation": ("activity_comp",)},
        {"birth_year": "1999"},
        ("had_compensation", "birth_year", "income_sources"),
    ),
    Row(
        "sickness_special",
        TOO_ILL | {"had_compensation": ("sick_comp",)},
        {"income_sources": ("sick_comp",)},
        ("had_compensation", "sick_listed", "benefits_waiting"),
    ),
    Row(
        "rehabilitation_special",
        ILL | {"had_compensation": ("activity_comp",), "af_registered": "yes", "af_program": ("rehab",)},
        {"af_program": ("other",)},
        ("had_compensation", "af_program", "birth_year"),
    ),
    Row(
        "rehabilitation_benefit",
        ILL | {"af_registered": "yes", "af_program": ("rehab",)},
        {"sick_listed": "no"},
        ("sick_listed", "af_program", "income_sources"),
    ),
    Row(
        "activity_compensation",
        TOO_ILL | {"birth_year": "2005"},
        {"birth_year": "1995"},
        ("birth_year", "work_ability", "too_ill_duration", "income_sources"),
    ),
    Row(
        "activity_compensation",
        ILL | {"birth_year": "2000", "health_duration": "long"},
        {"health_duration": "mid"},
        ("health_duration", "benefits_waiting"),
    ),
    Row(
        "activity_compensation_school",
        {"birth_year": "2006", "studying_now": "upper", "work_ability": "adapted", "function_needs": ("focus",)},
        {"function_needs": ("none",)},
        ("function_needs", "studying_now", "birth_year"),
    ),
    Row(
        "sickness_compensation",
        TOO_ILL,
        {"work_ability": "adapted"},
        ("work_ability", "too_ill_duration", "birth_year", "income_sources", "benefits_waiting"),
    ),
    Row("activity_support", IN_PROGRAMME, {"af_program": ("establishment",)}, ("af_program", "birth_year")),
    Row(
        "development_allowance",
        IN_PROGRAMME | {"birth_year": "2005"},
        {"birth_year": "2000"},
        ("birth_year", "af_program", "income_sources"),
    ),
    Row(
        "establishment_benefit",
        NEW_HERE,
        {"sweden_since": "2019"},
        ("residence_basis", "sweden_since", "birth_year", "income_sources", "af_registered"),
    ),
    Row(
        "establishment_benefit",
        NEW_HERE | {"af_registered": "yes"},
        {"af_program": ("establishment",)},
        ("af_program", "benefits_waiting"),
    ),
    Row(
        "establishment_supplement",
        FAMILY | {"income_sources": ("establishment",)},
        {"income_sources": ("other",)},
        ("income_sources", "children_count"),
    ),
    Row(
        "establishment_housing",
        {"income_sources": ("establishment",), "housing_type": "first"},
        {"housing_type": "lodger"},
        ("housing_type", "income_sources", "household_type", "children_count"),
    ),
    Row(
        "unemployment_insurance",
        {"jobs": LATE_JOB},
        {"work_ability": "not_now"},
        ("work_ability", "jobs", "birth_year", "income_sources", "benefits_waiting"),
    ),
    Row(
        "unemployment_insurance",
        {"work_now": ("part",), "jobs": (JOB | {"job_end": "ongoing"},)},
        {"jobs": (JOB | {"job_end": "ongoing", "job_country": "SO"},)},
        ("work_now", "jobs"),
    ),
    Row("study_support", {"studying_now": "komvux"}, {"income_sources": ("csn",)}, ("studying_now", "income_sources")),
    Row(
        "study_start",
        {"school_years": "7_9", "school_level": "primary", "goal": ("study",)},
        {"birth_year": "1960"},
        ("school_level", "birth_year", "work_now", "goal", "income_sources"),
    ),
    Row(
        "study_start",
        {"school_years": "0", "help_wanted": ("study",)},
        {"school_years": "10_12"},
        ("school_years", "help_wanted"),
    ),
    Row(
        "parental_benefit",
        FAMILY | {"childcare": "waiting"},
        {"childcare": "yes"},
        ("childcare", "income_sources", "benefits_waiting", "residence_basis"),
    ),
    Row("parental_benefit", FAMILY | {"work_now": ("parental",)}, {"income_sources": ("parental",)}, ("work_now",)),
    Row(
        "child_allowance",
        FAMILY,
        {"income_sources": ("child",)},
        ("children_count", "children", "income_sources", "benefits_waiting", "residence_basis"),
    ),
    Row(
        "large_family_supplement",
        FAMILY
        | {
            "children_count": 2,
            "children": ({"child_birth_year": "2009", "child_living": "full"}, *YOUNG_CHILD),
            "income_sources": ("child",),
        },
        {"children": ({"child_birth_year": "2015", "child_living": "full"}, *YOUNG_CHILD)},
        ("children", "income_sources"),
    ),
    Row(
        "maintenance_support",
        FAMILY | {"child_other_parent_pays": "no"},
        {"children": ({"child_birth_year": "2022", "child_living": "half"},)},
        ("child_other_parent_pays", "children", "household_type", "income_sources"),
    ),
    Row(
        "housing_allowance_family",
        FAMILY | {"housing_type": "first"},
        {"housing_type": "lodger"},
        ("housing_type", "children_count", "income_sources", "benefits_waiting", "residence_basis"),
    ),
    Row(
        "housing_allowance_young",
        {"birth_year": "2001", "housing_type": "second"},
        {"birth_year": "1990"},
        ("birth_year", "housing_type", "children_count", "income_sources"),
    ),
    Row(
        "housing_supplement",
        {"housing_type": "lodger", "income_sources": ("sick_comp",)},
        {"income_sources": ("sick_comp", "housing")},
        ("housing_type", "income_sources", "benefits_waiting"),
    ),
    Row(
        "housing_supplement",
        OLD | {"housing_type": "first", "income_sources": ("pension",)},
        {"birth_year": "1962"},
        ("birth_year",),
    ),
    Row(
        "guarantee_pension",
        OLD | NEW_HERE | {"sweden_since": "2020"},
        {"sweden_since": "2025"},
        ("birth_year", "sweden_since", "income_sources", "residence_basis"),
    ),
    Row("guarantee_pension", OLD, {"income_sources": ("pension",)}, ("born_in_sweden", "benefits_waiting")),
    Row("elderly_support", OLD, {"birth_year": "1962"}, ("birth_year", "income_sources", "benefits_waiting")),
    Row("disability_costs", TOO_ILL | {"disability_costs": "yes"}, {"disability_costs": "no"}, ("disability_costs",)),
    Row("budget_advice", {"help_wanted": ("debts",), "debts": "kfm"}, {"debts": "ok"}, ("debts",)),
    Row("budget_advice", {"housing_type": "first", "rent_debt": "yes"}, {"rent_debt": "no"}, ("rent_debt",)),
    Row(
        "medicine_costs",
        ILL | {"care_contacts": ("primary",)},
        {"care_contacts": ("need_care",)},
        ("care_contacts",),
    ),
)

WAITS_FOR_MONEY: Final[dict[str, Any]] = {"reason_now": ("waiting_money",)}
FULL: Final[dict[str, Any]] = {"work_now": ("full",)}
PART: Final[dict[str, Any]] = {"work_now": ("part",)}

OBSTACLES: Final = (
    Row("sick_none", ILL, {"certificate": "old"}, ("certificate", "sick_listed", "sickness_money")),
    Row("sick_low", ILL | {"sickness_money": "get"}, {"certificate": "booked"}, ("certificate", "sickness_money")),
    Row("sick_wait", ILL | {"sickness_money": "applied"}, {"certificate": "no"}, ("certificate", "sickness_money")),
    Row("ers_low", {"income_sources": ("sick_comp",)}, {"income_sources": ("other",)}, ("income_sources",)),
    Row(
        "ers_wait",
        {"benefits_waiting": ("sick_comp",)},
        {"benefits_waiting": ("none",)},
        ("benefits_waiting", "income_sources"),
    ),
    Row("pen_low", OLD | {"income_sources": ("pension",)}, {"birth_year": "1962"}, ("birth_year", "income_sources")),
    Row(
        "pen_wait",
        OLD | {"benefits_waiting": ("pension",)},
        {"income_sources": ("pension",)},
        ("birth_year", "income_sources", "benefits_waiting"),
    ),
    Row("par_low", {"income_sources": ("parental",)}, {"income_sources": ("child",)}, ("income_sources",)),
    Row(
        "par_wait",
        {"work_now": ("parental",), "benefits_waiting": ("family",)},
        {"work_now": ("no",)},
        ("work_now", "benefits_waiting", "income_sources"),
    ),
    Row("est_low", {"income_sources": ("establishment",)}, {"income_sources": ("salary",)}, ("income_sources",)),
    Row(
        "est_wait",
        {"af_registered": "yes", "af_program": ("establishment",), "benefits_waiting": ("activity",)},
        {"af_program": ("matching",)},
        ("af_program", "benefits_waiting", "income_sources"),
    ),
    Row(
        "est_none",
        NEW_HERE | TOO_ILL,
        {"work_ability": "adapted"},
        ("work_ability", "sweden_since", "residence_basis", "income_sources"),
    ),
    Row("ft_low", FULL | {"income_sources": ("salary",)}, {"work_now": ("part",)}, ("work_now", "income_sources")),
    Row("ft_wait", FULL | WAITS_FOR_MONEY, {"income_sources": ("salary",)}, ("work_now", "reason_now")),
    Row(
        "pt_low",
        PART | {"income_sources": ("salary",)},
        {"work_ability": "adapted"},
        ("work_now", "income_sources", "work_ability"),
    ),
    Row("pt_wait", PART | WAITS_FOR_MONEY, {"reason_now": ("lost_job",)}, ("work_now", "reason_now", "work_ability")),
    Row(
        "ue_low",
        {"income_sources": ("akassa",)},
        {"work_ability": "not_now"},
        ("work_ability", "work_now", "income_sources", "birth_year"),
    ),
    Row(
        "ue_wait",
        {"benefits_waiting": ("akassa",)},
        {"work_ability": "not_now"},
        ("work_ability", "work_now", "benefits_waiting", "income_sources"),
    ),
    Row(
        "ue_none",
        {},
        {"work_ability": "not_now"},
        ("work_ability", "work_now", "studying_now", "income_sources", "benefits_waiting"),
    ),
    Row("no_childcare", FAMILY | {"childcare": "no"}, {"childcare": "not_needed"}, ("childcare",)),
    Row("social", TOO_ILL, {"sick_listed": "before"}, ("sick_listed",)),
    Row(
        "social",
        {"work_ability": "adapted", "sick_listed": "no", "function_needs": ("none",)},
        {"work_ability": "no_problem"},
        ("sick_listed", "work_ability"),
    ),
    Row(
        "social",
        {"work_ability": "declined: unknown", "sick_listed": "no", "function_needs": ("none",)},
        {"work_ability": "no_problem"},
        ("sick_listed",),
    ),
    Row(
        "social",
        ILL | {"worked_before": "no", "jobs": (), "function_needs": ("pain", "tired", "worry")},
        {"function_needs": ("pain", "tired")},
        ("function_needs", "worked_before"),
    ),
)
