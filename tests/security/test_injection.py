"""Whatever somebody types, in every field, comes out as words in every output: no element, no command, no formula."""

from __future__ import annotations

import io
import json
import logging
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import docx
import pytest

from assistant.core.office import Closed
from assistant.server.app import make_app
from assistant.server.keys import SESSIONS
from assistant.service import Service
from assistant.talks import Talk
from tests.conftest import Client
from tests.security.hostile import NAMES, ROUNDS, a_case, harmless, said_in
from tests.security.pages import drawn
from tests.security.payloads import PAYLOADS, WORD, readable
from tests.web.desk_visits import give_token
from tests.web.office_visits import ANNA, browsers, do, give, hire_all, row_of, send, sent

PAGES = ("summary", "sources", "twin", "work", "history", "life-line", "text", "invitation")
ALL_OF_IT = ("sources",)


@pytest.fixture
async def anna(service: Service, aiohttp_client: Callable[[Any], Awaitable[Client]]) -> Client:
    await hire_all(service)
    return await browsers(aiohttp_client, service)(ANNA)


async def pages_of(anna: Client, talk: Talk) -> dict[str, str]:
    """What a caseworker sees of a case, and of the list."""
    found = {}
    for page in PAGES:
        answer = await anna.get(f"/desk/cases/{talk.case}/{page}")
        assert answer.status == 200
        found[page] = await answer.text()
    return found


async def test_no_words_make_an_element_on_any_page_of_the_desk(service: Service, anna: Client) -> None:
    for round in range(ROUNDS):
        said = said_in(service, round)
        office = PAYLOADS[NAMES[(round * (len(NAMES) // ROUNDS) + 20) % len(NAMES)]][:600]
        talk = await a_case(service, said, office)
        plain = await a_case(service, {field: harmless(words) for field, words in said.items()}, harmless(office))
        hostile, calm = await pages_of(anna, talk), await pages_of(anna, plain)
        for page in PAGES:
            if page == "text":
                continue
            seen, expected = drawn(hostile[page]), drawn(calm[page])
            assert seen.elements == expected.elements, (round, page)
            strange = {one for one in seen.addresses if WORD in one or one.startswith(("javascript", "data"))}
            assert strange == set(), (round, page)
        words = readable(drawn(hostile["sources"]).words)
        for field, told in said.items():
            assert readable(told) in words, (round, field, told)
        assert readable(office.strip()) in readable(drawn(hostile["work"]).words), round
        calm_list = await _listed(anna, harmless(said["called_name"])) | await _listed(anna, "nobody of this name")
        assert await _listed(anna, said["called_name"]) <= calm_list


async def _listed(anna: Client, name: str) -> set[str]:
    """The kinds of elements of the list, searched for somebody's words."""
    answer = await anna.get("/desk", params={"q": name[:100].replace("\x00", "")})
    page = drawn(await answer.text())
    assert answer.status == 200
    assert not {one for one in page.addresses if one.startswith(("javascript", "data"))}
    return {one for one in page.elements if not one.startswith(("tr", "td", "th", "a ", "time", "b", "q", "ul", "li"))}


async def test_no_words_are_obeyed_by_another_program(service: Service, anna: Client) -> None:
    headers = await give_token(service)
    for round in range(ROUNDS):
        said = said_in(service, round)
        talk = await a_case(service, said, "note")
        place = f"/desk/cases/{talk.case}"
        text = await (await anna.get(f"{place}/text")).text()
        lines = text.split("\n")
        assert not [line for line in lines if line.lstrip().startswith(("=", "+", "-", "@")) and WORD in line]
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\ufeff\ufffe\uffff]", text)
        _written(await (await anna.get(f"{place}/summary.docx")).read())
        fhir = await (await anna.get(f"{place}/fhir")).read()
        for div in re.findall(r'"div":("(?:[^"\\]|\\.)*")', fhir.decode()):
            _harmless_xml(json.loads(div))
        for path in ("", "/summary", "/twin"):
            api = f"/api/v1/cases/{talk.case}{path}"
            answer = await anna.get(api, headers=headers)
            assert answer.content_type == "application/json"
            assert "<" not in answer.headers["Content-Type"]
            body = await answer.text()
            assert WORD in json.dumps(json.loads(body))
            told = await (await anna.get(api, headers=headers | {"Accept": "text/plain"})).text()
            assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]", told), (round, path)
        ics = await anna.get(f"{place}/visit.ics")
        assert WORD not in await ics.text()


def _written(body: bytes) -> None:
    """A document opens, holds no field, link or macro, and its words are words."""
    with zipfile.ZipFile(io.BytesIO(body)) as parts:
        names = parts.namelist()
        assert not [one for one in names if "vba" in one.lower() or one.startswith("/") or ".." in one]
        xml = parts.read("word/document.xml").decode()
        relations = parts.read("word/_rels/document.xml.rels").decode()
    assert "fldChar" not in xml and "instrText" not in xml and "hyperlink" not in xml.lower()
    assert "External" not in relations
    ET.fromstring(xml)
    assert WORD in "".join(one.text for one in docx.Document(io.BytesIO(body)).paragraphs) + _cells(body)


def _cells(body: bytes) -> str:
    tables = docx.Document(io.BytesIO(body)).tables
    return "".join(cell.text for table in tables for row in table.rows for cell in row.cells)


def _harmless_xml(text: str) -> None:
    tags = {one.tag.rpartition("}")[2] for one in ET.fromstring(text).iter()}
    assert tags <= {
        "div",
        "p",
        "ul",
        "li",
        "b",
        "i",
        "h1",
        "h2",
        "h3",
        "bdi",
        "span",
        "br",
        "q",
        "table",
        "tr",
        "td",
        "th",
        "tbody",
    }


async def test_no_words_make_an_element_on_the_pages_of_the_person(
    service: Service, aiohttp_client: Callable[[Any], Awaitable[Client]]
) -> None:
    await hire_all(service)
    client = await aiohttp_client(make_app(service, secure=False))
    assert client.app is not None
    for round in range(ROUNDS):
        said = said_in(service, round)
        shapes = []
        for words in (said, {field: harmless(one) for field, one in said.items()}):
            talk = await a_case(service, words, "note")
            token = await client.app[SESSIONS].begin("applicant", talk.id)
            found = []
            for path in ("/chat", "/chat/answers", "/chat/sent"):
                answer = await client.get(path, headers={"Cookie": f"klarbild={token}"})
                assert answer.status == 200
                found.append(drawn(await answer.text()))
            shapes.append([one.elements for one in found])
            if words is said:
                assert readable(said["anything_else"]) in readable("".join(one.words for one in found))
                turn = await client.get("/api/v1/conversation", headers={"Authorization": f"Bearer {token}"})
                told = "".join(one["text"] for one in (await turn.json())["turn"]["said"])
                assert readable(said["goal_words"]) in readable(told)
        assert shapes[0] == shapes[1], round


FORMS = (
    ("/sv/apply-now", "/sv/apply-now", ("name", "phone", "when")),
    ("/sv/continue", "/sv/continue", ("code", "unsent", "seal")),
    ("/desk/cross", "/desk/cross", ("reference", "reason")),
    ("/desk/cross", "/desk/claim", ("reference",)),
    ("/desk/invitations", "/desk/invitations", ("name", "first_contact", "language", "channel", "address", "once")),
    ("/desk/account/password", "/desk/account/password", ("old", "new", "again")),
    ("/desk/account/second-step", "/desk/account/second-step", ("do", "code", "password")),
)
QUERIES = (
    "/desk?q={}", "/desk?whose={}&only={}&status={}&language={}&sort={}&way={}&page={}", "/desk/cross?reference={}",
    "/desk/login?next={}&locale={}", "/sv?next={}", "/{}", "/sv/{}", "/desk/cases/{}/summary", "/i/{}", "/t/{}",
    "/static/{}", "/audio/sv/{}.mp3", "/api/v1/cases/{}", "/api/{}", "/chat?{}={}",
)  # fmt: skip


async def test_no_words_in_a_form_or_an_address_come_back_as_anything_but_words(
    service: Service, anna: Client, caplog: pytest.LogCaptureFixture
) -> None:
    shapes: dict[tuple[str, str, int], set[tuple[str, ...]]] = {}
    with caplog.at_level(logging.DEBUG, "klarbild"):
        for name, payload in PAYLOADS.items():
            for page, address, fields in FORMS:
                text = await (await anna.get(page)).text()
                token = re.search(r'name="token" value="([^"]+)"', text)
                given = dict.fromkeys(fields, payload) | ({"token": token[1]} if token else {})
                if "phone" in fields:
                    given["phone"] = payload[:100].ljust(60, "x")
                answer = await anna.post(address, data=given, allow_redirects=False)
                assert answer.status in (200, 303, 400, 404, 409, 422, 429), (name, address)
                _check_headers(answer.headers)
                if answer.content_type == "text/html":
                    shape = drawn(await answer.text())
                    assert not {one for one in shape.addresses if WORD in one}, (name, address)
                    shapes.setdefault((address, "form", answer.status), set()).add(_tags(shape.elements))
            if name in ("script", "double quote", "single quote", "header", "nul", "jinja expression", "controls"):
                for query in QUERIES:
                    address = query.replace("{}", "".join(f"%{byte:02x}" for byte in payload.encode()))
                    answer = await anna.get(address, allow_redirects=False)
                    assert answer.status in (200, 303, 400, 401, 404), (name, query)
                    _check_headers(answer.headers)
                    if answer.content_type == "text/html":
                        drawn(await answer.text())
    assert WORD not in caplog.text
    assert {key: found for key, found in shapes.items() if len(found) > 3} == {}


def _tags(elements: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({one.partition(" ")[0] for one in elements}))


def _check_headers(headers: Mapping[str, str]) -> None:
    assert "Bcc" not in headers and not any("a=b" in value for value in headers.values())
    for value in headers.values():
        assert not re.search(r"[\x00-\x1f\x7f]", value)
    assert "javascript" not in headers.get("Location", "")
    assert not headers.get("Location", "").startswith("//")


async def test_unpaired_surrogates_and_strange_json_are_refused(client: Client) -> None:
    begun = await (await client.post("/api/v1/conversations", json={"locale": "en"})).json()
    headers = {"Authorization": f"Bearer {begun['token']}", "Content-Type": "application/json"}
    for value in (r'"\ud800"', r'"\udc00x"', '"\xff', '"a\x00b"', "NaN", "1e999", "[" * 5000, '{"a":1,"a":2}'):
        body = f'{{"seen": 0, "item": "protected_identity", "value": {value}}}'.encode("utf-8", "surrogatepass")
        answer = await client.post("/api/v1/conversation/replies", data=body, headers=headers)
        assert answer.status in (400, 422), value
    form = "item=protected_identity&seen=0&value=%ED%A0%80%FF%FE%C0%AF"
    answer = await client.post(
        "/sv/apply-now", data=form, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert answer.status in (400, 422)


async def test_a_closed_cases_reason_is_words_too(service: Service, anna: Client) -> None:
    talk = await sent(service)
    await give(service, talk.case, "anna")
    payload = PAYLOADS["end of an attribute"]
    await do(service, ANNA, talk.case, Closed(reason=payload))
    page = drawn(await (await anna.get(f"/desk/cases/{talk.case}/history")).text())
    assert payload in page.words
    work, seen = f"/desk/cases/{talk.case}/work", str((await row_of(service, talk.case)).doings)
    answer = await send(anna, work, work, do="note", note=payload, seen=seen)
    assert answer.status == 303
    page = drawn(await (await anna.get(f"/desk/cases/{talk.case}/work")).text())
    assert payload in page.words
