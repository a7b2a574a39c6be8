"""The format of dialog files as JSON Schema, generated from the types, for editors that complete and check."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from assistant.authoring.loading import Header, Part
from assistant.core.expressions import Expression
from assistant.core.hints import Rulebook

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """A JSON Schema (draft 2020-12) that a header and every part of a dialog fit, and an entitlement file."""
    (header, part, rulebook), components = msgspec.json.schema_components(
        (Header, Part, Rulebook), schema_hook=_schema_of, ref_template="#/$defs/{name}"
    )
    return {
        "$schema": _DIALECT,
        "title": "Dialog file",
        # A header is the file that says which dialog it is, an entitlement file the one that says whose facts it reads.
        "if": {"type": "object", "required": ["dialog"]},
        "then": header,
        "else": {"if": {"type": "object", "required": ["entitlements"]}, "then": rulebook, "else": part},
        "$defs": components,
    }


def _schema_of(kind: type) -> dict[str, Any]:
    if kind is Expression:
        # A condition that is one word, such as true, is no string to YAML.
        return {"type": ["string", "boolean", "number"], "description": "an expression over facts"}
    raise NotImplementedError(kind)
