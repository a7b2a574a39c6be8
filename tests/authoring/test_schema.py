"""The JSON Schema of dialog files says what the loader takes."""

from __future__ import annotations

import json
import typing

import msgspec

from assistant.authoring.loading import Header, Part
from assistant.authoring.schema import schema
from assistant.core.dialog import AnyItem, Dialog


def test_the_schema_is_json_of_the_current_draft() -> None:
    made = json.loads(json.dumps(schema()))
    assert made["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_schema_names_every_item_type_with_its_keys() -> None:
    definitions = schema()["$defs"]
    for kind in typing.get_args(AnyItem):
        described = definitions[kind.__name__]
        assert described["properties"]["type"] == {"enum": [kind.__struct_config__.tag]}
        assert set(described["properties"]) == {*kind.__struct_fields__, "type"}
        assert described["additionalProperties"] is False


def test_every_reference_of_the_schema_leads_somewhere() -> None:
    text = json.dumps(schema())
    references = {part.split('"')[0] for part in text.split("#/$defs/")[1:]}
    assert references == set(schema()["$defs"])


def test_a_header_holds_all_of_a_dialog_and_its_parts() -> None:
    fields = {field.name: field for field in msgspec.structs.fields(Header)}
    assert set(fields) == {*Dialog.__struct_fields__, "parts"}
    assert {name for name, field in fields.items() if field.required} == {"dialog", "title", "version"}
    assert set(Part.__struct_fields__) < set(Dialog.__struct_fields__)
    assert schema()["$defs"]["Header"]["properties"]["parts"]["items"] == {"type": "string"}
