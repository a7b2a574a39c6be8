"""What opens a conversation that is not in memory: the session on a device, a resume code, or the office's key.

Until it is sent there is no key of the office (unless the municipality wants drafts to be recoverable): then whoever
holds the disk and the key file still needs the person's code or a device that is logged in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from assistant.core.record import Recorded, State, apply, decode
from assistant.store import ConversationRow, SealedRecord, SessionRow
from assistant.store.sealing import DataKey, KeyFile, TamperedError
from assistant.talks import NoSuchTalk

Opener: TypeAlias = Callable[[ConversationRow], DataKey]
"""From a conversation's row to its key. Raises NoSuchTalk for one that it cannot open, TamperedError for a key that was
changed."""


def with_key(key: DataKey | None) -> Opener | None:
    """What opens a conversation of which the key is known; None if it is not."""
    return None if key is None else lambda row: key


def by_office(keys: KeyFile) -> Opener:
    """The office's key, which opens what was sent."""

    def opened(row: ConversationRow) -> DataKey:
        if not row.opens_to_office:
            raise NoSuchTalk
        return keys.unwrap(row.wrapped_key, subject=row.id)

    return opened


def by_session(keys: KeyFile, session: SessionRow, token: str) -> Opener:
    """The key that a session holds, locked with its token. One from before keys were locked goes by the office's."""
    if not session.wrapped_key:
        return by_office(keys)
    return lambda row: keys.unwrap(session.wrapped_key, subject=row.id, secret=token.encode())


def by_code(keys: KeyFile, lock: bytes) -> Opener:
    """The key that a resume code opens; ``lock`` is what `codes.secrets_of` makes of it. One from before keys were
    locked goes by the office's."""

    def opened(row: ConversationRow) -> DataKey:
        if not row.code_wrapped:
            return by_office(keys)(row)
        return keys.unwrap(row.code_wrapped, subject=row.id, secret=lock)

    return opened


def records_of(row: ConversationRow, key: DataKey, sealed: tuple[SealedRecord, ...]) -> tuple[Recorded, ...]:
    """The whole record of a conversation. Raises TamperedError if something of it was changed, moved or cut off."""
    records = tuple(decode(key.open(row.id, one.seq, one.body)) for one in sealed)
    # More than the row tells: somebody wrote between the two questions.
    if len(sealed) < row.seq or any(one.seq != number for number, one in enumerate(sealed, start=1)):
        raise TamperedError(f"the record of {row.id} has a gap; restore a backup")
    return records


def state_of(row: ConversationRow, records: tuple[Recorded, ...]) -> State:
    """What these records add up to. Raises TamperedError if the row says that it was sent, and they do not."""
    state = State(conversation=row.id)
    for recorded in records:
        apply(state, recorded)
    if row.submitted and not state.submitted_at:
        raise TamperedError(f"the record of {row.id} ends before it was sent; restore a backup")
    return state
