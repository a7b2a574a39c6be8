"""Where the desk shows what a machine made of somebody's words: beside them, marked, and nowhere else."""

from __future__ import annotations

import asyncio
import html
import io
import json
import re
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.web import Application
from docx import Document
from pypdf import PdfReader

from assistant.core.commands import Message
from assistant.core.office import Assigned
from assistant.player import play
from assistant.server.app import make_app
from assistant.server.keys import TRANSLATIONS
from assistant.service import Service
from assistant.settings import Settings
from assistant.talks import Talk
from assistant.translations import Translations
from assistant.turns import Viewer
from tests.conftest import Client
from tests.faults.serving import Server
from tests.sending.post_office import silent_server
from tests.translating.conftest import OWN, Office, layla
from tests.translating.server import swedish
from tests.web.desk_cases import fullest
from tests.web.desk_visits import give_token, log_in, on_paper, page, seen
from tests.web.office_visits import KARIN, do, hire_all

GOAL = OWN[0]
WHEN = "بعد الساعة السادسة"
MARK = "Maskinöversättning:"


@pytest.fixture
async def served(office: Office) -> AsyncIterator[tuple[Service, Translations]]:
    async with office.open() as opened:
        yield opened


@pytest.fixture
async def desk(
    aiohttp_client: Callable[[Application], Awaitable[Client]], served: tuple[Service, Translations]
) -> Client:
    client = await aiohttp_client(make_app(served[0], secure=False))
    await log_in(client, served[0])
    return client


@pytest.fixture
async def talk(served: tuple[Service, Translations]) -> Talk:
    """Layla's first visit, sent and translated."""
    service, translations = served
    sent = await layla(service)
    await translations.work()
    return sent


def beside(text: str, words: str) -> str:
    """What stands on a page right behind somebody's words, as markup."""
    return text.partition(html.escape(words))[2][:600]


@pytest.mark.parametrize("where", ["summary", "twin", "sources", "life-line"])
async def test_it_stands_beside_the_words_in_swedish_and_marked(desk: Client, talk: Talk, where: str) -> None:
    text = await page(desk, f"/desk/cases/{talk.case}/{where}?locale=sv")
    words = OWN[3] if where == "life-line" else GOAL
    told = beside(text if where != "life-line" else text.partition("År för år")[2], words)
    found = re.search(r'<span class="machine"><b>([^<]+)</b> <q lang="sv" dir="ltr">([^<]+)</q>', told)
    assert found is not None, told
    assert (found[1], found[2]) == (MARK, swedish(words))
    assert "(arabiska)" in told.partition('class="machine"')[0], "the name of their language stands with the words"
    assert re.search(rf'lang="ar" dir="rtl"[^>]*>(<q>)?{re.escape(words)}', text), (
        "the original is there in its language"
    )


async def test_it_is_printed_and_cut_like_the_words(desk: Client, talk: Talk) -> None:
    paper = on_paper(await page(desk, f"/desk/cases/{talk.case}/summary?locale=sv"))
    assert f"{GOAL} (arabiska) {MARK} {swedish(GOAL)}" in paper


@pytest.mark.slow
async def test_the_fullest_case_is_still_one_sheet_with_all_that_a_machine_made_of_it(
    office: Office, desk: Client, served: tuple[Service, Translations]
) -> None:
    service, translations = served
    office.machine.answer = lambda text: ("hjälpa till hemma " * 200)[: len(text) + len(text) // 4].strip()
    journey = fullest(service.dialogs["first_visit"], "ar", "أريد أن أعمل مرة أخرى في مطبخ كبير مع زملاء طيبين. ")
    full = (await play(service, journey, "ar")).talk
    await translations.work()
    answer = await desk.get(f"/desk/cases/{full.case}/summary.pdf?locale=sv")
    sheets = PdfReader(io.BytesIO(await answer.read())).pages
    assert len(sheets) == 1 and "Maskinöversättning" in sheets[0].extract_text()


async def test_the_column_of_the_person_has_nothing_of_a_machine(desk: Client, talk: Talk) -> None:
    text = await page(desk, f"/desk/cases/{talk.case}/twin?locale=sv")
    columns = re.findall(r'<td lang="ar" dir="rtl">(.*?)</td>', text, re.DOTALL)
    assert any(GOAL in one for one in columns)
    assert not any("machine" in one or "ord1" in one for one in columns)


async def test_in_text_and_in_a_word_file_it_is_marked_too(desk: Client, talk: Talk) -> None:
    told = f"(arabiska) [{MARK} ”{swedish(GOAL)}”]"
    assert told in await page(desk, f"/desk/cases/{talk.case}/text?locale=sv")
    answer = await desk.get(f"/desk/cases/{talk.case}/summary.docx?locale=sv")
    words = "\n".join(one.text for one in Document(io.BytesIO(await answer.read())).paragraphs)
    assert told in words


async def test_fhir_has_the_words_with_their_language_and_nothing_of_a_machine(desk: Client, talk: Talk) -> None:
    text = await page(desk, f"/desk/cases/{talk.case}/fhir?locale=sv")
    assert "ord1" not in text
    found = [one for one in _values(json.loads(text)) if one.get("valueString") == GOAL]
    (extension,) = found[0]["_valueString"]["extension"]
    assert extension == {"url": "http://hl7.org/fhir/StructureDefinition/language", "valueCode": "ar"}


def _values(value: Any) -> list[dict[str, Any]]:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [*([value] if isinstance(value, dict) else []), *(found for one in inside for found in _values(one))]


async def test_the_json_keeps_it_apart_from_the_words(desk: Client, served: tuple[Service, Any], talk: Talk) -> None:
    headers = await give_token(served[0])
    answer = await desk.get(f"/api/v1/cases/{talk.case}/summary?locale=sv", headers=headers)
    found = [one for one in _values(await answer.json()) if one.get("quote") == GOAL]
    assert [(one["language"], one["machine_translation"]) for one in found] == [("arabiska", swedish(GOAL))]
    statements = [one for one in _values(await answer.json()) if GOAL in one.get("text", "")]
    assert statements and "ord1" not in statements[0]["text"]


async def test_a_message_is_translated_on_the_list_and_in_the_case(
    desk: Client, served: tuple[Service, Translations]
) -> None:
    service, translations = served
    await service.message(Message("call_me", name="ليلى", phone="070 1", when=WHEN), "ar")
    await translations.work()
    (case,) = await service.store.cases()
    for address in ("/desk?locale=sv", f"/desk/cases/{case.id}/summary?locale=sv"):
        assert f"{WHEN} (arabiska) {MARK} ord1 ord2 ord3" in await seen(desk, address), address
    assert f"[{MARK} ”ord1 ord2 ord3”]" in await page(desk, f"/desk/cases/{case.id}/text?locale=sv")


async def test_somebody_elses_case_shows_neither_words_nor_translation(
    desk: Client, served: tuple[Service, Translations], talk: Talk
) -> None:
    await hire_all(served[0])
    assert await do(served[0], KARIN, talk.case, Assigned(to="nils", unit="North")) is None
    for where in ("summary", "twin", "sources", "text"):
        answer = await desk.get(f"/desk/cases/{talk.case}/{where}")
        assert answer.status == 404 and "ord1" not in await answer.text()


async def test_markup_from_the_server_is_shown_as_text(
    office: Office, desk: Client, served: tuple[Service, Translations]
) -> None:
    office.machine.answer = lambda text: '</q><script>alert(1)</script><img src=x onerror="x">&amp;'
    service, translations = served
    talk = await layla(service)
    await translations.work()
    for where in ("summary", "twin", "sources", "life-line"):
        text = await page(desk, f"/desk/cases/{talk.case}/{where}?locale=sv")
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text, where
        assert "<script>alert" not in text and "<img src=x" not in text


async def test_the_person_is_never_shown_it(served: tuple[Service, Translations], talk: Talk) -> None:
    service = served[0]
    shown = Viewer(talk, service.words("ar"), service.settings).turn()
    assert "ord1" not in repr(shown)


@pytest.mark.parametrize(
    ("locale", "words"), [("sv", "en maskin hos kommunen"), ("en", "a machine at the municipality"), ("ar", "لآلة")]
)
async def test_the_page_about_data_says_it_where_it_is_done_and_only_there(
    desk: Client, client: Client, locale: str, words: str
) -> None:
    assert words in await seen(desk, f"/{locale}/privacy")
    assert words not in await seen(client, f"/{locale}/privacy")


async def test_the_figures_tell_what_waits_and_nothing_of_it(desk: Client, client: Client, talk: Talk) -> None:
    text = await page(desk, "/metrics")
    for name in ("waiting", "made_total", "failed_total", "in_trouble"):
        assert f"klarbild_translations_{name} " in text
    assert "klarbild_translations" not in await page(client, "/metrics")


async def test_pages_and_readiness_are_as_ever_while_the_server_is_down(
    aiohttp_client: Callable[[Application], Awaitable[Client]], office: Office
) -> None:
    async with (
        silent_server() as port,
        office.open(Settings(translation_url=f"http://127.0.0.1:{port}")) as (service, _),
    ):
        app = make_app(service, secure=False)
        client = await aiohttp_client(app)
        await log_in(client, service)
        talk = await layla(service)
        text = await page(client, f"/desk/cases/{talk.case}/summary?locale=sv")
        assert GOAL in text and MARK not in text
        assert (await client.get("/readyz")).status == 200
        assert app[TRANSLATIONS] is not None
        await client.close()


@pytest.mark.slow
async def test_the_program_ends_at_once_although_the_server_holds_a_text(tmp_path: Path) -> None:
    came = asyncio.Event()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.set()
        await reader.read()
        writer.close()

    holding = await asyncio.start_server(hold, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{holding.sockets[0].getsockname()[1]}"
    server = Server(tmp_path / "data", KLARBILD_TRANSLATION_URL=url)
    await asyncio.to_thread(server.start)
    try:
        form = {"phone": "070 1", "when": WHEN}
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"http://127.0.0.1:{server.port}/ar/apply-now", data=form) as answer,
        ):
            assert answer.status == 200, await answer.text()
        await asyncio.wait_for(came.wait(), 60)
        assert await asyncio.to_thread(server.stop) == 0
    finally:
        if server.process.poll() is None:
            server.kill()
        holding.close()
    log = (tmp_path / "server.log").read_text()
    assert WHEN not in log and "Traceback" not in log and "broke" not in log
    with closing(sqlite3.connect(tmp_path / "data" / "klarbild.db")) as connection:
        assert connection.execute("select state, length(body) from translations").fetchall() == [("queued", 0)]
