"""The demonstration: everybody in it gets through, nobody real can be reached, and the desk is as on a Tuesday."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import pytest

from assistant import demo, resources
from assistant.authoring.journeys import Journey, decline_of
from assistant.core.dialog import Dialog, Group, Repeat, Text, places
from assistant.core.steps import Ask, Done
from assistant.desk import Desk
from assistant.exports.text import summary_text
from assistant.inbox import Inbox
from assistant.known_words import occupation_of
from assistant.player import JourneyError, Played, play
from assistant.service import Service
from assistant.starting import StartError
from assistant.summary_page import summary_page
from tests.conftest import Clock
from tests.journeys.playing import journey

NAMES: Final = sorted(path.stem for path in (resources.folder("dialogs") / "demo").glob("*.yaml"))

# PTS keeps 070-174 06 05 to 99 free for invented stories; 070-000 00 01 to 09 are those of the seven.
NOBODYS_PHONE: Final = re.compile(r"070-000 00 0\d|070-174 06 (?:0[5-9]|[1-9]\d)")
NOBODYS_EMAIL: Final = re.compile(r"[a-z.]+@example\.org")
ISOLATES: Final = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))


async def played(service: Service, told: Journey) -> Played:
    return await play(service, told, told.locale if told.locale in service.catalogs else demo.FIRST)


def own_words(dialog: Dialog, told: Journey) -> Iterator[tuple[str, str]]:
    """What the person wrote with words of their own, with the name of its question."""
    known = places(dialog)
    lists = (given.values() if isinstance(given, dict) else given for given in told.repeats.values())
    for answers in (told.answers, *(one for items in lists for one in items)):
        for fact, answer in answers.items():
            if isinstance(known[fact].item, Text) and isinstance(answer, str) and decline_of(answer) is None:
                yield fact, answer


def read_in_swedish(service: Service, locale: str, fact: str, said: str) -> str:
    """What the office reads of it: an occupation that is known in the language of the talk by its Swedish name."""
    known = occupation_of(service.words(locale), said) if fact == "job_title" else ""
    return service.words("sv").occupations.names[known][0] if known else said


def everything_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from everything_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from everything_in(one)


# -- everybody ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
async def test_everybody_sends_a_page_with_their_own_words_and_without_a_gap(service: Service, name: str) -> None:
    done = await played(service, journey(name))
    assert isinstance(done.talk.step, Done)
    detail = await Desk(service).case(done.talk.case, reader="test")
    assert detail is not None
    words = service.words("sv")
    text = summary_text(summary_page(detail, words, service.settings, tuple(service.dialogs.values())), words)
    text = text.translate(ISOLATES)
    assert re.findall(r".{0,30}(?:(?<!\d)–|–(?!\d)).{0,30}", text) == []
    said = dict(own_words(done.talk.dialog, journey(name)))
    assert {"called_name"} < said.keys()
    in_swedish = {fact: read_in_swedish(service, done.talk.state.locale, fact, one) for fact, one in said.items()}
    assert {fact: one for fact, one in in_swedish.items() if one not in text} == {}


@pytest.mark.parametrize("name", NAMES)
async def test_nobody_says_what_is_not_asked_or_leaves_a_question_without_a_word(service: Service, name: str) -> None:
    told = journey(name)
    done = await played(service, told)
    known = places(done.talk.dialog)
    facts = {fact for fact, _of in done.talk.path.answers}
    assert {fact for fact in told.answers if not known[fact].section.gate} <= facts
    asked = [known[screen].item for screen in dict.fromkeys(done.screens)]
    silent = set()
    for screen in asked[:-1] if told.stops_after else asked:
        parts = screen.items if isinstance(screen, Group | Repeat) else ()
        given = told.repeats if isinstance(screen, Repeat) else told.answers
        if given.keys().isdisjoint({screen.name, *(one.name for one in parts)}):
            silent.add(screen.name)
    assert silent == set()


@pytest.mark.parametrize("name", NAMES)
def test_nobody_real_can_be_reached(name: str) -> None:
    told = journey(name)
    assert re.fullmatch(r"\w+", told.answers["called_name"])
    texts = list(everything_in([told.about, told.answers, told.repeats]))
    for text in texts:
        for phone in re.findall(r"\+?\d[\d -]{6,}\d", re.sub(r"\b\d{4}-\d{2}(-\d{2})?\b", "", text)):
            assert NOBODYS_PHONE.fullmatch(phone), phone
        for email in re.findall(r"\S*@\S*", text):
            assert NOBODYS_EMAIL.fullmatch(email), email


def test_no_message_has_the_number_of_somebody_real() -> None:
    phones = [case.message.phone for case in demo.CASES if case.message is not None]
    assert [NOBODYS_PHONE.fullmatch(one) is not None for one in phones] == [True, True]


@pytest.mark.parametrize("name", NAMES)
def test_no_word_is_written_with_letters_of_two_scripts(service: Service, name: str) -> None:
    for fact, text in own_words(service.dialogs["first_visit"], journey(name)):
        for word in text.split():
            scripts = {unicodedata.name(sign).split()[0] for sign in word if sign.isalpha()}
            assert len(scripts) <= 1, (fact, word)


def test_a_couple_lives_in_one_home_with_the_same_children() -> None:
    layla, yusuf = journey("layla"), journey("yusuf")
    assert layla.repeats["children"] == yusuf.repeats["children"]
    same = ("household_type", "partner_applies", "housing_type", "rent_debt", "benefits_waiting", "childcare")
    assert [layla.answers[one] for one in same] == [yusuf.answers[one] for one in same]
    assert layla.answers["contact_phone"] != yusuf.answers["contact_phone"]


# -- the desk of a Tuesday ---------------------------------------------------------------------------------------------


async def test_everybody_who_was_invented_stands_at_the_desk(service: Service) -> None:
    await demo.fill(service)
    rows = await service.store.cases()
    assert len(rows) == len(demo.CASES) == 30
    assert {case.journey for case in demo.CASES} == {*NAMES, ""}
    states = Counter((row.status, row.card is not None) for row in rows)
    assert states == {
        ("invited", False): 2,
        ("begun", False): 1,
        ("begun", True): 2,
        ("sent", True): 20,
        ("visited", True): 4,
        ("closed", True): 1,
    }
    named = [one.name for one in await Inbox(Desk(service)).every(reader="test") if one.name]
    assert len(named) == len(set(named))


async def test_first_contacts_lie_on_their_days_and_few_cases_are_late(service: Service, clock: Clock) -> None:
    now = clock.now
    await demo.fill(service)
    assert service.clock is clock
    assert clock.now == now
    listed = await Inbox(Desk(service)).every(reader="test")
    ago = Counter((service.today() - datetime.date.fromisoformat(one.first_contact)).days for one in listed)
    assert ago == Counter(case.days_ago for case in demo.CASES if not case.office.closed)
    assert 1 <= sum(one.overdue for one in listed) <= 2
    assert 4 <= sum(one.days_left is not None and 0 <= one.days_left <= 4 for one in listed) <= 10


async def test_nothing_is_told_from_later_today(service: Service, clock: Clock) -> None:
    clock.now = clock.now.replace(hour=3)
    await demo.fill(service)
    listed = await Inbox(Desk(service)).every(reader="test")
    moments: list[str] = []
    for case in listed:
        detail = await Desk(service).case(case.id, reader="test")
        assert detail is not None
        moments += [detail.state.submitted_at, *(one.at for one in detail.view.messages)]
        moments += [one.at for one in detail.office.done]
    assert max(moments) <= service.now()


async def test_a_message_out_of_a_talk_that_is_not_sent_shows_nothing_else_of_it(service: Service) -> None:
    await demo.fill(service)
    told: dict[str, tuple[str, list[str]]] = {}
    for one in await Inbox(Desk(service)).every(reader="test"):
        detail = await Desk(service).case(one.id, reader="test")
        if detail is not None and detail.view.messages:
            told[one.name] = (one.status, [message.kind for message in detail.view.messages])
    assert told["Nur"] == ("begun", ["apply_now"])
    assert told["Lena"] == ("begun", ["call_me"])
    assert {"Zahra", "Stefan", "Elias", "Amra", "Ali"} < told.keys()


# -- leaving on the way ------------------------------------------------------------------------------------------------


async def test_who_leaves_at_a_question_has_answered_all_before_it_and_not_this_one(service: Service) -> None:
    done = await play(service, journey("moa"), "sv", leaves_at="af_status")
    assert isinstance(done.talk.step, Ask)
    assert done.screens[-1] == done.talk.step.item.name == "af_status"
    assert done.talk.known("school_field") == "naturbruk"
    assert done.talk.known("af_registered") is None
    assert [case.status for case in await service.store.cases()] == ["begun"]


async def test_nobody_can_leave_at_a_question_that_is_not_asked(service: Service) -> None:
    with pytest.raises(JourneyError, match="interpreter: this is not asked"):
        await play(service, journey("moa"), "sv", leaves_at="interpreter")


async def test_a_case_that_cannot_be_played_is_told_with_its_file(
    service: Service, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.setattr(demo, "CASES", (demo.Case("moa", 1, "12:00", left_at="interpreter"),))
    with pytest.raises(StartError, match=r"dialogs/demo/moa\.yaml: interpreter: this is not asked"):
        await demo.fill(service)
    assert service.clock is clock
