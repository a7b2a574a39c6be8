"""The words of an invitation, by e-mail or SMS and on paper: in the person's language and in Swedish.

What is sent is neutral, for whoever else may see the telephone: no name, and no word of what it is about.
"""

from __future__ import annotations

from typing import NamedTuple

from assistant.core.office import Channel
from assistant.sending import Letter
from assistant.texts import Words


def message_of(words: Words, swedish: Words, *, channel: Channel, to: str, link: str, until: str) -> Letter:
    """The letter that carries an invitation's link. ``until`` is its last day (ISO)."""
    both = [words] if words.language == swedish.language else [words, swedish]
    texts = [_text(one, link if one is both[0] else "", until) for one in both]
    return Letter(
        channel="sms" if channel == "sms" else "email",
        to=to,
        subject="" if channel == "sms" else words.gettext("About your appointment"),
        text=("\n" if channel == "sms" else "\n\n").join(texts),
        lang=words.language.html,
    )


class Paper(NamedTuple):
    """The words of the letter on paper in one language."""

    words: Words
    title: str
    what: str
    how: str
    scan: str
    type_it: str
    code: str
    facts: tuple[str, ...]
    call: str


def paper_of(words: Words, *, office: str, until: str) -> Paper:
    """The letter on paper. ``office`` is the name of the office, ``until`` the last day (ISO)."""
    _ = words.gettext
    return Paper(
        words=words,
        title=_("Before your first visit"),
        what=_(
            "Here you can tell us about yourself before you meet us at {office}. "
            "Then the visit can be about what you need.",
            office=office,
        ),
        how=_("This is how you begin"),
        scan=_("Point the camera of your phone at the square."),
        type_it=_("Or write this address in the browser, and choose “{button}”:", button=_("Go on with a code")),
        code=_("Your code:"),
        facts=(
            _("It takes about 10 minutes. You can stop at any time and go on later."),
            _("It is voluntary. You can pass over questions and tell us at the visit instead."),
            _("Nothing is decided here. You get the same help if you do not answer."),
            _("You can begin until {day}. The code works once: then you get one of your own.", day=words.date(until)),
            _("Is your address secret? Then do not answer here. Call us instead."),
        ),
        call=_("Call us:"),
    )


def _text(words: Words, link: str, until: str) -> str:
    _ = words.gettext
    asked = _("Please prepare for your appointment. Open this link:")
    ends = _("It works until {day}, and once.", day=words.date(until))
    return f"{asked}\n{link}\n{ends}" if link else f"{asked.rstrip(':')}. {ends}"
