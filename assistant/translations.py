"""Lets what people wrote in their own words be translated by machine, in the background: a few at a time, tried again
with growing pauses, given up in the end. Nobody waits for it, and nothing here is ever logged but what went wrong.

Only what has reached the office is translated, never a draft. What was erased meanwhile stays erased: its row is gone,
so nothing is written.
"""

from __future__ import annotations

import asyncio
import datetime
import logging
from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec

from assistant.core.own_words import OwnWords, sent_part
from assistant.messages import MESSAGE
from assistant.openers import by_office, records_of
from assistant.service import Service
from assistant.store import StoreError
from assistant.store.sealing import DataKey, TamperedError
from assistant.store.translations import TranslationRow, TranslationState
from assistant.translated import foreign_words, opened, sealed
from assistant.translator import NotTranslated, Translator

AT_ONCE: Final = 2
"""How many conversations are translated at the same time, each one text after another."""

PAUSES: Final = tuple(datetime.timedelta(minutes=one) for one in (1, 5, 15, 60, 120, 360, 360))
"""How long a conversation waits after each try that failed; after the last of them it is given up."""

RESTS: Final = tuple(datetime.timedelta(seconds=one) for one in (15, 60, 300, 600))
"""How long the server is left alone each time that it fails as a whole; the last one again and again."""

_LOOKED_AT: Final = 50
_log = logging.getLogger("klarbild")


class _Source(NamedTuple):
    """A conversation as it is translated: its key, its words, and the number of the last record that was sent."""

    key: DataKey
    words: Sequence[OwnWords]
    seq: int


class Translations:
    """What waits to be translated. ``made`` and ``failed`` count texts and tries since the start, ``waiting`` the
    conversations that waited when it was last looked; ``trouble`` is what the server met last, blank if it works."""

    def __init__(self, service: Service, translator: Translator) -> None:
        self.service, self.store, self.translator = service, service.store.translations, translator
        self.made = self.failed = self.waiting = 0
        self.trouble = ""
        self._troubles, self._rests_until = 0, datetime.datetime.min.replace(tzinfo=datetime.UTC)
        self._working = asyncio.Lock()

    async def work(self) -> None:
        """Take care of everything that is due, unless the server is left alone for a while. Raises StoreError."""
        async with self._working:
            await self._begin_new()
            while self.service.clock() >= self._rests_until:
                due = await self.store.due(self.service.now(), limit=_LOOKED_AT)
                if not due:
                    break
                for at in range(0, len(due), AT_ONCE):
                    if self.service.clock() >= self._rests_until:
                        await asyncio.gather(*map(self._conversation, due[at : at + AT_ONCE]))
            self.waiting = await self.store.waiting()

    async def _begin_new(self) -> None:
        """Write down what came since, so that it waits also when the program ends."""
        for conversation in self.service.to_translate.take():
            try:
                source = await self._source(conversation)
            except StoreError:
                continue
            if source is not None and any(self.translator.may_know(one.locale) for one in source.words):
                await self.store.queue(conversation, due=self.service.now())

    async def _source(self, conversation: str) -> _Source | None:
        """What there is to translate; None if the conversation is gone, or has not reached the office. Raises
        TamperedError."""
        row = await self.service.store.conversation(conversation)
        if row is None or not row.opens_to_office or not (row.submitted or row.dialog == MESSAGE):
            return None
        case = await self.service.store.case(row.case)
        key = by_office(self.service.keys)(row)
        records = records_of(row, key, await self.service.store.read(row.id))
        sent = records if row.dialog == MESSAGE else sent_part(records)
        return _Source(key, foreign_words(self.service, row, sent, case.locale if case is not None else ""), len(sent))

    # -- one conversation ------------------------------------------------------------------------------------------

    async def _conversation(self, row: TranslationRow) -> None:
        try:
            source = await self._source(row.conversation)
            if source is None:
                await self._end(row, "failed")
            else:
                await self._translate(row, source)
        except TamperedError:
            await self._end(row, "failed")
        except Exception as error:
            # Whatever nobody foresaw counts as a try, or one conversation would hold up all others.
            _log.error("machine translation: %s", type(error).__name__)
            await self._again(row)

    async def _translate(self, row: TranslationRow, source: _Source) -> None:
        try:
            kept = opened(source.key, row)
        except TamperedError:
            kept = {}
        left = False
        for words in source.words:
            if words in kept:
                continue
            try:
                if not await self.translator.knows(words.locale):
                    continue
                kept[words] = await self.translator.translate(words.text, words.locale)
            except NotTranslated as error:
                self.failed += 1
                if not error.about_text:
                    self._leave_alone(error.code)
                    await self._again(row, source.seq)
                    return
                left = True
                continue
            self._works()
            self.made += 1
            row = msgspec.structs.replace(row, body=sealed(source.key, row.conversation, kept))
            if not await self.store.keep(row):
                return  # It was erased meanwhile.
        await (self._again(row, source.seq) if left else self._end(row, "done", source.seq))

    async def _end(self, row: TranslationRow, state: TranslationState, seq: int = 0) -> None:
        now = self.service.now()
        await self.store.keep(msgspec.structs.replace(row, state=state, due=now, tries=0, seq=max(seq, row.seq)))

    async def _again(self, row: TranslationRow, seq: int = 0) -> None:
        if row.tries >= len(PAUSES):
            await self._end(row, "failed", seq)
            return
        due = (self.service.clock() + PAUSES[row.tries]).astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        await self.store.keep(msgspec.structs.replace(row, due=due, tries=row.tries + 1))

    # -- the server ------------------------------------------------------------------------------------------------

    def _leave_alone(self, code: str) -> None:
        self._rests_until = self.service.clock() + RESTS[min(self._troubles, len(RESTS) - 1)]
        self._troubles += 1
        if code != self.trouble:
            self.trouble = code
            _log.warning("machine translation: %s", code)

    def _works(self) -> None:
        self._troubles = 0
        if self.trouble:
            self.trouble = ""
            _log.info("machine translation: works again")
