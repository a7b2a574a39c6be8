"""The twin record: the summary in two languages, line by line, without anything that only the office is to see."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from assistant.authoring.journeys import declined
from assistant.bidi import direction_of
from assistant.core.dialog import Dialog
from assistant.desk import Desk
from assistant.player import play
from assistant.service import Service
from assistant.settings import Settings
from assistant.summary_page import summary_page
from assistant.twin_page import TwinLine, TwinPage, twin_page
from assistant.wording import Quote, Segment, plain
from tests.conftest import Client
from tests.journeys.playing import OTHERS, SEVEN, journey
from tests.web.desk_talks import sent
from tests.web.desk_visits import NAME, give_token, log_in, page, readings, seen, words_of

FOR_THE_OFFICE = (
    *("Önskar enskilt samtal", "alkohol", "Kontakta varsamt", "Boka tolk", "Att ta upp på besöket"),
    *("Varken sjukskriven eller arbetssökande", "Läkarintyg saknas", "endast för enheten", "Innan du ringer"),
)
"""Words of lines of attention, private wishes and notes for the desk."""


async def record(service: Service, case: str, locale: str = "sv") -> TwinPage:
    detail = await Desk(service).case(case, reader=NAME)
    assert detail is not None
    return twin_page(detail, service.words(locale), service.words, Settings())


def lines(page: TwinPage) -> list[TwinLine]:
    return [*page.head, *(line for one in page.paragraphs for line in (one.label, *one.lines))]


def our_own(segments: tuple[Segment, ...]) -> str:
    """The words that are the program's and not a quote."""
    return " ".join(one for one in segments if isinstance(one, str))


@pytest.mark.parametrize("name", [*SEVEN, *OTHERS])
async def test_every_line_stands_in_both_languages(service: Service, name: str) -> None:
    talk = (await play(service, journey(name), "ar")).talk
    found = await record(service, talk.case)
    assert (found.lang, found.dir, found.alike) == ("ar", "rtl", False)
    assert len(lines(found)) > 10
    for line in lines(found):
        ours, theirs = our_own(line.ours), our_own(line.theirs)
        if any(map(str.isalpha, ours)):
            assert direction_of(ours) == "ltr"
            assert any(direction_of(sign) == "rtl" for sign in theirs), theirs
        assert [one for one in line.ours if isinstance(one, Quote)] == [
            one for one in line.theirs if isinstance(one, Quote)
        ]


@pytest.mark.parametrize("name", SEVEN)
async def test_its_swedish_is_the_summarys(service: Service, name: str) -> None:
    talk = (await play(service, journey(name), "ar")).talk
    detail = await Desk(service).case(talk.case, reader=NAME)
    assert detail is not None
    summary = summary_page(detail, service.words("sv"), Settings(), service.dialogs.values())
    found = await record(service, talk.case)
    told = {one.topic: [line.ours for line in one.lines] for one in found.paragraphs}
    for paragraph in summary.paragraphs:
        assert told[paragraph.topic] == [one.words for one in paragraph.sentences]
    assert [one.number for one in found.paragraphs if one.number] == [one.number for one in summary.paragraphs]


async def test_the_page_marks_the_language_and_direction_of_each_cell(client: Client, service: Service) -> None:
    talk = (await play(service, journey("layla"), "ar")).talk
    await log_in(client, service)
    html = await page(client, f"/desk/cases/{talk.case}/twin")
    found = await record(service, talk.case)
    rows = re.findall(r"<tr.*?</tr>", html, re.DOTALL)
    assert len(rows) == len(lines(found)) + 1
    assert all(row.count('lang="ar" dir="rtl"') >= 1 for row in rows)
    assert '<td>Sfi: pågår, kurs 2C.</td><td lang="ar" dir="rtl">' in html
    assert '<bdi><q lang="ar" dir="rtl">أريد أن أعمل مع الأطفال' in html
    assert "العربية</th>" in html


async def test_what_only_the_office_is_to_see_is_not_in_it(client: Client, service: Service) -> None:
    talk = await sent(service, af_registered="no", documents=["id"], too_ill_certificate="no")
    await log_in(client, service)
    summary = await seen(client, f"/desk/cases/{talk.case}/summary")
    twin = words_of(re.sub(r"<nav.*?</nav>", "", await page(client, f"/desk/cases/{talk.case}/twin"), flags=re.DOTALL))
    api = await client.get(f"/api/v1/cases/{talk.case}/twin", headers=await give_token(service))
    told = await api.text()
    for words in FOR_THE_OFFICE:
        assert words in summary
        assert words not in twin
        assert words not in told
    assert "Enskilt samtal: erbjuds." in twin
    assert "alcohol" not in twin.casefold()


async def test_an_answer_about_a_private_talk_leaves_no_trace(client: Client, service: Service) -> None:
    await log_in(client, service)
    told = []
    for answer in ("yes", "no", declined("skip")):
        talk = await sent(service, talk_alone=answer)
        html = await page(client, f"/desk/cases/{talk.case}/twin")
        told.append(html.replace(talk.reference, "…").replace(talk.case, "…"))
    assert told[0] == told[1] == told[2]


async def test_an_interpreter_stands_in_it_also_where_a_line_for_the_desk_says_so(service: Service) -> None:
    found = await record(service, (await sent(service)).case)
    booking = next(one for one in found.paragraphs if one.topic == "book")
    assert any("Tolk: tigrinja" in plain(one.ours) for one in booking.lines)


async def test_questions_without_an_answer_stand_in_both_languages(service: Service) -> None:
    talk = (await play(service, journey("careful"), "ar")).talk
    found = await record(service, talk.case)
    (unanswered,) = (one for one in found.paragraphs if not one.topic)
    assert plain(unanswered.label.ours) == "Utan svar"
    ours = [plain(one.ours) for one in unanswered.lines]
    assert "Vill inte säga: Betalar den andra föräldern för barnet?" in ours
    assert len(ours) == 6
    for line in unanswered.lines:
        said, _, question = plain(line.theirs).partition(": ")
        assert (direction_of(said), direction_of(question)) == ("rtl", "rtl")


async def test_what_waits_for_the_visit_as_a_whole_is_one_line(service: Service) -> None:
    talk = (await play(service, journey("early"), "ar")).talk
    (line,) = (await record(service, talk.case)).paragraphs[-1].lines
    assert plain(line.ours).startswith("Vill berätta vid besöket: Skola, Arbete")
    assert direction_of(plain(line.theirs)) == "rtl"


async def test_in_the_language_of_the_desk_there_is_one_column_and_a_note(client: Client, service: Service) -> None:
    talk = (await play(service, journey("erik"), "sv")).talk
    await log_in(client, service)
    html = await page(client, f"/desk/cases/{talk.case}/twin")
    assert "så det blir en spalt" in html
    rows = re.findall(r"<tr.*?</tr>", html, re.DOTALL)
    assert {len(re.findall("<t[dh]", row)) for row in rows} == {1}
    assert {line.theirs for line in lines(await record(service, talk.case))} == {()}


async def test_what_another_told_is_said_so(service: Service) -> None:
    found = await record(service, (await play(service, journey("guardian"), "ar")).talk.case)
    assert "Uppgift från annan" in [plain(one.ours) for one in found.head]
    own = await record(service, (await play(service, journey("layla"), "ar")).talk.case)
    assert "Uppgift från annan" not in [plain(one.ours) for one in own.head]


async def test_of_a_dialog_that_is_no_more_it_has_the_lines_that_were_approved(
    client: Client, service: Service
) -> None:
    talk = (await play(service, journey("layla"), "ar")).talk
    del service.dialogs["first_visit"]  # type: ignore[attr-defined]
    await log_in(client, service)
    html = await page(client, f"/desk/cases/{talk.case}/twin")
    assert "<td>Jag kan arbeta heltid</td>" in html
    assert "أريد أن أعمل مع الأطفال" in html


async def test_before_anything_is_sent_it_is_empty(client: Client, service: Service) -> None:
    begun = await play(service, journey("layla"), "ar", submit=False)
    await log_in(client, service)
    text = await seen(client, f"/desk/cases/{begun.talk.case}/twin?locale=en")
    assert "Nothing has been sent yet." in text
    assert "Layla" not in text


async def test_it_is_for_those_who_are_logged_in_and_its_reading_is_logged(client: Client, service: Service) -> None:
    talk = await sent(service)
    address = f"/desk/cases/{talk.case}/twin"
    answer = await client.get(address, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, f"/desk/login?next={address}")
    await log_in(client, service)
    await page(client, address)
    await page(client, "/desk/cases/0123/twin", status=404)
    assert (NAME, "twin") in await readings(service, talk.case)


async def test_a_program_reads_the_same(client: Client, service: Service) -> None:
    talk = (await play(service, journey("layla"), "ar")).talk
    headers = await give_token(service)
    answer = await client.get(f"/api/v1/cases/{talk.case}/twin", headers=headers)
    told = await answer.json()
    found = await record(service, talk.case)
    assert (told["reference"], told["lang"], told["dir"]) == (talk.reference, "ar", "rtl")
    assert [one["label"]["ours"] for one in told["paragraphs"]] == [plain(one.label.ours) for one in found.paragraphs]
    school = next(one for one in told["paragraphs"] if one["label"]["ours"] == "Skola")
    assert school["lines"][1]["ours"] == "Sfi: pågår, kurs 2C."
    assert direction_of(school["lines"][1]["theirs"]) == "rtl"
    text = await client.get(f"/api/v1/cases/{talk.case}/twin", headers=headers | {"Accept": "text/plain"})
    rows = (await text.text()).splitlines()
    assert rows[rows.index("Sfi: pågår, kurs 2C.") + 1] == school["lines"][1]["theirs"]
    missing = await client.get("/api/v1/cases/0123/twin", headers=headers)
    assert missing.status == 404


@pytest.fixture
def dialogs(dialogs: Mapping[str, Dialog]) -> dict[str, Dialog]:
    """Dialogs of this test alone: it may take one away."""
    return dict(dialogs)
