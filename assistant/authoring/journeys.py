"""Journeys: the answers of an invented person to a dialog, as a file (YAML in our part of it, or JSON)::

    dialog: first_visit
    answers:
      protected_identity: no
      help_wanted: [work, health]
      contact: "declined: in_person"
    repeats:
      jobs:
        - {job_title: cook, job_from: "2019"}
    sections:
      more_work: true

``answers`` go by the names of facts; a group that is declined as a whole goes by its own name. The items of a repeat
stand in order, or by the name of the choice that each is about. Whoever says nothing about a question skips it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import yaml

from assistant.authoring.problems import Problem
from assistant.authoring.yaml_nodes import MAX_BYTES, kind_of, read
from assistant.core.dialog import DECLINE_KINDS, DeclineKind

_DECLINED = "declined: "


class Journey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What somebody answers. ``about`` says who it is, ``locale`` which language they speak (BCP 47), ``sections``
    which optional ones they take part in (no others), ``stops_after`` the screen after which the rest is left to the
    visit."""

    dialog: str
    about: str = ""
    locale: str = "en"
    answers: dict[str, Any] = {}
    repeats: dict[str, list[dict[str, Any]] | dict[str, dict[str, Any]]] = {}
    sections: dict[str, bool] = {}
    stops_after: str = ""


def declined(kind: str) -> str:
    """How a journey writes that a question was declined."""
    return _DECLINED + kind


def decline_of(answer: Any) -> DeclineKind | None:
    """The kind of a decline as a journey writes it, None for an answer."""
    if not isinstance(answer, str) or not answer.startswith(_DECLINED):
        return None
    return next((kind for kind in DECLINE_KINDS if answer == declined(kind)), None)


def load(path: Path) -> tuple[Journey | None, list[Problem]]:
    """The journey in a file, or None and what is wrong with it."""
    file = str(path)
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        return None, [Problem(file, 1, 1, f"the file cannot be opened ({error.strerror})", "correct the path")]
    source, problems = read(content, file)
    if problems or source.root is None:
        return None, problems
    try:
        return msgspec.convert(_value(source.root), Journey), []
    except msgspec.ValidationError as error:
        return None, [Problem(file, 1, 1, str(error), "write it like the files in dialogs/demo")]


def dump(journey: Journey, path: Path) -> None:
    """Write a journey to a file: JSON if its name ends so, else YAML. Raises OSError."""
    if path.suffix == ".json":
        path.write_bytes(msgspec.json.format(msgspec.json.encode(journey)) + b"\n")
        return
    plain: Mapping[str, Any] = msgspec.to_builtins(journey)
    path.write_text(yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=100), "utf-8")


def _value(node: yaml.Node) -> Any:
    """A node as plain data: words are words, also where other readers of YAML see a truth or a date."""
    match kind_of(node):
        case "list":
            return [_value(one) for one in node.value]
        case "mapping":
            return {key.value: _value(value) for key, value in node.value}
        case "integer":
            return int(node.value)
        case "decimal":
            return float(node.value)
        case "boolean":
            return node.value == "true"
        case "null":
            return None
    return node.value
