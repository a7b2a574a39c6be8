from typing import Any, NamedTuple


class FoundField(NamedTuple):
    name: str
    value: Any
    start: int
    end: int
    literal: bool


def find_fields(words: Any, dialog: Any, group: Any, text: Any, offered: Any, today: Any) -> tuple[FoundField, ...]:
    return ()
