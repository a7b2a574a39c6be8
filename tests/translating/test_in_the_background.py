"""What waits to be translated: sent words only, sealed, tried again, and gone with the conversation."""

from __future__ import annotations

import asyncio
import datetime
import logging

import msgspec
import pytest

from assistant.casework import Casework
from assistant.core.commands import Message
from assistant.desk import Desk
from assistant.service import Service
from assistant.settings import Settings
from assistant.store.translations import TranslationRow
from assistant.translations import AT_ONCE, PAUSES
from assistant.waiting import Waiting
from tests.translating.conftest import OWN, Office, layla
from tests.translating.server import swedish
from tests.web.office_visits import KARIN, give, hire_all
from tests.web.office_visits import row_of as case_row


async def row_of(service: Service, conversation: str) -> TranslationRow:
    (found,) = await service.store.translations.of([conversation])
    return found


async def read(service: Service, case: str) -> dict[str, str]:
    """What a reader at the desk is shown beside the words of a case."""
    detail = await Desk(service).case(case, reader="anna")
    assert detail is not None
    return {text: told for (_, text), told in detail.machine.items()}


def on_disk(office: Office) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(office.data.iterdir()) if path.is_file())


async def test_what_was_sent_is_translated_word_for_word_and_read_at_the_desk(office: Office) -> None:
    async with office.open() as (service, translations):
        talk = await layla(service)
        assert len(service.to_translate) == 1 and office.machine.asked == []
        await translations.work()
        assert sorted(office.machine.texts) == sorted(OWN)
        assert await read(service, talk.case) == {text: swedish(text) for text in OWN}
        assert (await row_of(service, talk.id)).state == "done"
        assert (translations.made, translations.failed, translations.waiting) == (4, 0, 0)
        await translations.work()
        await read(service, talk.case)
        await translations.work()
        assert len(office.machine.asked) == 4, "nothing is translated twice"


async def test_no_name_number_or_case_is_sent_beside_the_words(office: Office) -> None:
    async with office.open() as (service, translations):
        talk = await layla(service)
        await translations.work()
        sent = str(office.machine.asked) + str(office.machine.headers_seen) + str(office.machine.paths)
        for one in ("Layla", "070-000 00 01", talk.id, talk.case, talk.reference):
            assert one not in sent
        assert set(office.machine.paths) == {"/languages", "/translate"}


async def test_translations_lie_sealed_like_the_words(office: Office) -> None:
    async with office.open() as (service, translations):
        await layla(service)
        await translations.work()
        files = on_disk(office)
    files += on_disk(office)
    for text in OWN:
        assert text.encode() not in files and swedish(text).encode() not in files
    assert b"ord1" not in files


async def test_a_draft_is_never_translated(office: Office) -> None:
    async with office.open() as (service, translations):
        talk = await layla(service, submit=False)
        service.to_translate.put(talk.id)
        await translations.work()
        assert await service.store.translations.queue(talk.id, due=service.now())
        await translations.work()
        assert office.machine.asked == []
        assert (await row_of(service, talk.id)).state == "failed"


async def test_a_message_to_the_office_is_translated_in_the_language_it_was_written_in(office: Office) -> None:
    async with office.open() as (service, translations):
        await service.message(Message("call_me", name="ليلى", phone="070 1", when="بعد الساعة السادسة"), "ar")
        await translations.work()
        assert [(one["q"], one["source"]) for one in office.machine.asked] == [("بعد الساعة السادسة", "ar")]
        (case,) = await service.store.cases()
        detail = await Desk(service).case(case.id, reader="anna")
        assert detail is not None
        (message,) = detail.view.messages
        assert (message.locale, message.machine) == ("ar", "ord1 ord2 ord3")


async def test_somebody_who_writes_in_swedish_or_only_taps_costs_no_row(office: Office) -> None:
    async with office.open() as (service, translations):
        await service.message(Message("call_me", phone="070 1", when="efter sex"), "sv")
        await service.message(Message("apply_now", phone="070 1"), "ar")
        await service.message(Message("call_me", phone="070 1", when="16-18"), "ar")
        await translations.work()
        assert await service.store.translations.waiting() == 0
        assert (office.machine.asked, office.machine.languages_asked) == ([], 0)


async def test_nothing_happens_without_a_server(office: Office) -> None:
    async with office.open(Settings()) as (service, _):
        talk = await layla(service)
        assert await read(service, talk.case) == {}
        assert len(service.to_translate) == 0


async def test_what_was_translated_is_not_shown_any_more_once_the_setting_is_gone(office: Office) -> None:
    async with office.open() as (service, translations):
        talk = await layla(service)
        await translations.work()
        assert len(await read(service, talk.case)) == 4
    async with office.open(Settings()) as (service, _):
        assert await read(service, talk.case) == {}


async def test_a_case_from_before_is_translated_when_somebody_opens_it(office: Office) -> None:
    async with office.open(Settings()) as (service, _):
        talk = await layla(service)
    async with office.open() as (service, translations):
        await translations.work()
        assert office.machine.asked == [], "nobody has looked at it"
        assert await read(service, talk.case) == {}
        await translations.work()
        assert len(await read(service, talk.case)) == 4


async def test_a_queue_that_is_half_done_goes_on_where_it_was_after_a_restart(office: Office) -> None:
    async with office.open() as (service, translations):
        talk = await layla(service)
        office.machine.held = asyncio.Event()
        work = asyncio.create_task(translations.work())
        await office.machine.came.wait()
        office.machine.came.clear()
        office.machine.held.set()
        office.machine.held = asyncio.Event()
        await office.machine.came.wait()
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        half = await read(service, talk.case)
        assert 0 < len(half) < 4
    asked = len(office.machine.asked)
    office.machine.held.set()
    async with office.open() as (service, translations):
        assert await service.store.translations.waiting() == 1
        await translations.work()
        assert len(await read(service, talk.case)) == 4
        assert len(office.machine.asked) - asked == 4 - len(half), "what was done is not done again"


async def test_what_is_erased_while_it_waits_is_never_sent(office: Office) -> None:
    async with office.open() as (service, translations):
        talk = await layla(service)
        assert await service.store.translations.queue(talk.id, due=service.now())
        await service.store.erase(talk.id)
        await translations.work()
        assert office.machine.asked == []
        assert await service.store.translations.of([talk.id]) == ()
        assert not await service.store.translations.queue(talk.id, due=service.now())


async def test_what_is_erased_while_the_server_works_on_it_leaves_nothing(office: Office) -> None:
    async with office.open() as (service, translations):
        talk = await layla(service)
        office.machine.held = asyncio.Event()
        work = asyncio.create_task(translations.work())
        await office.machine.came.wait()
        await service.store.erase(talk.id)
        office.machine.held.set()
        await work
        assert len(office.machine.asked) == 1, "the others are not sent any more"
        assert await service.store.translations.of([talk.id]) == ()


async def test_a_server_that_is_down_is_asked_again_with_growing_pauses(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    async with office.open() as (service, translations):
        first, other = await layla(service), await layla(service)
        office.machine.status = 503
        with caplog.at_level(logging.INFO, "klarbild"):
            await translations.work()
            assert 1 <= len(office.machine.asked) <= AT_ONCE, "it is left alone at once"
            asked = len(office.machine.asked)
            await translations.work()
            assert len(office.machine.asked) == asked
            gaps: list[float] = []
            last = office.clock.now
            while len(gaps) < 4:
                office.clock.forward(seconds=5)
                await translations.work()
                if len(office.machine.asked) > asked:
                    gaps.append((office.clock.now - last).total_seconds())
                    last, asked = office.clock.now, len(office.machine.asked)
            assert gaps == sorted(gaps) and gaps[-1] > gaps[0] >= 15
            assert await read(service, first.case) == {}
            office.machine.status = 200
            office.clock.forward(hours=7)
            await translations.work()
        assert len(await read(service, first.case)) == len(await read(service, other.case)) == 4
    told = [one.getMessage() for one in caplog.records if one.getMessage().startswith("machine translation")]
    assert told == ["machine translation: refused", "machine translation: works again"]


async def test_a_conversation_is_given_up_in_the_end_and_tried_again_by_who_opens_it_later(office: Office) -> None:
    async with office.open() as (service, translations):
        talk = await layla(service)
        office.machine.status = 503
        for _ in range(len(PAUSES) + 1):
            await translations.work()
            office.clock.forward(hours=7)
        asked = len(office.machine.asked)
        assert (await row_of(service, talk.id)).state == "failed"
        office.machine.status = 200
        row = await row_of(service, talk.id)
        await service.store.translations.keep(_at(row, service.now()))
        await read(service, talk.case)
        await translations.work()
        assert len(office.machine.asked) == asked, "not within a day"
        office.clock.forward(days=2)
        await read(service, talk.case)
        await translations.work()
        assert len(await read(service, talk.case)) == 4


def _at(row: TranslationRow, due: str) -> TranslationRow:
    return msgspec.structs.replace(row, due=due)


async def test_garbage_for_one_text_keeps_no_other_from_being_translated(office: Office) -> None:
    async with office.open() as (service, translations):
        talk = await layla(service)
        office.machine.wrong_for = OWN[0]
        await translations.work()
        assert set(await read(service, talk.case)) == set(OWN[1:])
        assert not translations.trouble and translations.failed == 1
        office.machine.wrong_for = ""
        office.clock.forward(minutes=2)
        await translations.work()
        assert set(await read(service, talk.case)) == set(OWN)


async def test_a_few_are_translated_at_a_time(office: Office) -> None:
    async with office.open() as (service, translations):
        for number in range(6):
            await service.message(Message("call_me", phone="070 1", when=f"بعد الساعة السادسة {number}"), "ar")
        office.machine.held = asyncio.Event()
        work = asyncio.create_task(translations.work())
        while office.machine.at_once < AT_ONCE:
            await office.machine.came.wait()
            office.machine.came.clear()
        office.machine.held.set()
        await work
        assert office.machine.most_at_once == AT_ONCE and len(office.machine.asked) == 6


async def test_nobody_waits_for_the_server(office: Office) -> None:
    async with office.open() as (service, translations):
        office.machine.held = asyncio.Event()
        talk = await layla(service)
        work = asyncio.create_task(translations.work())
        await office.machine.came.wait()
        again = await layla(service)
        assert again.state.submitted_at and await read(service, talk.case) == {}
        office.machine.held.set()
        await work


async def test_a_damaged_translation_takes_no_case_from_anybody(office: Office) -> None:
    async with office.open() as (service, translations):
        talk = await layla(service)
        await translations.work()
        row = await row_of(service, talk.id)
        await service.store.translations.keep(msgspec.structs.replace(row, body=row.body[:-1] + b"\x00"))
        assert await read(service, talk.case) == {}
        await translations.work()
        assert len(await read(service, talk.case)) == 4, "it is made anew"


async def test_translations_stay_with_the_words_when_cases_become_one(office: Office) -> None:
    async with office.open() as (service, translations):
        await hire_all(service)
        one, other = await layla(service), await layla(service)
        await translations.work()
        for case in (one.case, other.case):
            await give(service, case, "karin")
        row, there = await case_row(service, one.case), await case_row(service, other.case)
        done = await Casework(Desk(service)).merge(KARIN, one.case, there.reference, row.doings)
        assert done.wrong is None
        assert len(await read(service, one.case)) == 4


def test_a_room_that_is_full_takes_no_more_and_each_name_once() -> None:
    room = Waiting(2)
    assert [room.put(one) for one in ("a", "b", "a", "c")] == [True, True, True, False]
    assert (len(room), room.take(), room.take()) == (2, ("a", "b"), ())


async def test_who_waits_for_the_room_is_told_at_once_when_something_comes() -> None:
    room = Waiting(2)
    await room.come(0.01)
    waiting = asyncio.create_task(room.come(60))
    await asyncio.sleep(0)
    room.put("a")
    async with asyncio.timeout(20):
        await waiting


def test_the_pauses_grow_and_end_within_a_day() -> None:
    assert list(PAUSES) == sorted(PAUSES) and sum(PAUSES, datetime.timedelta()) < datetime.timedelta(days=1)
