"""Addresses of people who are written to: whether one can be right, and how it is written for the network.

Nothing here asks anybody whether an address exists. E-mail: RFC 5321 (4.5.3.1 lengths), the dot-atom of RFC 5322, and
domains of every script as RFC 5891 writes them. Telephones: ITU-T E.164, at most 15 digits.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, Literal, TypeAlias

from assistant.core.replies import plain_digits

Channel: TypeAlias = Literal["email", "sms"]

LONGEST_EMAIL: Final = 254
_LONGEST_LOCAL, _LONGEST_LABEL = 64, 63
# What keyboards and copied pages put around an address, and no address holds.
_MARKS: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_ATOMS: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_PHONE: Final = re.compile(r"\+?[0-9]{7,15}")
_BETWEEN: Final = re.compile("[()\\[\\]\\-\u2010-\u2015\u2212]")


def problem_of(channel: Channel, address: str) -> Literal["", "email", "phone"]:
    """Blank for an address that can be right; else what it was meant to be."""
    written = normal(channel, address)
    if channel == "sms":
        return "" if _PHONE.fullmatch(written) else "phone"
    local, _, domain = written.partition("@")
    right = (
        len(written) <= LONGEST_EMAIL
        and len(local) <= _LONGEST_LOCAL
        and _ATOMS.fullmatch(local)
        # A mail program would read it as a word in another alphabet (RFC 2047).
        and "=?" not in local
        and _is_domain(domain)
    )
    return "" if right else "email"


def normal(channel: Channel, address: str) -> str:
    """An address as it is kept and sent: without spaces around it and invisible marks; a domain of another script is
    ASCII; a telephone number is digits, ``00`` in front is ``+``. What cannot be right stays recognisable."""
    return _phone(address) if channel == "sms" else _email(address)


def _email(address: str) -> str:
    local, at, domain = _without_spaces(_MARKS.sub("", address)).rpartition("@")
    return plain_digits(local) + at + _network_domain(domain)


def _phone(address: str) -> str:
    # Line ends and other controls are no way to set digits apart, so they stay and are refused.
    spaced = "".join(sign for sign in plain_digits(address) if unicodedata.category(sign) != "Zs")
    number = re.sub("^00", "+", spaced.replace("\uff0b", "+"))
    if number.startswith("+"):
        # +46 (0)70 …: the zero is dialled inside the country only.
        number = number.replace("(0)", "", 1)
    return re.sub("^00", "+", _BETWEEN.sub("", number))


def _without_spaces(text: str) -> str:
    return re.sub(r"^[ \u00a0\u202f\u3000]+|[ \u00a0\u202f\u3000]+$", "", text)


def _network_domain(domain: str) -> str:
    """The domain in lower case and ASCII; a label that no domain can have stays as it is."""
    flat = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", domain).lower())
    return ".".join(
        label if label.isascii() or not _is_label(label) else "xn--" + label.encode("punycode").decode("ascii")
        for label in flat.split(".")
    )


def _is_label(label: str) -> bool:
    letters = all(sign == "-" or sign.isalnum() or unicodedata.category(sign).startswith("M") for sign in label)
    return bool(label) and letters and not label.startswith("-") and not label.endswith("-")


def _is_domain(domain: str) -> bool:
    labels = domain.split(".")
    return (
        domain.isascii()
        and len(labels) > 1
        and all(_is_label(label) and len(label) <= _LONGEST_LABEL for label in labels)
        and not labels[-1].isdigit()
    )
