"""From which address a request comes: only proxies of our own are believed, and a client can add nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.addresses import sender
from assistant.server.limits import OF_ALL
from assistant.service import Service
from assistant.settings import Settings, SettingsError, load
from assistant.store import codes
from tests.conftest import Client

HERE = Settings().trusted_proxies
TWO = ("127.0.0.0/8", "10.0.0.0/8")


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "found"),
    [
        ("127.0.0.1", ["203.0.113.9"], HERE, "203.0.113.9"),
        ("127.0.0.1", ["198.51.100.1, 203.0.113.9"], HERE, "203.0.113.9"),
        ("127.0.0.1", ["198.51.100.1", "203.0.113.9"], HERE, "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], HERE, "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1, 127.0.0.1"], HERE, "203.0.113.9"),
        ("127.0.0.1", ["198.51.100.1, 203.0.113.9, 10.1.1.1"], TWO, "203.0.113.9"),
        ("127.0.0.1", ["198.51.100.1, 203.0.113.9, 10.1.1.1"], HERE, "10.1.1.1"),
        ("127.0.0.1", [], HERE, "127.0.0.1"),
        ("127.0.0.1", ["198.51.100.1, nonsense"], HERE, None),
        ("127.0.0.1", ["198.51.100.1,"], HERE, None),
        ("127.0.0.1", ["198.51.100.1, 203.0.113.9:5000"], HERE, None),
        ("::ffff:127.0.0.1", ["203.0.113.9"], HERE, "203.0.113.9"),
        ("::1", ["2001:db8::7"], HERE, "2001:db8::7"),
        ("", ["203.0.113.9"], HERE, None),
        ("127.0.0.1", ["203.0.113.9"], (), "127.0.0.1"),
    ],
)
def test_the_list_is_read_from_its_end_as_far_as_our_own_proxies_wrote_it(
    peer: str, forwarded: list[str], proxies: tuple[str, ...], found: str | None
) -> None:
    address = sender(peer, forwarded, proxies)
    assert (str(address) if address is not None else None) == found


def wrong_code() -> str:
    """A code that is nobody's; all of them begin alike."""
    return next(code for code in iter(codes.new_code, "") if code.startswith("7"))


async def wrong_codes(client: Client, claims: list[str], tries: int = OF_ALL + 2) -> int:
    """The status of the last of some wrong codes, each with another address in front of these."""
    for number in range(tries):
        headers = [("X-Forwarded-For", claim.replace("N", str(number))) for claim in claims]
        answer = await client.post("/sv/continue", data={"code": wrong_code()}, headers=headers)
    return answer.status


@pytest.mark.parametrize("claims", [["203.0.N.9"], ["203.0.N.9, 127.0.0.1"], ["203.0.N.9", "127.0.0.1"]], ids=str)
async def test_who_is_no_proxy_of_ours_cannot_choose_an_address(
    client: Client, service: Service, claims: list[str]
) -> None:
    service.settings = Settings(behind_tls_proxy=True, trusted_proxies=("10.0.0.1",))
    assert await wrong_codes(client, claims) == 429


@pytest.mark.parametrize("name", ["Forwarded", "X-Real-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP"])
async def test_no_other_header_of_a_proxy_is_read(client: Client, service: Service, name: str) -> None:
    service.settings = Settings(behind_tls_proxy=True)
    for number in range(OF_ALL + 2):
        value = f"for=203.0.{number}.9" if name == "Forwarded" else f"203.0.{number}.9"
        answer = await client.post("/sv/continue", data={"code": wrong_code()}, headers={name: value})
    assert answer.status == 429


async def test_a_line_that_a_client_wrote_before_that_of_the_proxy_is_not_believed(
    client: Client, service: Service
) -> None:
    service.settings = Settings(behind_tls_proxy=True)
    assert await wrong_codes(client, ["203.0.N.9", "198.51.100.7"]) == 429


async def test_a_proxy_of_ours_elsewhere_is_believed_once_it_is_named(client: Client, service: Service) -> None:
    service.settings = Settings(behind_tls_proxy=True, trusted_proxies=("127.0.0.1",))
    assert await wrong_codes(client, ["198.51.N.7"]) == 422


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('trusted_proxies = ["proxy.example.org"]', "'proxy.example.org' is no address or network of a proxy"),
        ('trusted_proxies = ["0.0.0.0/0"]', "'0.0.0.0/0' is no address or network of a proxy"),
        ('trusted_proxies = ["10.1.2.3/8"]', "'10.1.2.3/8' is no address or network of a proxy"),
        ("trusted_proxies = 1", r"trusted_proxies: must be a list of addresses or networks, like \["),
    ],
)
def test_a_proxy_that_cannot_be_one_stops_the_start(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "klarbild.toml").write_text(text)
    with pytest.raises(SettingsError, match=told):
        load(tmp_path, {})


def test_proxies_stand_in_the_environment_with_commas(tmp_path: Path) -> None:
    settings = load(tmp_path, {"KLARBILD_TRUSTED_PROXIES": "10.1.2.3, 2001:db8::/32"})
    assert settings.trusted_proxies == ("10.1.2.3", "2001:db8::/32")
