"""Which addresses can be right, and how they are written for the network."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from assistant.sending import Channel, normal, problem_of
from assistant.sending.message import message_of
from tests.sending.post_office import FROM, letter

ANY = st.text(st.characters(), max_size=60)
ODD = st.builds(
    "{}@{}.se".format,
    st.from_regex(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}", fullmatch=True),
    st.text("abå\u0637ß1", min_size=1, max_size=40),
)
NEARLY = st.one_of(
    ANY,
    st.text(st.sampled_from("ab1.@-å\u0661\u200f\n\r, <>\"'=?\u3002ß\uff41"), max_size=30),
    st.builds("{}@{}.{}".format, ANY, ANY, ANY),
    ODD,
)
NUMBERS = st.text(st.sampled_from("0123456789+ -()\u0660\u06f5\u200e\u00a0\n.,"), max_size=24)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("anna@example.org", "anna@example.org"),
        (" Anna.B+x@EXAMPLE.org\u00a0", "Anna.B+x@example.org"),
        ("\u2068anna@example.org\u2069", "anna@example.org"),
        ("anna\u0661\u06f2@example.org", "anna12@example.org"),
        ("anna@räksmörgås.se", "anna@xn--rksmrgs-5wao1o.se"),
        ("anna@RÄKSMÖRGÅS.se", "anna@xn--rksmrgs-5wao1o.se"),
        ("anna@straße.example.org", "anna@xn--strae-oqa.example.org"),
        ("o'neil@example.org", "o'neil@example.org"),
    ],
)
def test_an_e_mail_address_that_can_be_right_is_taken(written: str, sent: str) -> None:
    assert problem_of("email", written) == ""
    assert normal("email", written) == sent


@pytest.mark.parametrize(
    "written",
    [
        *("", "anna", "@example.org", "anna@", "anna@localhost", "anna@example.", "anna@.org", "a b@example.org"),
        *("a@b@example.org", "anna@example.org,b@example.org", "anna@example.org\n", "anna\x00@example.org"),
        *("<anna@example.org>", "anna@exam_ple.org", "anna@-a.org", "anna@a-.org", "anna@127.0.0.1", "a..b@x.se"),
        *(".a@x.se", "=?utf-8?q?a?=@x.se", '"a b"@x.se', "ånna@x.se", "anna@x\u3002se", "a" * 65 + "@x.se"),
        *("a@" + "b" * 64 + ".se", "a@" + "bcd." * 63 + "se", "a@[127.0.0.1]", "anna@x.se\r\nBcc: b@x.se"),
    ],
)
def test_an_e_mail_address_that_cannot_be_right_is_told(written: str) -> None:
    assert problem_of("email", written) == "email"


def test_the_longest_address_is_taken_and_one_letter_more_is_not() -> None:
    domain = ".".join(["b" * 61, "c" * 61, "d" * 61, "se"])
    assert len(f"{'a' * 64}@{domain}") == 64 + 1 + 188
    assert problem_of("email", f"{'a' * 64}@e{domain}") == ""
    assert problem_of("email", f"{'a' * 64}@ee{domain}") == "email"


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("070-174 06 05", "0701740605"),
        ("+46 70 174 06 05", "+46701740605"),
        ("0046701740605", "+46701740605"),
        ("+46 (0)70-174 06 05", "+46701740605"),
        ("(08) 465 004 10", "0846500410"),
        ("\u0660\u0667\u0660\u0661\u0667\u0664\u0660\u0666\u0660\u0665", "0701740605"),
        ("\u200e+46\u00a070\u2011174\u20130605\u200f", "+46701740605"),
        ("1234567", "1234567"),
        ("+123456789012345", "+123456789012345"),
    ],
)
def test_a_number_that_can_be_right_is_taken(written: str, sent: str) -> None:
    assert problem_of("sms", written) == ""
    assert normal("sms", written) == sent


@pytest.mark.parametrize(
    "written", ["", "112", "123456", "1234567890123456", "070174060x", "07+0174060", "0701740605\n", "++46701740605"]
)
def test_a_number_that_cannot_be_right_is_told(written: str) -> None:
    assert problem_of("sms", written) == "phone"


@settings(deadline=None)
@given(st.sampled_from(["email", "sms"]), st.one_of(NEARLY, NUMBERS))
@example("sms", "+00046701740605")
@example("sms", "0(0)46701740605")
@example("sms", "00-00 4670174060")
@example("email", "a@\u0130.se")
def test_what_is_kept_is_judged_like_what_was_written_and_stays_as_it_is(channel: Channel, written: str) -> None:
    kept = normal(channel, written)
    if problem_of(channel, written) == "":
        assert normal(channel, kept) == kept
        assert problem_of(channel, kept) == ""
        assert kept.isascii() and kept.isprintable() and " " not in kept and "," not in kept


@settings(deadline=None)
@given(ODD, st.text(max_size=80), st.text(max_size=80), st.text(max_size=20))
def test_no_address_and_no_word_makes_a_header_of_its_own(to: str, subject: str, text: str, lang: str) -> None:
    assume(problem_of("email", to) == "")
    made = bytes(message_of(letter(to=to, subject=subject, text=text, lang=lang), FROM, datetime.now(UTC)))
    read = email.message_from_bytes(made, policy=email.policy.default)
    assert set(read.keys()) <= {
        *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language"),
        *("MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
    }
    assert [one.addr_spec for one in read["To"].addresses] == [normal("email", to)]
