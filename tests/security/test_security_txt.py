"""Who finds a weakness is told whom to tell, once the municipality has said who that is."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from assistant.server.security_txt import VALID
from assistant.service import Service
from assistant.settings import Settings, SettingsError, load
from tests.conftest import Client, Clock

PATH = "/.well-known/security.txt"


async def fields(client: Client) -> dict[str, str]:
    answer = await client.get(PATH)
    assert (answer.status, answer.content_type, answer.charset) == (200, "text/plain", "utf-8")
    text = await answer.text()
    assert text.endswith("\r\n")
    pairs = [line.split(": ", 1) for line in text.splitlines()]
    assert len({name for name, _ in pairs}) == len(pairs)
    return {name: value for name, value in pairs}


async def test_without_a_contact_there_is_no_such_page(client: Client) -> None:
    assert (await client.get(PATH)).status == 404


@pytest.mark.parametrize(
    ("contact", "uri"),
    [
        ("sakerhet@kommun.example", "mailto:sakerhet@kommun.example"),
        ("https://kommun.example/sakerhet", "https://kommun.example/sakerhet"),
    ],
)
async def test_the_contact_of_the_municipality_is_told(
    client: Client, service: Service, contact: str, uri: str
) -> None:
    service.settings = Settings(security_contact=contact, public_url="https://stod.example")
    found = await fields(client)
    assert found["Contact"] == uri
    assert found["Canonical"] == f"https://stod.example{PATH}"
    assert found["Preferred-Languages"] == "sv, en"


async def test_it_expires_in_the_future_and_within_a_year_whenever_it_is_read(
    client: Client, service: Service, clock: Clock
) -> None:
    service.settings = Settings(security_contact="sakerhet@kommun.example")
    for _ in range(3):
        expires = datetime.datetime.fromisoformat((await fields(client))["Expires"])
        assert VALID - datetime.timedelta(days=1) <= expires - clock.now <= VALID < datetime.timedelta(days=365)
        clock.forward(days=100)


@pytest.mark.parametrize("contact", ["ring oss", "http://kommun.example", "a@b.example\\nContact: x", "javascript:x"])
def test_what_is_no_contact_stops_the_start(tmp_path: Path, contact: str) -> None:
    (tmp_path / "klarbild.toml").write_text(f'security_contact = "{contact}"\n')
    with pytest.raises(SettingsError, match=r"security_contact: .* is neither an e-mail address nor an address"):
        load(tmp_path, {})
