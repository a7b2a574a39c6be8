"""What the seven invented applicants get, each read as a caseworker would; and the words of the rules."""

from __future__ import annotations

import datetime
import re

import pytest

from assistant.core.hints import Rulebook, context_of, texts_of_rules
from assistant.desk import Desk
from assistant.player import play
from assistant.service import Service
from assistant.texts import Catalogs
from tests.conftest import Clock
from tests.journeys.playing import journey

EXPECTED = {
    # In the establishment programme with two children, wants to study after a short schooling.
    "layla": (["establishment_supplement", "study_start"], ["est_low"]),
    # 21 and ill for long without a certificate: the gap between sick-listed and job seeker, and what FK could try.
    "erik": (["activity_compensation", "medicine_costs"], ["social"]),
    # Alone with a child in a sublet. What the father pays she will tell at the visit: no word about it here.
    "marina": (["housing_allowance_family"], ["ue_none"]),
    # Refused, though his job ended because of the illness. He already waits for sjukersättning: not told again.
    "kent": (["sickness_benefit_refused", "budget_advice", "medicine_costs"], ["sick_none", "ers_wait"]),
    # Works 12 hours, wants more, lost another job in Sweden; not in an a-kassa.
    "ali": (["unemployment_insurance"], ["pt_low"]),
    # Waits for the a-kassa already. Young, alone, with a rent.
    "anna": (["housing_allowance_young"], ["ue_wait"]),
    # Low pension, and waits for bostadstillägg.
    "birgit": (["elderly_support"], ["pen_low"]),
    # Nothing was said, so nothing is hinted at.
    "silent": ([], []),
    "early": ([], []),
}


@pytest.mark.parametrize("name", EXPECTED)
async def test_the_hints_of_an_invented_applicant(service: Service, clock: Clock, name: str) -> None:
    clock.now = datetime.datetime(2026, 11, 27, 9, 0, tzinfo=datetime.UTC)
    told = journey(name)
    talk = (await play(service, told, told.locale)).talk
    detail = await Desk(service).case(talk.case, reader="test")
    assert detail is not None
    found = detail.hints
    assert ([one.name for one in found.rules], [one.name for one in found.obstacles]) == EXPECTED[name]


def test_no_rule_tells_an_amount_or_a_right_in_any_language(service: Service, catalogs: Catalogs) -> None:
    promise = re.compile(
        r"\d\s*(?:kr|kronor|SEK)\b|har rätt|berättigad|beviljas|\bhas a right|\bis entitled", re.IGNORECASE
    )
    texts = [(context, text) for _, context, text in texts_of_rules(service.rulebook)]
    said = [text for _, text in texts] + [catalogs.words("sv").dialog(*one) for one in texts]
    assert len(said) > 100
    assert [text for text in said if promise.search(text)] == []


def test_every_text_of_a_rule_is_read_in_swedish(service: Service, catalogs: Catalogs) -> None:
    words = catalogs.words("sv")
    for rule in service.rulebook.rules:
        swedish = words.dialog(context_of(rule), rule.text)
        assert swedish != rule.text
        assert re.match(r"(?:Fråga|Erbjud|[\w ,]+: fråga)", swedish), swedish


def test_rules_that_change_with_the_law_in_2027_end_with_2026(service: Service) -> None:
    book: Rulebook = service.rulebook
    ending = {one.name for one in book.rules if one.valid_to}
    residence_based = {
        one.name for one in book.rules if one.law.startswith(tuple(f"SFB {n} " for n in (12, 15, 18, 67, 74, 95, 101)))
    }
    assert residence_based <= ending
    assert {one.valid_to for one in book.rules} == {"", "2026-12-31"}
