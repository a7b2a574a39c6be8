"""The page with the life line: drawn and told in words alike, without anything private."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from assistant.core.commands import Message
from assistant.core.dialog import Question, places
from assistant.desk import Desk
from assistant.lifeline_page import LifeLinePage, life_line_page
from assistant.service import Service
from assistant.talks import Talk
from assistant.wording import Segment, about
from tests.conftest import Client
from tests.journeys.playing import SEVEN
from tests.journeys.playing import journey as journey_of
from tests.web.desk_lives import TANGLED, address, sent
from tests.web.desk_visits import NAME, log_in, page, readings, seen, words_of

SVG = re.compile(r"<svg.*?</svg>", re.DOTALL)


async def life_of(service: Service, talk: Talk, locale: str = "en") -> LifeLinePage:
    detail = await Desk(service).case(talk.case, reader=NAME)
    assert detail is not None
    found = life_line_page(detail, service.words(locale), service.settings, service.today())
    assert found is not None
    return found


def as_read(words: tuple[Segment, ...]) -> str:
    """Words as they stand in the page, whose quotation marks come from its style."""
    return "".join(one if isinstance(one, str) else f"{one.text}{about(one, '')}" for one in words)


@pytest.mark.parametrize("name", SEVEN)
async def test_everything_that_is_drawn_stands_in_the_list_too(client: Client, service: Service, name: str) -> None:
    talk = await sent(service, journey_of(name))
    life = await life_of(service, talk, "sv")
    await log_in(client, service)
    text = await seen(client, address(talk, "sv"))
    assert len(life.drawings) == 2
    for drawing in life.drawings:
        drawn = sum(len(lane.bars) + len(lane.points) for lane in drawing.lanes)
        assert 0 < drawn <= len(life.rows) + len(life.undated)
    place = text.index("År för år")
    for row in (*life.rows, *life.undated):
        place = text.index(f"{row.when} {as_read(row.words)}", place)
    told = [(one.words, one.rule) for one in life.marks] + [(one.words, one.rule) for one in life.questions]
    for words, rule in told:
        assert as_read(words) in text
        assert f"Regel: {rule}." in text


async def test_both_drawings_are_well_formed_and_named_and_every_reference_in_them_leads_somewhere(
    client: Client, service: Service
) -> None:
    talk = await sent(service, TANGLED)
    await log_in(client, service)
    html = await page(client, address(talk))
    drawings = [ElementTree.fromstring(one) for one in SVG.findall(html)]
    named = [one for one in drawings if one.get("aria-labelledby")]
    assert [one.get("class") for one in named] == ["l-wide", "l-narrow"]
    ids = [each.get("id") for one in drawings for each in one.iter() if each.get("id")]
    assert len(ids) == len(set(ids))
    for one in named:
        assert one.get("role") == "img"
        assert set(str(one.get("aria-labelledby")).split()) <= set(ids)
        assert one.findtext("title") == "Life line"
    assert set(re.findall(r"url\(#([^)]*)\)", html)) <= set(ids)
    assert "style=" not in html


async def test_a_long_title_is_cut_in_the_drawing_and_whole_in_the_list_in_its_own_language(
    client: Client, service: Service
) -> None:
    talk = await sent(service, TANGLED)
    await log_in(client, service)
    html = await page(client, address(talk))
    assert "busy hospital in the middle of Khartoum" not in "".join(SVG.findall(html))
    assert re.search(r'<tspan class="l-own" lang="ti">Nurse &lt;in&gt; a very large[^<]*…</tspan>', html)
    assert '<q lang="ti" dir="ltr">Nurse &lt;in&gt; a very large &amp; busy' in html
    whole = "since 1999 Job: Nurse <in> a very large & busy hospital in the middle of Khartoum"
    assert whole in words_of(SVG.sub("", html))


async def test_marks_have_the_same_number_in_the_drawing_and_in_the_list(client: Client, service: Service) -> None:
    talk = await sent(service, TANGLED)
    life = await life_of(service, talk)
    kinds = {one.number: one.kind for one in life.marks}
    assert list(kinds.values()) == ["clash", "clash", "clash", "clash", "overlap"]
    for drawing in life.drawings:
        assert {flag.number: flag.kind for flag in drawing.flags} == kinds
    await log_in(client, service)
    text = await seen(client, address(talk))
    assert "Does not fit: Nurse <in> a very large & busy" in text
    assert "began before the person was 10. Rule: a job begins before the person is 10." in text
    assert "Which years are right? Rule: something cannot be as it was told" in text
    assert "Mark 1 on the line." in text


async def test_nothing_private_and_no_contact_stands_on_the_page(client: Client, service: Service) -> None:
    talk = await sent(service)
    await log_in(client, service)
    text = await seen(client, address(talk))
    detail = await Desk(service).case(talk.case, reader=NAME)
    assert detail is not None
    assert detail.dialog is not None
    private = [
        name for name, place in places(detail.dialog).items() if isinstance(place.item, Question) and place.item.private
    ]
    assert {"contact_safe", "talk_alone"} <= set(private)
    for words in ("care", "alone", "alcohol", "070 123 45 67", "ምስ ምግቢ"):
        assert words not in text


async def test_what_was_declined_is_told_neutrally(client: Client, service: Service) -> None:
    talk = await sent(service, schooling="declined: skip", sweden_since="declined: unknown")
    await log_in(client, service)
    text = await seen(client, address(talk))
    assert "Not told – Tell us about your schooling. (did not want to say)" in text
    assert "Came to Sweden" not in text


async def test_a_life_told_by_somebody_else_says_so(client: Client, service: Service) -> None:
    talk = await sent(service, journey_of("guardian"))
    await log_in(client, service)
    assert "told by another person" in await seen(client, address(talk))


async def test_without_any_year_nothing_is_drawn(client: Client, service: Service) -> None:
    talk = await sent(service, journey_of("silent"))
    await log_in(client, service)
    html = await page(client, address(talk))
    assert "No year is told, so nothing can be drawn." in html
    assert SVG.findall(html) == []


async def test_before_anything_is_sent_the_page_says_so(client: Client, service: Service) -> None:
    await service.message(Message("apply_now", name="Yusuf", phone="070 999 88 77", when="after ten"), "en")
    (row,) = await service.store.cases()
    await log_in(client, service)
    text = await seen(client, f"/desk/cases/{row.id}/life-line?locale=en")
    assert "Nothing has been sent yet." in text


async def test_of_a_dialog_that_is_no_more_no_life_line_is_drawn(client: Client, service: Service) -> None:
    talk = await sent(service)
    service.dialogs = {}
    await log_in(client, service)
    assert "no longer in the program, so no life line can be drawn" in await seen(client, address(talk))


async def test_each_reading_is_written_down_and_an_unknown_case_is_not_found(client: Client, service: Service) -> None:
    talk = await sent(service)
    await log_in(client, service)
    await page(client, address(talk))
    assert await readings(service, talk.case) == [(NAME, "life-line")]
    await page(client, "/desk/cases/0123/life-line", status=404)


async def test_whoever_is_not_logged_in_comes_back_to_it_after_the_login(client: Client, service: Service) -> None:
    talk = await sent(service)
    answer = await client.get(f"/desk/cases/{talk.case}/life-line", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, f"/desk/login?next=/desk/cases/{talk.case}/life-line")
    assert await readings(service, talk.case) == []


async def test_the_summary_leads_to_the_life_line_and_back(client: Client, service: Service) -> None:
    talk = await sent(service)
    await log_in(client, service)
    summary, life = f"/desk/cases/{talk.case}/summary", f"/desk/cases/{talk.case}/life-line"
    assert f'href="{life}?locale=en"' in await page(client, f"{summary}?locale=en")
    assert f'href="{summary}?locale=en"' in await page(client, f"{life}?locale=en")
