"""Recordings of the questions: offered where one fits the text as it is shown, and sent whole or in parts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import pytest
from aiohttp import web
from yarl import URL

from assistant.audio import key_of, spoken
from assistant.core.steps import Ask
from assistant.server import rules
from assistant.server.app import make_app
from assistant.server.pages import render
from assistant.server.sounds import recording_of
from assistant.service import Service
from assistant.turns import Viewer
from assistant.views import ItemView
from tests.conftest import Client

MakeClient = Callable[[web.Application], Awaitable[Client]]

SOUND = bytes.fromhex("fff370c0") + bytes(range(256)) * 120
"""What a player would take for MP3 by its first bytes: 30 724 of them."""


async def first_question(service: Service, locale: str) -> ItemView:
    talk = await service.start("first_visit", locale)
    assert isinstance(talk.step, Ask)
    return Viewer(talk, service.words(locale), service.settings).item(talk.step.item, talk.step.of)


@pytest.fixture
async def question(service: Service) -> ItemView:
    return await first_question(service, "sv")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "audio"
    (folder / "sv").mkdir(parents=True)
    return folder


@pytest.fixture
def name(service: Service, question: ItemView, folder: Path) -> str:
    """The name of a recording of the first question in Swedish."""
    name = f"{key_of(spoken(question, service.words('sv')))}.mp3"
    (folder / "sv" / name).write_bytes(SOUND)
    return name


@pytest.fixture
async def client(name: str, folder: Path, service: Service, aiohttp_client: MakeClient) -> Client:
    """A server with that recording, and a page that holds nothing but how the first question is listened to."""

    async def listen(request: web.Request) -> web.Response:
        words = service.words(request.query["in"])
        item = await first_question(service, request.query["in"])
        if "hint" in request.query:
            item = msgspec.structs.replace(item, hint=request.query["hint"])
        asked = None if "none" in request.query else item
        return render(request, "chat/listen.html", words, recording=recording_of(request, words, asked))

    app = make_app(service, secure=False, data=folder.parent)
    app.router.add_get("/listen", listen)
    rules.keep_to(app, {**rules.RULES, "GET /listen": rules.Rule("anyone", changes=False)})
    return await aiohttp_client(app)


async def text_of(client: Client, address: str) -> str:
    answer = await client.get(address)
    assert answer.status == 200
    return await answer.text()


# -- the page ----------------------------------------------------------------------------------------------------------


async def test_a_recording_is_offered_with_its_size_and_fetched_only_on_demand(
    client: Client, name: str, service: Service
) -> None:
    html = await text_of(client, "/listen?in=sv")
    assert f'src="/audio/sv/{name}"' in html and 'preload="none"' in html and "autoplay" not in html
    assert service.words("sv").gettext("Listen ({size} KB)", size=31) in html
    assert 'aria-labelledby="listen"' in html and html.count('id="listen"') == 1


async def test_nothing_is_offered_for_a_text_that_changed_in_another_language_or_without_a_question(
    client: Client,
) -> None:
    for address in ("/listen?in=en", "/listen?in=sv&hint=new", "/listen?in=sv&none=1"):
        assert (await text_of(client, address)).strip() == ""


async def test_the_address_tells_nothing_of_the_question(client: Client, question: ItemView) -> None:
    html = await text_of(client, "/listen?in=sv")
    assert question.name not in html and question.label not in html


async def test_pages_may_play_sound_of_their_own_server_and_no_other(client: Client) -> None:
    answer = await client.get("/")
    assert "; media-src 'self';" in answer.headers["Content-Security-Policy"]


# -- the sound ---------------------------------------------------------------------------------------------------------


async def test_a_recording_is_sent_whole_and_kept_nowhere(client: Client, name: str, folder: Path) -> None:
    answer = await client.get(f"/audio/sv/{name}")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "audio/mpeg")
    assert await answer.read() == SOUND
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Accept-Ranges"] == "bytes" and answer.content_length == len(SOUND)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Server" not in answer.headers and "Set-Cookie" not in answer.headers
    assert str(folder) not in str(answer.headers) and "Content-Disposition" not in answer.headers


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-1", 0, 1),
        ("bytes=100-", 100, 30_723),
        ("bytes=-500", 30_224, 30_723),
        ("bytes=30000-99999", 30_000, 30_723),
    ],
)
async def test_a_player_gets_the_part_it_asks_for(client: Client, name: str, asked: str, first: int, last: int) -> None:
    answer = await client.get(f"/audio/sv/{name}", headers={"Range": asked})
    assert answer.status == 206
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/30724"
    assert (await answer.read(), answer.content_type) == (SOUND[first : last + 1], "audio/mpeg")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("asked", ["bytes=30724-", "bytes=5-2", "bytes=x-y", "bytes=0-1,5-6", "metres=0-1"])
async def test_a_part_that_is_not_there_is_refused_in_good_order(client: Client, name: str, asked: str) -> None:
    answer = await client.get(f"/audio/sv/{name}", headers={"Range": asked})
    assert answer.status == 416
    assert (await answer.read(), answer.headers["Content-Range"]) == (b"", "bytes */30724")
    assert (await client.get(f"/audio/sv/{name}")).status == 200


async def test_head_tells_the_size_and_sends_nothing(client: Client, name: str) -> None:
    answer = await client.head(f"/audio/sv/{name}")
    assert (answer.status, answer.headers["Content-Length"], await answer.read()) == (200, "30724", b"")


@pytest.mark.parametrize(
    "address",
    [
        "/audio/sv/0123456789abcdef.mp3",
        "/audio/en/{name}",
        "/audio/SV/{name}",
        "/audio/sv/{NAME}",
        "/audio/{name}",
        "/audio/sv",
        "/audio/sv/",
        "/audio/sv/..%2fsv%2f{name}",
        "/audio/..%2faudio%2fsv/{name}",
        "/audio/sv/..%2f..%2fklarbild.key.mp3",
        "/audio/%2e%2e/klarbild.mp3",
        "/audio/sv/../../klarbild.db",
        "/audio/sv/%00.mp3",
        "/audio/sv/{name}%00.mp3",
        "/audio/sv/linked.mp3",
        "/audio/sv/aaaaaaaaaaaaaaaa.mp3",
        "/audio/fa-AF/{name}",
    ],
)
async def test_whatever_else_is_asked_for_is_not_there(
    address: str, service: Service, folder: Path, name: str, aiohttp_client: MakeClient
) -> None:
    (folder / "sv" / "linked.mp3").write_bytes(SOUND)
    (folder.parent / "klarbild.mp3").write_bytes(SOUND)
    (folder / "sv" / f"{'a' * 16}.mp3").symlink_to(folder.parent / "klarbild.mp3")
    (folder / "fa-AF").symlink_to(folder / "sv")
    client = await aiohttp_client(make_app(service, secure=False, data=folder.parent))
    asked = address.replace("{name}", name).replace("{NAME}", name.upper())
    answer = await client.get(URL(asked, encoded=True))
    body = await answer.read()
    assert answer.status == 404
    assert SOUND[:100] not in body and str(folder).encode() not in body and answer.content_type == "text/html"


async def test_a_recording_that_was_taken_away_is_not_there_and_stops_nothing(
    client: Client, name: str, folder: Path
) -> None:
    (folder / "sv" / name).unlink()
    answer = await client.get(f"/audio/sv/{name}")
    assert (answer.status, answer.content_type) == (404, "text/html")
    assert (await client.get("/sv")).status == 200


async def test_a_server_without_a_data_directory_has_no_recordings(
    service: Service, name: str, aiohttp_client: MakeClient
) -> None:
    client = await aiohttp_client(make_app(service, secure=False))
    assert (await client.get(f"/audio/sv/{name}")).status == 404
