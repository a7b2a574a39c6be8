"""The JSON Schema of dialog files says what the loader takes."""

from __future__ import annotations

import json
import typing
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from jsonschema import Draft202012Validator

from assistant.authoring import journeys
from assistant.authoring.loading import Header, Part
from assistant.authoring.schema import schema
from assistant.core.dialog import AnyItem, Dialog

DIALOGS = Path(__file__).parents[2] / "dialogs"


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


@pytest.mark.parametrize("file", ["entitlements.yaml", "first_visit.yaml", "first_visit/health.yaml"])
def test_an_editor_finds_nothing_wrong_in_the_files_of_the_program(file: str) -> None:
    validator = Draft202012Validator(schema())
    content = plain((DIALOGS / file).read_text("utf-8"))
    assert [error.message for error in validator.iter_errors(content)] == []
    content["nonsense"] = 1
    assert len(list(validator.iter_errors(content))) == 1


def test_an_editor_knows_which_lists_a_text_can_have() -> None:
    assert schema()["$defs"]["Text"]["properties"]["choice_list"] == {"enum": ["", "occupations"], "default": ""}


def test_an_editor_misses_the_days_of_a_rule() -> None:
    content = plain((DIALOGS / "entitlements.yaml").read_text("utf-8"))
    del content["rules"][0]["checked_at"]
    (error,) = Draft202012Validator(schema()).iter_errors(content)
    assert "'checked_at' is a required property" in error.message


def plain(text: str) -> Any:
    """A file as an editor reads it: words are words, also where other readers of YAML see a truth or a date."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert root is not None
    return journeys._value(root)
