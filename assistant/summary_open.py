"""The questions that have no answer, by kind and told neutrally, in any language.

Nothing that may be left blank is missing. What somebody who finished early has not met is one line of its sections.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Literal, NamedTuple

from assistant import wording
from assistant.core.dialog import Question, Text
from assistant.core.record import Key
from assistant.core.summary import Answer
from assistant.desk import CaseDetail
from assistant.texts import Words

OpenKind = Literal["skip", "in_person", "unknown", "blank"]
KINDS: Final[tuple[OpenKind, ...]] = ("skip", "in_person", "unknown", "blank")


class OpenQuestion(NamedTuple):
    """A question without an answer; with ``sections`` the names of sections that wait for the visit as a whole."""

    answer: Answer | None
    sections: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[Key, ...]:
        """The answer that says so, if there is one."""
        return ((self.answer.question.name, self.answer.of),) if self.answer is not None else ()

    def words(self, words: Words, detail: CaseDetail, settings: Mapping[str, str]) -> str:
        """The question as it was asked, or the labels of the sections, in the language of ``words``."""
        dialog, path, answer = detail.dialog, detail.path, self.answer
        if dialog is None or path is None:
            return ""
        if answer is None:
            sections = (one for one in dialog.sections if one.name in self.sections)
            return ", ".join(dict.fromkeys(wording.label(words, dialog, one) for one in sections))
        return wording.text(words, dialog, detail.state, path, answer.question, "label", answer.of, settings)


def open_questions(detail: CaseDetail) -> dict[OpenKind, tuple[OpenQuestion, ...]]:
    """The questions of a case without an answer, in the order in which they are asked."""
    found: dict[OpenKind, list[OpenQuestion]] = {kind: [] for kind in KINDS}
    summary = detail.summary
    for one in summary.declined if summary is not None else ():
        # Who was only invited to write, and did not, has refused nothing. What waits for the visit is worth a line.
        if one.declined is not None and (one.declined == "in_person" or not _is_invitation(one)):
            found[one.declined].append(OpenQuestion(one))
    missing = [one for one in (summary.unanswered if summary is not None else ()) if not _is_optional(one)]
    if detail.state.finished and missing:
        found["in_person"].append(OpenQuestion(None, tuple({one.section: None for one in missing})))
    else:
        found["blank"] = [OpenQuestion(one) for one in missing]
    return {kind: tuple(questions) for kind, questions in found.items() if questions}


def told_once(
    questions: Iterable[OpenQuestion], words: Words, detail: CaseDetail, settings: Mapping[str, str]
) -> dict[str, OpenQuestion]:
    """These questions by their words: a question that was asked about several things alike is told once."""
    found: dict[str, OpenQuestion] = {}
    for one in questions:
        found.setdefault(one.words(words, detail, settings), one)
    return found


def _is_invitation(answer: Answer) -> bool:
    """A field for words of one's own that may be left blank: nobody was asked for anything, so nothing is missing."""
    return isinstance(answer.question, Text) and _is_optional(answer)


def _is_optional(answer: Answer) -> bool:
    return isinstance(answer.question, Question) and not answer.question.required
