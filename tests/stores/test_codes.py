"""Resume codes: easy to copy, forgiving to type, hard to guess; and passwords of the desk."""

from __future__ import annotations

import base64
import json
from collections import Counter
from pathlib import Path

import pytest

from assistant.store.codes import (
    ALPHABET,
    format_code,
    hash_code,
    hash_password,
    new_code,
    normalize,
    verify_password,
)
from assistant.store.sealing import KeyFile

# Eleven symbols with everything that is easily mistyped in them.
START = "K7M10QXT4RW"


@pytest.fixture(scope="module")
def code() -> str:
    found = [START + symbol for symbol in ALPHABET if normalize(START + symbol)]
    assert len(found) == 1
    return found[0]


def test_a_new_code_is_twelve_symbols_and_accepted() -> None:
    for _ in range(500):
        code = new_code()
        assert len(code) == 12
        assert set(code) <= set(ALPHABET)
        assert normalize(code) == code


def test_codes_do_not_repeat_and_use_the_whole_alphabet_everywhere() -> None:
    codes = [new_code() for _ in range(4000)]
    assert len(set(codes)) == 4000
    for place in range(12):
        counts = Counter(code[place] for code in codes)
        assert set(counts) == set(ALPHABET)
        # 125 are expected; a symbol outside these bounds would be more than six standard deviations away.
        assert 58 < min(counts.values()) <= max(counts.values()) < 192


def times(one: int, other: int) -> int:
    """Multiplication in the field of 32 elements, by the school method."""
    product = 0
    for place in range(5):
        if other >> place & 1:
            product ^= one << place
    for place in range(8, 4, -1):
        if product >> place & 1:
            product ^= 0b100101 << (place - 5)
    return product


def test_the_check_symbol_follows_the_rule_that_slips_of_paper_in_the_world_rely_on() -> None:
    assert normalize("K7M3 9QXT 4RWD") == "K7M39QXT4RWD"
    for _ in range(200):
        total, power = 0, 1
        for symbol in reversed(new_code()):
            total ^= times(ALPHABET.index(symbol), power)
            power = times(power, 2)
        assert total == 5


def test_a_code_is_shown_in_three_groups(code: str) -> None:
    assert format_code(code) == f"{code[:4]} {code[4:8]} {code[8:]}"
    assert normalize(format_code(code)) == code


def test_every_single_wrong_symbol_is_caught(code: str) -> None:
    for place in range(12):
        for symbol in set(ALPHABET) - {code[place]}:
            assert normalize(code[:place] + symbol + code[place + 1 :]) is None


def test_every_exchange_of_two_symbols_is_caught(code: str) -> None:
    for first in range(12):
        for second in range(first + 1, 12):
            swapped = list(code)
            swapped[first], swapped[second] = swapped[second], swapped[first]
            if "".join(swapped) != code:
                assert normalize("".join(swapped)) is None


def test_one_symbol_in_thirty_two_fits(code: str) -> None:
    for start in ("00000000000", "ZZZZZZZZZZZ", "0123456789A"):
        assert sum(normalize(start + symbol) is not None for symbol in ALPHABET) == 1


@pytest.mark.parametrize(
    "change",
    [
        str.lower,
        lambda code: "-".join((code[:4], code[4:8], code[8:])),
        "  ".join,
        lambda code: f"\n{code[:6]}\u2013{code[6:]}.\t",
        lambda code: code.replace("0", "O"),
        lambda code: code.replace("0", "o"),
        lambda code: code.replace("1", "I"),
        lambda code: code.replace("1", "l"),
        lambda code: code.replace("1", "\N{LATIN SMALL LETTER DOTLESS I}"),
        lambda code: "".join(chr(ord(symbol) + 0xFEE0) for symbol in code),
        lambda code: f"\u202a{code[:4]}\u200f {code[4:]}\u202c",
        lambda code: code.replace("7", "\N{ARABIC-INDIC DIGIT SEVEN}").replace("4", "\N{ARABIC-INDIC DIGIT FOUR}"),
        lambda code: code.replace("7", "\N{EXTENDED ARABIC-INDIC DIGIT SEVEN}"),
        lambda code: code.replace("7", "\N{DEVANAGARI DIGIT SEVEN}"),
        lambda code: code.replace("4", "\N{ETHIOPIC DIGIT FOUR}"),
        lambda code: code.replace("K", "\N{CYRILLIC CAPITAL LETTER KA}").replace("M", "\N{CYRILLIC SMALL LETTER EM}"),
        lambda code: code.replace("T", "\N{GREEK CAPITAL LETTER TAU}").replace("X", "\N{GREEK SMALL LETTER CHI}"),
    ],
)
def test_a_code_is_understood_however_it_is_typed(code: str, change: object) -> None:
    assert callable(change)
    typed = change(code)
    assert typed != code
    assert normalize(typed) == code


@pytest.mark.parametrize(
    "text", ["", " ", "K7M3", "U" * 12, "0" * 12, "K7M1 0QXT 4RW$", "سبعة", "0" * 13, "0" * 100_000]
)
def test_what_is_no_code_is_none(text: str) -> None:
    assert normalize(text) is None


def test_nobody_is_handed_an_ugly_word() -> None:
    for _ in range(3000):
        read = new_code().translate(str.maketrans("01345789V", "OIEASTBGU"))
        assert not any(word in read for word in ("FAN", "KUK", "SEX", "ASS", "NAZI", "HORA", "FUK"))


def test_the_hash_of_a_code_is_the_same_however_it_is_typed(directory: Path, code: str) -> None:
    first = hash_code(code, KeyFile.open(directory))
    assert len(first) == 32
    assert hash_code(format_code(code).lower(), KeyFile.open(directory)) == first
    assert hash_code(new_code(), KeyFile.open(directory)) != first


@pytest.mark.parametrize("secret", ["pepper", "code_salt"])
def test_the_hash_of_a_code_needs_both_secrets_of_the_key_file(directory: Path, code: str, secret: str) -> None:
    first = hash_code(code, KeyFile.open(directory))
    path = directory / "klarbild.key"
    path.write_text(json.dumps(json.loads(path.read_text()) | {secret: base64.b64encode(b"x" * 32).decode()}))
    assert hash_code(code, KeyFile.open(directory)) != first


def test_a_wrong_code_is_not_hashed_and_not_repeated_in_the_error(directory: Path) -> None:
    with pytest.raises(ValueError, match=r"^not a resume code$"):
        hash_code("K7M3 9QXT 4RW0", KeyFile.open(directory))


def test_a_password_is_verified_and_its_hash_never_repeats() -> None:
    first, second = hash_password("hemligt långt lösen"), hash_password("hemligt långt lösen")
    assert first != second
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert verify_password("hemligt långt lösen", first)
    assert not verify_password("hemligt långt losen", first)
    assert not verify_password("", first)


def test_a_password_typed_on_another_keyboard_is_the_same() -> None:
    phc = hash_password("l\N{LATIN SMALL LETTER A WITH RING ABOVE}s")
    assert verify_password("la\N{COMBINING RING ABOVE}s", phc)


@pytest.mark.parametrize("phc", ["", "plain", "$argon2id$", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$"])
def test_a_broken_hash_fits_no_password(phc: str) -> None:
    assert verify_password("anything", phc) is False
