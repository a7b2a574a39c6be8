"""Text in which a person's own words are kept apart from ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from assistant.bidi import Direction, direction_of, isolate, shown
from assistant.languages import Language, find, language_name
from assistant.scripts import is_written_in

MARK: Final = "”"
"""The quotation mark, on both sides."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A person's own words as they can be shown. ``lang`` is the language that they were using (an HTML ``lang``),
    ``dir`` the direction of what they wrote; ``marked`` words are shown between quotation marks. ``language`` is the
    name of that language for the reader, where it is another one than theirs and the letters fit. ``machine``: the
    same in Swedish, made by a machine, to be shown beside it and marked as that."""

    text: str
    lang: str
    dir: Direction
    marked: bool
    language: str = field(default="", compare=False)
    machine: Quote | None = None


Segment: TypeAlias = str | Quote

Machine: TypeAlias = Mapping[tuple[str, str], str]
"""What a machine made of somebody's words: their ``lang`` and themselves as they are shown, and the same in Swedish."""


def quote(text: str, locale: str, reader: Language, *, marked: bool, told: bool = True) -> Quote:
    """The words that somebody wrote while using ``locale`` (a tag; if nobody knows it, the reader's language). Without
    any letter they are a telephone number or the like: no quotation, and from left to right in every language.
    ``told``: they are in a language, and the reader is told in which."""
    writer = find(locale) or reader
    words = shown(text)
    language = name_for(writer, reader) if told and is_written_in(words, writer.cldr) else ""
    return Quote(words, writer.html, direction_of(words) or "ltr", marked and any(map(str.isalpha, words)), language)


def name_for(writer: Language, reader: Language) -> str:
    """What a reader calls the language that somebody wrote in; empty if it is their own. In Swedish it is the name by
    which interpreters are booked."""
    if writer.html == reader.html:
        return ""
    return writer.swedish if reader.html == "sv" else language_name(reader.cldr, writer.tag)


def with_machine(segments: Iterable[Segment], machine: Machine) -> tuple[Segment, ...]:
    """The segments with what a machine made of the words that it was given."""

    def beside(one: Segment) -> Segment:
        swedish = "" if isinstance(one, str) else machine.get((one.lang, one.text), "")
        return one if isinstance(one, str) or not swedish else replace(one, machine=by_machine(swedish))

    return tuple(map(beside, segments)) if machine else tuple(segments)


def in_swedish(machine: Machine, locale: str, text: str) -> str:
    """What a machine made of words that somebody wrote while using ``locale``; empty if there is nothing."""
    writer = find(locale)
    return machine.get((writer.html, shown(text)), "") if writer is not None else ""


def own_quote(text: str, locale: str, reader: Language, machine: str) -> Quote | None:
    """Somebody's own words outside of a sentence, with what a machine made of them; None for none."""
    if not text:
        return None
    found = quote(text, locale, reader, marked=True)
    return replace(found, machine=by_machine(machine)) if machine else found


def by_machine(text: str) -> Quote:
    """Words in Swedish that a machine made."""
    return Quote(shown(text), "sv", "ltr", True)


def joined(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    """The segments with neighbouring words of ours made one, and without empty ones."""
    found: list[Segment] = []
    for segment in segments:
        if isinstance(segment, str) and found and isinstance(found[-1], str):
            found[-1] += segment
        elif segment != "":
            found.append(segment)
    return tuple(found)


def plain(segments: Sequence[Segment], direction: Direction | None = None, *, mark: str = "") -> str:
    """The segments as text. Quotes that run against the words around them are isolated, line by line; ``direction`` is
    that of the language around (not given: that of the first word of ours). ``mark``: what stands before words that a
    machine made; with it they and the languages of quotes are told."""
    around = direction or next(
        (found for one in segments if isinstance(one, str) and (found := direction_of(one))), None
    )
    texts: list[str] = []
    for one in segments:
        if isinstance(one, str):
            texts.append(one)
        else:
            words = isolate(one.text, around) if around else one.text
            texts.append(f"{MARK}{words}{MARK}" if one.marked else words)
            if mark:
                texts.append(about(one, mark))
    return "".join(texts)


def about(quote: Quote, mark: str) -> str:
    """What is told behind a quote: its language, and what a machine made of it behind ``mark``; blank for neither."""
    language = f" ({quote.language})" if quote.language else ""
    return f"{language} [{mark} {MARK}{quote.machine.text}{MARK}]" if quote.machine is not None else language
