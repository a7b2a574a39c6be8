"""What a dialog file says of the protection of data, question by question: what, why, how sensitive, who sees it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from assistant import wording
from assistant.core.dialog import (
    AnyScreen,
    Calculate,
    Dialog,
    Group,
    Question,
    Repeat,
    Section,
    SelectMultiple,
    SelectOne,
    Special,
    choices_of,
    declines_of,
)
from assistant.texts import N_, Words

_SPECIAL: Final[dict[Special, str]] = {
    "origin": N_("racial or ethnic origin"),
    "politics": N_("political opinions"),
    "belief": N_("religious or philosophical beliefs"),
    "union": N_("trade union membership"),
    "genetic": N_("genetic data"),
    "biometric": N_("biometric data"),
    "health": N_("health"),
    "sex_life": N_("sex life or sexual orientation"),
}
_WAYS: Final = {"unknown": N_("I don't know"), "skip": N_("I don't want to say"), "in_person": N_("at the visit")}


class Asked(NamedTuple):
    """One question, or the frame of several on one screen (``is_frame``), in the words of a language."""

    name: str
    label: str
    why: str
    kind: str
    seen_by: str
    passed_over: str
    fresh: str
    is_frame: bool


def asked(dialog: Dialog, section: Section, words: Words, settings: dict[str, str]) -> Iterator[Asked]:
    """Every question of a section, in the order in which it is asked; the fields of a group or repeat follow it."""
    for item in section.items:
        if isinstance(item, Group | Repeat):
            yield _asked(dialog, section, item, None, words, settings)
            for field in item.items:
                yield _asked(dialog, section, field, item, words, settings)
        elif isinstance(item, Question):
            yield _asked(dialog, section, item, None, words, settings)


def calculated(dialog: Dialog) -> Iterator[Calculate]:
    """The facts that follow from others and that nobody is asked."""
    for section in dialog.sections:
        yield from (item for item in section.items if isinstance(item, Calculate))


def special_of(item: AnyScreen, around: Group | Repeat | None) -> Special:
    """The special category that an answer can tell of (GDPR article 9.1); what stands on the frame holds for it too."""
    return item.special or (around.special if around else "")


def is_sensitive(item: AnyScreen, around: Group | Repeat | None) -> bool:
    """Whether the file marks an answer, or the frame around it, as one that deserves special care."""
    return item.sensitive or (around is not None and around.sensitive)


def _asked(
    dialog: Dialog,
    section: Section,
    item: AnyScreen,
    around: Group | Repeat | None,
    words: Words,
    settings: dict[str, str],
) -> Asked:
    ways = declines_of(item, field=around is not None)
    return Asked(
        name=item.name,
        label=wording.label(words, dialog, item, settings=settings),
        why=wording.label(words, dialog, item, "why", settings=settings),
        kind=_kind(item, around, words),
        seen_by=_seen_by(dialog, section, item, words),
        passed_over=words.list([words.gettext(_WAYS[way]) for way in ways], either=True) if ways else "",
        fresh=item.keep,
        is_frame=isinstance(item, Group | Repeat),
    )


def _kind(item: AnyScreen, around: Group | Repeat | None, words: Words) -> str:
    special = special_of(item, around)
    if special:
        return words.gettext("special category: {what} (article 9)", what=words.gettext(_SPECIAL[special]))
    if is_sensitive(item, around):
        return words.gettext("deserves special care")
    return words.gettext("personal data")


def _seen_by(dialog: Dialog, section: Section, item: AnyScreen, words: Words) -> str:
    if section.gate:
        return words.gettext("nobody; it is not kept")
    if isinstance(item, Question) and item.private:
        return words.gettext("whoever may open the case, on the screen only")
    if isinstance(item, SelectOne | SelectMultiple):
        hidden = [one for one in choices_of(dialog, item).values() if one.private]
        if hidden:
            labels = [wording.choice_label(words, dialog, item, one.name) for one in hidden]
            return words.gettext("whoever may open the case; on the screen only: {choices}", choices=words.list(labels))
    return words.gettext("whoever may open the case")
