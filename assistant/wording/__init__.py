"""From the structures of the core to words of one language: questions, choices, answers, sentences, problems.

What a person wrote stays apart from our words as a `Quote`, with its own language and direction, until it is shown.
"""

from __future__ import annotations

from assistant.wording.answers import NOTHING, answer_words, decline_words, hidden, is_blank
from assistant.wording.choices import OfferedChoice, choice_label, choice_summary, choices
from assistant.wording.labels import label, parent_of, text
from assistant.wording.problems import problem_words
from assistant.wording.segments import Quote, Segment, plain
from assistant.wording.sentences import sentence
from assistant.wording.values import known_word, value_words

__all__ = [
    "NOTHING",
    "OfferedChoice",
    "Quote",
    "Segment",
    "answer_words",
    "choice_label",
    "choice_summary",
    "choices",
    "decline_words",
    "hidden",
    "is_blank",
    "known_word",
    "label",
    "parent_of",
    "plain",
    "problem_words",
    "sentence",
    "text",
    "value_words",
]
