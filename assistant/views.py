"""One turn of a conversation as a view. The fields are those of the published JSON; templates read the same ones."""

from __future__ import annotations

from typing import Any

import msgspec

from assistant import wording


class Said(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the transcript. ``item`` and ``of`` tell which answer it is, so that it can be changed."""

    who: str
    text: str
    lang: str
    item: str = ""
    of: str = ""


class ItemView(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A question (or a screen of several ``fields``) in the person's language; what looks alike is the same object.
    ``value`` is what it was answered with
    when it is asked again; never for a private one."""

    name: str
    type: str
    label: str
    hint: str
    why: str
    required: bool
    decline: tuple[str, ...]
    choices: tuple[wording.OfferedChoice, ...] = ()
    fields: tuple[ItemView, ...] = ()
    value: Any = None
    declined: str = ""
    depends: bool = False
    listed: bool = False
    extra: dict[str, Any] = {}


class StepView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the person is met with. Which fields are there depends on ``kind``."""

    kind: str
    of: str = ""
    item: ItemView | None = None
    repeat: str = ""
    section: str = ""
    label: str = ""
    hint: str = ""
    lines: tuple[LineView, ...] = ()


class LineView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A question as asked and the answer to it, for the review. ``screen`` is what is asked again to change it."""

    screen: str
    of: str = ""
    item: str = ""
    section: str = ""
    question: str = ""
    answer: tuple[wording.Segment, ...] = ()
    private: bool = False
    repeat: bool = False


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far it is: the section, and how many questions and minutes are left, from least to most."""

    section: str
    sections: int
    section_index: int
    questions_left: tuple[int, int]
    minutes_left: int
    question: int = 1


class ProblemView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is wrong, in the person's language; per field where there are several."""

    code: str
    text: str
    params: dict[str, Any] = {}
    fields: dict[str, ProblemView] = {}


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """One turn, as the contract gives it."""

    seq: int
    locale: str
    dir: str
    said: tuple[Said, ...]
    step: StepView
    progress: Progress
    problem: ProblemView | None = None
    notes: tuple[str, ...] = ()
    may_finish: bool = False
