"""What is new on the summary since the same person last read it."""

from __future__ import annotations

import re

import pytest

from assistant.core.commands import Message
from assistant.core.record import Answered
from assistant.service import Service
from assistant.store import ReadingRow
from assistant.summary_news import last_reading
from tests.conftest import Client, Clock
from tests.web.desk_talks import send_more, sent
from tests.web.desk_visits import log_in, on_paper, page, words_of

ABILITY = "Says that full-time work is possible."


def summary_of(case: str) -> str:
    return f"/desk/cases/{case}/summary?locale=en"


def marked(html: str) -> list[str]:
    """What stands behind each mark."""
    return [words_of(one) for one in re.findall(r"<mark[^>]*>New</mark> *(.*?)(?:</span>|</li>)", html, re.DOTALL)]


async def test_at_the_first_reading_nothing_is_marked(client: Client, service: Service) -> None:
    talk = await sent(service)
    await log_in(client, service)
    html = await page(client, summary_of(talk.case))
    assert marked(html) == []
    assert "since you read this page" not in html


async def test_what_came_since_is_marked_and_counted_and_is_new_no_more_the_next_time(
    client: Client, service: Service, clock: Clock
) -> None:
    talk = await sent(service)
    await log_in(client, service)
    await page(client, summary_of(talk.case))
    clock.forward(days=1)
    await send_more(service, talk, "first_visit", [Answered(item="work_ability", value="no_problem")])
    clock.forward(hours=2)
    await log_in(client, service)
    html = await page(client, summary_of(talk.case))
    assert marked(html) == [ABILITY]
    assert "1 line is new since you read this page 2026-03-05 10:00" in words_of(html)
    assert f"New {ABILITY}" in words_of(html)
    assert f"New {ABILITY}" not in on_paper(html)
    assert ABILITY in on_paper(html)
    clock.forward(hours=2)
    await log_in(client, service)
    html = await page(client, summary_of(talk.case))
    assert marked(html) == []
    assert "Nothing is new since you read this page 2026-03-06 12:00" in words_of(html)


async def test_marks_stay_while_the_reader_goes_to_the_sources_and_comes_back(
    client: Client, service: Service, clock: Clock
) -> None:
    talk = await sent(service)
    await log_in(client, service)
    await page(client, summary_of(talk.case))
    clock.forward(days=1)
    await send_more(service, talk, "first_visit", [Answered(item="work_ability", value="no_problem")])
    await log_in(client, service)
    for _ in range(3):
        assert marked(await page(client, summary_of(talk.case))) == [ABILITY]
        html = await page(client, f"/desk/cases/{talk.case}/sources?locale=en")
        assert html.count(">New</mark>") == 1
        clock.forward(minutes=10)


async def test_what_somebody_else_has_read_is_new_to_the_others(client: Client, service: Service, clock: Clock) -> None:
    talk = await sent(service)
    await log_in(client, service)
    await page(client, summary_of(talk.case))
    clock.forward(days=1)
    await send_more(service, talk, "first_visit", [Answered(item="work_ability", value="no_problem")])
    await service.store.log_reading(at=service.now(), user="berit", case=talk.case, what="summary")
    clock.forward(days=1)
    await log_in(client, service)
    assert marked(await page(client, summary_of(talk.case))) == [ABILITY]


async def test_an_answer_counts_from_when_it_was_sent_and_not_from_when_it_was_written(
    client: Client, service: Service, clock: Clock
) -> None:
    draft = await sent(service)
    await service.store.log_reading(at="2026-03-05T09:00:00Z", user="anna", case=draft.case, what="summary")
    clock.forward(days=1)
    written = service.now()
    await service.store.log_reading(at="2026-03-06T10:00:00Z", user="anna", case=draft.case, what="summary")
    clock.forward(days=1)
    events = [Answered(item="work_ability", value="no_problem")]
    await send_more(service, draft, "first_visit", events, written=written)
    await log_in(client, service)
    assert marked(await page(client, summary_of(draft.case))) == [ABILITY]


async def test_an_answer_that_was_given_again_unchanged_is_not_new(
    client: Client, service: Service, clock: Clock
) -> None:
    talk = await sent(service)
    await log_in(client, service)
    await page(client, summary_of(talk.case))
    clock.forward(days=1)
    await send_more(service, talk, "first_visit", [Answered(item="work_ability", value="not_now")])
    await log_in(client, service)
    html = await page(client, summary_of(talk.case))
    assert marked(html) == []
    assert "Nothing is new" in html


async def test_a_changed_answer_that_took_its_line_away_is_counted_and_marked_among_the_answers(
    client: Client, service: Service, clock: Clock
) -> None:
    talk = await sent(service)
    await log_in(client, service)
    assert "Contact with care" in await page(client, summary_of(talk.case))
    clock.forward(days=1)
    events = [Answered(item="contact_safe", value="ok"), Answered(item="talk_alone", value="no")]
    await send_more(service, talk, "first_visit", events)
    await log_in(client, service)
    html = await page(client, summary_of(talk.case))
    assert "Contact with care" not in html
    assert "2 answers were changed of which no line here tells" in words_of(html)
    assert "answers were changed" not in on_paper(html)
    html = await page(client, f"/desk/cases/{talk.case}/sources?locale=en")
    assert html.count(">New</mark>") == 2


async def test_a_message_that_came_since_is_marked(client: Client, service: Service, clock: Clock) -> None:
    await service.message(Message("apply_now", name="Yusuf", phone="070-174 06 05", when="after four"), "en")
    (row,) = await service.store.cases()
    await service.store.log_reading(at="2026-03-01T10:00:00Z", user="anna", case=row.id, what="summary")
    await log_in(client, service)
    (told,) = marked(await page(client, summary_of(row.id)))
    assert told.startswith("Wants to apply now 2026-03-05 10:00 · Yusuf")
    clock.forward(days=1)
    await log_in(client, service)
    assert marked(await page(client, summary_of(row.id))) == []


async def test_to_have_read_a_message_is_not_to_have_read_what_was_sent_later(
    client: Client, service: Service, clock: Clock
) -> None:
    talk = await sent(service)
    await service.store.log_reading(at="2026-03-01T10:00:00Z", user="anna", case=talk.case, what="summary")
    await log_in(client, service)
    html = await page(client, summary_of(talk.case))
    lines = len(re.findall('class="source"', html))
    assert len(marked(html)) == lines > 30
    assert f"{lines} lines are new" in html


def rows(*moments: str, what: str = "summary") -> list[ReadingRow]:
    return [ReadingRow(at=f"2026-03-05T{moment}:00Z", user="anna", case="1", what=what) for moment in moments]


@pytest.mark.parametrize(
    ("moments", "last"),
    [
        ([], ""),
        (["10:00"], ""),
        (["08:00", "10:00"], "08:00"),
        (["08:00", "08:30", "10:00"], "08:30"),
        (["08:00", "09:30", "10:00"], "08:00"),
        (["09:20", "09:40", "10:00"], "09:20"),
        (["09:00", "10:00"], "09:00"),
    ],
)
def test_readings_within_an_hour_of_each_other_are_one(moments: list[str], last: str) -> None:
    assert last_reading(rows(*moments), "anna") == (last and f"2026-03-05T{last}:00Z")


def test_neither_a_list_nor_another_reader_counts() -> None:
    assert last_reading([*rows("07:00", what="list"), *rows("10:00")], "anna") == ""
    assert last_reading(rows("07:00", "10:00"), "berit") == ""
