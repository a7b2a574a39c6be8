"""``/api/openapi.json``: written from the operations of the API and the types of their bodies (OpenAPI 3.1)."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from importlib import metadata
from typing import Any

import msgspec
from aiohttp import web

from assistant.server import api, desk_api, desk_record_api
from assistant.server.operations import JSON, Operation, routes_of
from assistant.server.problems import MEDIA
from assistant.server.schemas import ProblemDocument

PATH = "/api/openapi.json"
SUMMARY_SCHEMA = "/api/summary.schema.json"
SCHEMA = "application/schema+json"
_REFERENCE = "#/components/schemas/{name}"


async def described(_: web.Request) -> web.Response:
    """This description of the API."""
    return web.Response(body=_ENCODED, content_type=JSON)


async def summary_schema(_: web.Request) -> web.Response:
    """The JSON Schema (2020-12) of a case's summary as JSON."""
    return web.Response(body=_SUMMARY_SCHEMA, content_type=SCHEMA)


_OWN = (
    Operation("GET", PATH, described, {200: dict[str, Any]}, open=True),
    Operation("GET", SUMMARY_SCHEMA, summary_schema, {200: dict[str, Any]}, media=(SCHEMA,), open=True),
)


def routes() -> list[web.RouteDef]:
    """The routes of the descriptions."""
    return routes_of(_OWN)


def document(operations: Sequence[Operation]) -> dict[str, Any]:
    """The OpenAPI document of these operations."""
    types: list[Any] = [ProblemDocument]
    for one in operations:
        types += [kind for kind in (one.body, *one.answers.values()) if kind is not None and kind not in types]
    found, components = msgspec.json.schema_components(types, ref_template=_REFERENCE)
    schemas = dict(zip(types, found, strict=True))
    for one in components.values():
        one["description"] = inspect.cleandoc(one["description"]).replace("``", "`")
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Klarbild",
            "summary": "Conversations before the first visit, and what the office reads of them.",
            "version": metadata.version("klarbild"),
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(one: Operation, schemas: Mapping[Any, Any]) -> dict[str, Any]:
    words = re.sub(r"[^a-z0-9]+", "_", one.path.lower()).strip("_")
    told: dict[str, Any] = {
        "operationId": f"{one.method.lower()}_{words}",
        "summary": (inspect.getdoc(one.handler) or "").replace("``", "`"),
        "responses": {
            **{str(status): _answer(one, status, kind, schemas) for status, kind in one.answers.items()},
            "default": {"description": "A problem", "content": {MEDIA: {"schema": schemas[ProblemDocument]}}},
        },
    }
    if parameters := _parameters(one):
        told["parameters"] = parameters
    if one.body is not None:
        told["requestBody"] = {"required": True, "content": {JSON: {"schema": schemas[one.body]}}}
    if not one.open:
        told["security"] = [{"token": []}]
    return told


def _parameters(one: Operation) -> list[dict[str, Any]]:
    text = {"schema": {"type": "string"}}
    in_path = [{"name": name, "in": "path", "required": True} | text for name in re.findall(r"\{(\w+)", one.path)]
    return in_path + [{"name": name, "in": "query", "description": told} | text for name, told in one.query.items()]


def _answer(one: Operation, status: int, kind: Any, schemas: Mapping[Any, Any]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    if kind is not None:
        content[JSON if status < 400 else MEDIA] = {"schema": schemas[kind]}
    if status < 400:
        content |= {media: {} for media in one.media}
    return {"description": HTTPStatus(status).phrase} | ({"content": content} if content else {})


def schema_of(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The JSON Schema of what is answered with this type. There may be more in an answer than a schema of an earlier
    version knows."""
    schema = msgspec.json.schema(kind)
    for one in schema["$defs"].values():
        one["description"] = inspect.cleandoc(one["description"]).replace("``", "`")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": kind.__name__} | schema


OPERATIONS = (*api.OPERATIONS, *desk_api.OPERATIONS, *desk_record_api.OPERATIONS, *_OWN)
_ENCODED = msgspec.json.encode(document(OPERATIONS))
_SUMMARY_SCHEMA = msgspec.json.encode(schema_of(desk_api.SummaryAnswer))
