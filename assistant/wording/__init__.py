"""From the structures of the core to words of one language: questions, choices, answers, sentences, problems.

What a person wrote stays apart from our words as a `Quote`, with its own language and direction, until it is shown.
"""

from __future__ import annotations

from assistant.wording.answers import NOTHING, answer_words, decline_words, hidden, is_blank
from assistant.wording.choices import OfferedChoice, choice_label, choice_summary, choices
from assistant.wording.labels import label, parent_of, text
from assistant.wording.problems import problem_words
from assistant.wording.segments import (
    Machine,
    Quote,
    Segment,
    about,
    by_machine,
    in_swedish,
    name_for,
    own_quote,
    plain,
    with_machine,
)
from assistant.wording.sentences import sentence
from assistant.wording.values import known_word, value_words

__all__ = [
    "NOTHING",
    "Machine",
    "OfferedChoice",
    "Quote",
    "Segment",
    "about",
    "answer_words",
    "by_machine",
    "choice_label",
    "choice_summary",
    "choices",
    "decline_words",
    "hidden",
    "in_swedish",
    "is_blank",
    "known_word",
    "label",
    "name_for",
    "own_quote",
    "parent_of",
    "plain",
    "problem_words",
    "sentence",
    "text",
    "value_words",
    "with_machine",
]
