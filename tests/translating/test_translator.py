"""Texts that go to a real translation server, and every way in which that goes wrong."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from assistant.settings import Settings
from assistant.translator import LARGEST_ANSWER, NotTranslated, Translator
from tests.faults.serving import free_port
from tests.sending.post_office import silent_server
from tests.translating.server import MachineServer, running

TEXT = "أريد أن أعمل مع الأطفال"


async def failure_of(translator: Translator, text: str = TEXT, locale: str = "ar") -> tuple[str, bool]:
    """How it failed, and whether only for this text; whatever is told of it holds no words."""
    try:
        await translator.translate(text, locale)
    except NotTranslated as error:
        assert text not in f"{error!r} {error.__cause__!r} {error.__context__!r}"
        return error.code, error.about_text
    raise AssertionError("it was translated")


async def test_a_text_is_sent_in_the_body_and_comes_back_in_swedish() -> None:
    machine = MachineServer()
    async with running(machine) as settings:
        assert await Translator(settings).translate(TEXT, "ar") == "ord1 ord2 ord3 ord4 ord5"
    assert machine.asked == [{"q": TEXT, "source": "ar", "target": "sv", "format": "text"}]
    assert machine.paths == ["/languages", "/translate"]
    assert "User-Agent" not in machine.headers_seen[0] and "Cookie" not in machine.headers_seen[0]


async def test_the_key_comes_from_a_file_and_goes_in_the_body(tmp_path: Path) -> None:
    file, machine = tmp_path / "key", MachineServer()
    file.write_text("hush\n")
    async with running(machine, translation_key_file=str(file)) as settings:
        await Translator(settings).translate(TEXT, "ar")
    assert machine.asked[0]["api_key"] == "hush"
    assert "hush" not in "".join(machine.paths) + str(machine.headers_seen)


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe", b"a\nb"])
async def test_without_the_key_that_is_set_nothing_is_sent(tmp_path: Path, content: bytes | None) -> None:
    file, machine = tmp_path / "key", MachineServer()
    if content is not None:
        file.write_bytes(content)
    async with running(machine, translation_key_file=str(file)) as settings:
        assert await failure_of(Translator(settings)) == ("misconfigured", False)
    assert machine.asked == []


async def test_the_server_may_stand_below_a_path() -> None:
    machine = MachineServer()
    async with running(machine) as settings:
        below = Settings(translation_url=f"{settings.translation_url}/below/")
        assert await failure_of(Translator(below)) == ("misconfigured", False)
    assert machine.paths == []


async def test_what_it_has_is_asked_once_although_many_ask_at_the_same_time() -> None:
    machine = MachineServer()
    async with running(machine) as settings:
        translator = Translator(settings)
        await asyncio.gather(*(translator.translate(TEXT, "ar") for _ in range(8)))
        await translator.translate(TEXT, "ar")
    assert (machine.languages_asked, len(machine.asked)) == (1, 9)


@pytest.mark.parametrize(
    ("locale", "text", "source"),
    [
        ("fa-AF", "می‌خواهم کار کنم", "fa"),
        ("fa", "می‌خواهم کار کنم", "fa"),
        ("ku", "Ez dixwazim bixebitim", "kmr"),
        ("uk", "Я хочу працювати", "uk"),
        ("en", "I want to work", "en"),
    ],
)
async def test_each_language_goes_by_the_name_that_the_server_has_for_it(locale: str, text: str, source: str) -> None:
    machine = MachineServer()
    async with running(machine) as settings:
        assert await Translator(settings).translate(text, locale)
    assert [one["source"] for one in machine.asked] == [source]


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("ti", "ክሰርሕ እደሊ"),
        ("so", "Waxaan rabaa inaan shaqeeyo"),
        ("ckb", "دەمەوێت کار بکەم"),
        ("bs", "Želim raditi"),
        ("sv", "Jag vill arbeta"),
        ("sv-simple", "Jag vill arbeta"),
        ("tlh", "jIvum vIneH"),
        ("", "I want to work"),
    ],
)
async def test_what_the_server_does_not_have_and_swedish_are_not_sent_to_it(locale: str, text: str) -> None:
    machine = MachineServer()
    async with running(machine) as settings:
        assert await Translator(settings).translate(text, locale) == ""
    assert machine.asked == []


async def test_a_language_without_swedish_among_its_targets_is_not_had() -> None:
    machine = MachineServer()
    machine.languages = [{"code": "ar", "targets": ["en"]}, {"code": "uk"}, {"code": "sv"}]
    async with running(machine) as settings:
        translator = Translator(settings)
        assert translator.may_know("ar"), "nobody has asked yet"
        assert [await translator.knows(one) for one in ("ar", "uk", "ru")] == [False, True, False]
        assert not translator.may_know("ar")


async def test_swedish_words_in_a_talk_in_arabic_are_not_translated_from_arabic() -> None:
    machine = MachineServer()
    async with running(machine) as settings:
        assert await Translator(settings).translate("Jag vill jobba på ICA", "ar") == ""
    assert machine.asked == []


async def test_what_stays_as_it_is_tells_nothing_new() -> None:
    machine = MachineServer()
    machine.answer = str.upper
    async with running(machine) as settings:
        assert await Translator(settings).translate("Lidl  Motala", "en") == ""


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (301, ("misconfigured", False)),
        (302, ("misconfigured", False)),
        (307, ("misconfigured", False)),
        (308, ("misconfigured", False)),
        (400, ("refused", True)),
        (401, ("misconfigured", False)),
        (403, ("misconfigured", False)),
        (404, ("misconfigured", False)),
        (408, ("timeout", False)),
        (413, ("refused", True)),
        (429, ("refused", False)),
        (500, ("refused", False)),
        (503, ("refused", False)),
    ],
)
async def test_each_refusal_is_told_apart_and_nobody_is_led_elsewhere(status: int, told: tuple[str, bool]) -> None:
    machine = MachineServer()
    machine.status, machine.headers = status, {"Location": "/other"}
    async with running(machine) as settings:
        assert await failure_of(Translator(settings)) == told
    assert (len(machine.asked), machine.elsewhere) == (1, 0)


@pytest.mark.parametrize(
    "body",
    [
        b"not JSON",
        b"\xff\xfe\x00",
        b"[]",
        b"null",
        b"{}",
        b'{"translatedText": null}',
        b'{"translatedText": ["a", "b"]}',
        b'{"translatedText": 7}',
        b'{"translatedText": ""}',
        b'{"translatedText": " \\u202e\\u2066 \\n"}',
        b'{"translatedText": "12 345"}',
        b'{"translatedtext": "ord"}',
        b'{"error": "Invalid API key"}',
        b'{"translatedText": "' + b"ord " * 2000 + b'"}',
        b"[" * 5000,
        b'{"translatedText": "ord", "x": ' + b'"y' * LARGEST_ANSWER + b'"}',
    ],
    ids=range(16),
)
async def test_garbage_is_no_translation(body: bytes) -> None:
    machine = MachineServer()
    machine.body = body
    async with running(machine) as settings:
        assert await failure_of(Translator(settings)) == ("garbage", True)


async def test_an_answer_without_end_is_left_alone() -> None:
    machine = MachineServer()
    machine.endless = True
    async with running(machine) as settings, asyncio.timeout(20):
        assert await failure_of(Translator(settings)) == ("garbage", True)


@pytest.mark.parametrize(
    ("languages", "told"),
    [
        ({"error": "no"}, "garbage"),
        ([1, 2], "garbage"),
        ([{"name": "Arabic"}], "garbage"),
        ([{"code": "ar", "targets": "sv"}], "garbage"),
        ([], "misconfigured"),
        ([{"code": "ar", "targets": ["en"]}, {"code": "en"}], "misconfigured"),
    ],
)
async def test_a_list_of_languages_that_cannot_be_used_is_asked_for_again(languages: object, told: str) -> None:
    machine = MachineServer()
    good, machine.languages = machine.languages, languages
    async with running(machine) as settings:
        translator = Translator(settings)
        assert await failure_of(translator) == (told, False)
        assert machine.asked == []
        machine.languages = good
        assert await translator.translate(TEXT, "ar")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("<script>alert(1)</script> jag", "<script>alert(1)</script> jag"),
        ("\u202ejag\u202c vill\ufeff", "jag vill"),
        ("\u2066jag vill", "jag vill"),
        ("jag\x00vill\x1b[2J", "jag\ufffdvill\ufffd[2J"),
        ("  jag\r\nvill\t ", "jag\nvill"),
        ("jag\ud800vill", "jag\ufffdvill"),
    ],
)
async def test_a_hostile_answer_is_text_and_turns_nothing(said: str, kept: str) -> None:
    machine = MachineServer()
    machine.answer = lambda text: said
    async with running(machine) as settings:
        translator = Translator(settings)
        if "\ud800" in said:
            assert await failure_of(translator) == ("garbage", True)
        else:
            assert await translator.translate(TEXT, "ar") == kept


async def test_a_server_that_is_down_and_one_that_says_nothing_are_left_in_time() -> None:
    down = Settings(translation_url=f"http://127.0.0.1:{free_port()}")
    assert await failure_of(Translator(down)) == ("unreachable", False)
    async with silent_server() as port:
        silent = Settings(translation_url=f"http://127.0.0.1:{port}")
        assert await failure_of(Translator(silent, within=0.2)) == ("timeout", False)


async def test_a_server_that_takes_too_long_for_a_text_is_left_in_time() -> None:
    machine = MachineServer()
    machine.held = asyncio.Event()
    async with running(machine) as settings:
        assert await failure_of(Translator(settings, within=0.5)) == ("timeout", False)
        machine.held.set()
