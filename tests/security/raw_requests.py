"""Bytes that are no good request: broken lines, floods of headers, two lengths, bodies that never end, and worse."""

# Each line of requests stands as it is sent.
# ruff: noqa: E501

from __future__ import annotations

import gzip
import random
import zlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

CANARY = b"Zqraw"
_OK = b"Host: x\r\nCookie: klarbild=Zqraw\r\n"
_FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
_JSON = b"Content-Type: application/json\r\n"
PATHS = (b"/", b"/chat", b"/sv", b"/sv/apply-now", b"/desk", b"/desk/login", b"/api/v1/conversations", b"/left", b"/x")
CHUNKED = b"Transfer-Encoding: chunked\r\n"


class Raw(NamedTuple):
    """``bytes`` to send. ``cut``: close the sending side afterwards, as a telephone does that lost its network;
    ``drip``: send it byte by byte; ``most``: how many answers there may be at most, where more would mean that bytes of
    one request were taken for another."""

    kind: str
    bytes: bytes
    cut: bool = False
    drip: bool = False
    most: int = 0


def _lines(dice: random.Random) -> Raw:
    path = dice.choice(PATHS)
    line = dice.choice(
        (
            b"GET", b"GET " + path, b"GET  " + path + b" HTTP/1.1", b" GET " + path + b" HTTP/1.1", b"get / HTTP/1.1",
            b"GET " + path + b" HTTP/1.1 x", b"GET " + path + b" HTTP/9.9", b"GET " + path + b" HTTP/0.9",
            b"GET " + path + b" http/1.1", b"GET\t" + path + b"\tHTTP/1.1", b"GET " + path + b" HTTP/1.1\r",
            b"GET\x00 / HTTP/1.1", b"G\xc3\x84T / HTTP/1.1", b"GET /\xff\xfe HTTP/1.1", b"GET /\x00 HTTP/1.1",
            b"GET /%00%0d%0aSet-Cookie:a=b HTTP/1.1", b"GET /%zz%u1234%%%c0%af HTTP/1.1", b"GET //x.invalid/ HTTP/1.1",
            b"GET /%2e%2e/%2e%2e/klarbild.key HTTP/1.1", b"GET /static/../../klarbild.key HTTP/1.1",
            b"GET http://x.invalid/" + CANARY + b" HTTP/1.1", b"GET * HTTP/1.1", b"OPTIONS * HTTP/1.1",
            b"CONNECT x.invalid:443 HTTP/1.1", b"GET http://[::1/ HTTP/1.1", b"GET /?" + b"&" * 3000 + b" HTTP/1.1",
            b"GET /" + b"a" * 7900 + b" HTTP/1.1", b"GET /" + b"a" * 200_000 + b" HTTP/1.1", b"A" * 300_000,
            b"GET /" + b"/.." * 2000 + b" HTTP/1.1", b"GET /?x=" + b"%ff" * 2000 + b" HTTP/1.1", b"PRI * HTTP/2.0",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200), b"", b"\n\n\n\nGET / HTTP/1.1",
            b"TRACE " + path + b" HTTP/1.1", b"X" * 50 + b" / HTTP/1.1", b"POST /desk HTTP/1.1",
        )
    )  # fmt: skip
    return Raw("request line", line + b"\r\n" + _OK + b"\r\n")


def _headers(dice: random.Random) -> Raw:
    header = dice.choice(
        (
            b"X: y\r\n" * 10_000, b"X-%d: y\r\n" % dice.randrange(99) * 127, b"X: " + b"y" * 8000 + b"\r\n",
            b"X: " + b"y" * 1_000_000 + b"\r\n", b"Y" * 100_000 + b": x\r\n", b"Cookie: " + b"a=b; " * 20_000 + b"\r\n",
            b"Cookie: klarbild=" + b"A" * 7000 + b"\r\n", b"Cookie: klarbild=\xff\xfe; \"=;;;=\x01\r\n",
            b"Cookie: klarbild=a; klarbild=b; klarbild-desk=c\r\n", b"no colon\r\n", b": no name\r\n", b" folded\r\n",
            b"X: a\r\n folded\r\n", b"X\x00: y\r\n", b"X: y\x00z\r\n", b"X: a\nY: b\r\n", b"X: a\rY: b\r\n", b"X : y\r\n",
            b"X: \xf0\x9f\x92\xa9\xff\r\n", b"Accept-Language: " + b"sv;q=0.1," * 700 + b"\r\n",
            b"Accept-Language: sv;q=nan, en;q=inf, ar;q=-1, \xff;q=1e999\r\n", b"Accept: " + b"*/*;q=x," * 900 + b"\r\n",
            b"Accept-Encoding: " + b"gzip;q=0," * 800 + b"br\r\n", b"Range: bytes=" + b"0-," * 2000 + b"\r\n",
            b"Host: y\r\n", b"Host:\r\n", b"Host: a\"><script>\r\n", b"Authorization: Bearer \xff\xfe" + CANARY + b"\r\n",
            b"Authorization: Basic " + b"A" * 7000 + b"\r\n", b"Expect: 100-continue\r\n", b"Expect: 200-ok\r\n",
            b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\n", b"Connection: Upgrade, HTTP2-Settings\r\n"
            b"Upgrade: h2c\r\nHTTP2-Settings: AAAA\r\n", b"Connection: close, keep-alive, Host\r\n", b"X-Forwarded-For: "
            + b"1.1.1.1, " * 800 + b"\r\n", b"X-Forwarded-For: [::1]:x, \xff\r\n", b"If-None-Match: *\r\nIf-Match: x\r\n",
            b"Origin: http://[\r\nSec-Fetch-Site: \xff\r\n", b"Content-Type: text/html; charset=\xff\r\n",
            b"Transfer-Encoding: gzip, chunked\r\n", b"Trailer: Host\r\nTE: trailers\r\n",
        )
    )  # fmt: skip
    method = dice.choice((b"GET ", b"HEAD ", b"POST "))
    return Raw("header", method + dice.choice(PATHS) + b" HTTP/1.1\r\n" + _OK + header + b"\r\n")


def _bodies(dice: random.Random) -> Raw:
    packed = gzip.compress(b"a=" + bytes(30_000_000))
    encoding, body = dice.choice(
        (
            (b"", b"\xff\xfe\x00" * 300), (b"", b"a=%" * 400), (b"", b"&".join([b"x=y"] * 5000)), (b"", b"=&=&=&;;;"),
            (b"", b"token=a&token=b&do=reply&do=erase&seen=1&seen=2"), (b"", b"do=" + b"\xc3" * 90), (b"", b"a" * 70_000),
            (b"", b"seen=" + b"9" * 5000 + b"&do=reply&item=you"), (b"", b"%00=%00&do=%00"), (b"", b"{" * 30_000),
            (b"", b'{"locale":' * 6000), (b"", b"[" * 60_000), (b"", b'{"locale":"\\ud800"}'), (b"", b"\xef\xbb\xbf{}"),
            (b"gzip", packed[:60_000]), (b"gzip", packed[: len(packed) // 2]), (b"gzip", b"\x1f\x8b" + bytes(200)),
            (b"gzip", b"not packed"), (b"deflate", zlib.compress(bytes(60_000_000))), (b"br", b"\x8b\xff" * 200),
            (b"gzip, gzip", gzip.compress(gzip.compress(b"a=b"))), (b"zstd", b"(\xb5/\xfd" * 30), (b"rot13", b"n=o"),
        )
    )  # fmt: skip
    head = (
        b"POST "
        + dice.choice(PATHS)
        + b" HTTP/1.1\r\n"
        + _OK
        + dice.choice((_FORM, _JSON, b"", b"Content-Type: ;;;\r\n"))
    )
    if encoding:
        head += b"Content-Encoding: " + encoding + b"\r\n"
    if dice.random() < 0.3:
        return Raw("body", head + CHUNKED + b"\r\n%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n")
    length = len(body) + dice.choice((0, 0, 0, 1, 5000, -1))
    return Raw("body", head + b"Content-Length: %d\r\n\r\n" % max(0, length) + body)


def _chunks(dice: random.Random) -> Raw:
    head = b"POST " + dice.choice(PATHS) + b" HTTP/1.1\r\n" + _OK + _FORM + CHUNKED + b"\r\n"
    chunk = dice.choice(
        (
            b"zz\r\na\r\n0\r\n\r\n", b"-1\r\na\r\n0\r\n\r\n", b"ffffffffffffffffff\r\na", b"0x1\r\na\r\n0\r\n\r\n",
            b"1;" + b"x=y;" * 5000 + b"\r\na\r\n0\r\n\r\n", b"1\na\n0\n\n", b"1\r\nab\r\n0\r\n\r\n", b"+1\r\na\r\n0\r\n\r\n",
            b"1 \r\na\r\n0\r\n\r\n", b"1\r\na", b"1\r\na\r\n0\r\n" + b"X: y\r\n" * 5000 + b"\r\n", b"\r\n\r\n", b"0\r\n",
            b"1\r\na\r\n" * 30_000 + b"0\r\n\r\n", b"7fffffffffffffff\r\n" + b"a" * 9000, b"1_0\r\na\r\n0\r\n\r\n",
            b"00000000000000000000001\r\na\r\n0\r\n\r\n", b"1\r\n\x00\r\n0\r\nHost: y\r\n\r\n",
        )
    )  # fmt: skip
    return Raw("chunks", head + chunk)


def _smuggled(dice: random.Random) -> Raw:
    inner = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    post = b"POST /left HTTP/1.1\r\nHost: x\r\n"
    te = dice.choice(
        (
            b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding:\tchunked\r\n", b"Transfer-Encoding : chunked\r\n",
            b"Transfer-Encoding: xchunked\r\n", b"Transfer-Encoding: chunked, identity\r\n", b"transfer-encoding: CHUNKED\r\n",
            b"Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n", b"Transfer-Encoding:\x0bchunked\r\n",
            b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n", b"X: y\nTransfer-Encoding: chunked\r\n",
            b"Transfer-Encoding:\r\n chunked\r\n", b"Transfer-Encoding: \"chunked\"\r\n", b"Transfer_Encoding: chunked\r\n",
        )
    )  # fmt: skip
    body = b"0\r\n\r\n" + inner
    twice = (b"Content-Length: %d\r\n" % len(inner)) + dice.choice(
        (b"Content-Length: 0\r\n", b"Content-Length: 6\r\n", b"content-length: 1, 2\r\n")
    )
    odd = dice.choice((b"+5", b"-5", b"0x5", b"5 5", b"5,5", b"5.0", b"\xb2", b"1e1", b"", b"05 ", b"5_0", b"9" * 400))
    return dice.choice(
        (
            Raw("two lengths", post + b"Content-Length: %d\r\n" % len(body) + te + b"\r\n" + body, most=1),
            Raw("two lengths", post + te + b"Content-Length: 5\r\n\r\n" + body, most=1),
            Raw("two lengths", post + twice + b"\r\n" + inner, most=1),
            Raw("an odd length", post + b"Content-Length: " + odd + b"\r\n\r\n" + inner, most=1),
            Raw("old and chunked", b"POST /left HTTP/1.0\r\n" + CHUNKED + b"Content-Length: 5\r\n\r\n" + body, most=1),
        )
    )


def _halves(dice: random.Random) -> Raw:
    whole = b"POST /sv/begin HTTP/1.1\r\n" + _OK + _FORM + b"Content-Length: 400\r\n\r\na=" + CANARY * 20
    return Raw("half", whole[: dice.randrange(len(whole))], cut=dice.random() < 0.8)


def _many(dice: random.Random) -> Raw:
    one = b"GET " + dice.choice(PATHS) + b" HTTP/1.1\r\nHost: x\r\n\r\n"
    return Raw("pipelined", one * dice.randrange(2, 300))


def _noise(dice: random.Random) -> Raw:
    return Raw("noise", dice.randbytes(dice.randrange(1, 3000)))


def _changed(dice: random.Random) -> Raw:
    whole = bytearray(b"POST /sv/apply-now HTTP/1.1\r\n" + _OK + _FORM + b"Content-Length: 17\r\n\r\nname=a&phone=0123")
    for _ in range(dice.randrange(1, 6)):
        whole[dice.randrange(len(whole))] = dice.randrange(256)
    return Raw("changed bytes", bytes(whole), drip=dice.random() < 0.1)


_MAKERS: tuple[Callable[[random.Random], Raw], ...] = (
    _lines, _headers, _bodies, _chunks, _smuggled, _halves, _many, _noise, _changed,
)  # fmt: skip


def requests(count: int, seed: int = 5) -> Iterator[Raw]:
    """So many of them, each kind as often as the others; the same for the same seed."""
    dice = random.Random(seed)
    for number in range(count):
        one = _MAKERS[number % len(_MAKERS)](dice)
        yield one._replace(cut=one.cut or dice.random() < 0.1)
