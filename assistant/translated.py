"""Machine translations as they are kept and read: sealed with the key of the conversation whose words they tell.

Whoever may read a case reads them, beside the words and never in their place. One that is missing, or cannot be opened,
is not missed: the words are there.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from assistant.bidi import shown
from assistant.core.own_words import OwnWords, own_words, told_words
from assistant.core.record import Recorded
from assistant.languages import find
from assistant.messages import MESSAGE
from assistant.openers import by_office
from assistant.service import Service
from assistant.store import ConversationRow
from assistant.store.sealing import DataKey, TamperedError
from assistant.store.translations import TranslationRow
from assistant.translator import TARGET, can_be_in
from assistant.wording import Machine

LOOK_AGAIN: Final = datetime.timedelta(days=1)
"""How long what could not be translated is left alone, until somebody who opens the case lets it be tried again."""

Kept = Mapping[OwnWords, str]
"""Words in Swedish by machine; blank where there is nothing to tell."""


class _Told(msgspec.Struct, frozen=True, array_like=True):
    locale: str
    text: str
    swedish: str


def sealed(key: DataKey, conversation: str, kept: Kept) -> bytes:
    """The bytes of translations as a store keeps them."""
    told = [_Told(words.locale, words.text, swedish) for words, swedish in kept.items()]
    return key.seal(_place(conversation), 0, msgspec.json.encode(told))


def opened(key: DataKey, row: TranslationRow) -> dict[OwnWords, str]:
    """The translations of a row. Raises TamperedError for what was changed or does not belong there."""
    if not row.body:
        return {}
    told = msgspec.json.decode(key.open(_place(row.conversation), 0, row.body), type=tuple[_Told, ...])
    return {OwnWords(one.locale, one.text): one.swedish for one in told}


def _place(conversation: str) -> str:
    return f"{conversation} translations"


def foreign_words(service: Service, row: ConversationRow, records: Sequence[Recorded], locale: str) -> list[OwnWords]:
    """The words of a conversation that reached the office and may not be Swedish. ``locale`` is the language of the
    case."""
    if row.dialog == MESSAGE:
        found = told_words(records, locale)
    else:
        dialog = service.dialogs.get(row.dialog)
        found = own_words(dialog, row.id, records) if dialog is not None else ()
    return [one for one in found if _is_foreign(one)]


def _is_foreign(words: OwnWords) -> bool:
    language = find(words.locale)
    return language is not None and language.html != TARGET and can_be_in(words.text, words.locale)


class Known(msgspec.Struct, frozen=True):
    """What there is of the translations of a case: the rows of its conversations, and the words in Swedish."""

    rows: Mapping[str, TranslationRow] = {}
    kept: Mapping[OwnWords, str] = {}

    @property
    def machine(self) -> Machine:
        """The words in Swedish as a page looks them up."""
        found: dict[tuple[str, str], str] = {}
        for words, swedish in self.kept.items():
            language = find(words.locale)
            if swedish and language is not None:
                found[language.html, shown(words.text)] = swedish
        return found


NOTHING_KNOWN: Final = Known()


async def known(service: Service, conversations: Iterable[ConversationRow]) -> Known:
    """The translations of these conversations, as far as the office has got them; none where the municipality has no
    server for it."""
    talks = [one for one in conversations if one.opens_to_office and (one.submitted or one.dialog == MESSAGE)]
    if not service.settings.translation_url or not talks:
        return NOTHING_KNOWN
    rows = {one.conversation: one for one in await service.store.translations.of([one.id for one in talks])}
    kept: dict[OwnWords, str] = {}
    for talk in talks:
        if talk.id in rows:
            try:
                kept |= opened(by_office(service.keys)(talk), rows[talk.id])
            except TamperedError:
                # Made anew by machine, where the record itself could only come from a backup.
                rows.pop(talk.id)
    return Known(rows, kept)


def let_be_translated(
    service: Service, found: Known, talks: Iterable[tuple[ConversationRow, Sequence[Recorded]]], locale: str
) -> None:
    """Let the conversations wait of which words have no translation. Asks nobody and takes no time."""
    if not service.settings.translation_url:
        return
    before = (service.clock() - LOOK_AGAIN).astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    for talk, records in talks:
        row = found.rows.get(talk.id)
        looked_at = row is not None and (row.state == "queued" or (row.seq >= len(records) and row.due > before))
        if not looked_at and any(one not in found.kept for one in foreign_words(service, talk, records, locale)):
            service.to_translate.put(talk.id)
