"""Codes that change every half minute are those of RFC 6238, and a clock may be off by one of them."""

from __future__ import annotations

import base64
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from assistant import totp

SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_vectors_of_rfc_6238_come_out(moment: int, code: str) -> None:
    assert totp.code(SECRET, totp.step_at(moment), digits=8) == code
    assert totp.code(SECRET, totp.step_at(moment)) == code[-6:]


@pytest.mark.parametrize(
    ("count", "code"),
    list(
        enumerate(["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"])
    ),
)
def test_the_vectors_of_rfc_4226_come_out(count: int, code: str) -> None:
    assert totp.code(SECRET, count) == code


def test_a_clock_may_be_off_by_one_step_and_no_more() -> None:
    moment = 1_800_000_015.0
    now = totp.step_at(moment)
    taken = [totp.matching_step(SECRET, totp.code(SECRET, now + off), moment) for off in (-2, -1, 0, 1, 2)]
    assert taken == [None, now - 1, now, now + 1, None]


def test_a_step_begins_every_half_minute() -> None:
    assert [totp.step_at(moment) for moment in (0, 29.99, 30, 59.99, 60)] == [0, 0, 1, 1, 2]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("012345", "012345"),
        (" 012 345 ", "012345"),
        ("٠١٢٣٤٥", "012345"),
        ("12345", None),
        ("1234567", None),
        ("abcdef", None),
        ("-12345", None),
        ("²²²²²²", None),
        ("", None),
    ],
)
def test_a_code_is_understood_with_spaces_and_in_other_digits(typed: str, meant: str | None) -> None:
    assert totp.typed_code(typed) == meant


def test_a_new_secret_has_160_bits_and_is_never_the_same() -> None:
    made = {totp.new_secret() for _ in range(200)}
    assert len(made) == 200
    assert {len(one) for one in made} == {20}


def test_the_address_for_the_app_holds_the_secret_and_says_whose_it_is() -> None:
    address = urlsplit(totp.address(SECRET, name="åsa b", issuer="Klarbild (Motala: öst)"))
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert unquote(address.path) == "/Klarbild (Motala: öst):åsa b"
    fields = parse_qs(address.query)
    assert base64.b32decode(fields["secret"][0]) == SECRET
    assert fields["issuer"] == ["Klarbild (Motala: öst)"]
    assert base64.b32decode(totp.as_text(SECRET).replace(" ", "")) == SECRET
