"""The API, told in OpenAPI 3.1: made of what its functions take and give, so that it never says anything else."""

import builtins
import datetime
import enum
import types
import typing
from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from inspect import getdoc
from typing import Any, get_args, get_origin, get_type_hints

from django.conf import settings
from django.urls import URLPattern

from .answers import JSON, NOT_THERE, PROBLEM
from .paging import BAD_CURSOR, BAD_LIMIT, MOST, UNLESS_TOLD
from .shapes import Problem

PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    datetime.datetime: {"type": "string", "format": "date-time"},
    datetime.date: {"type": "string", "format": "date"},
    types.NoneType: {"type": "null"},
}
SLUG: dict[str, Any] = {
    "name": "slug",
    "in": "path",
    "required": True,
    "description": "The last part of its page's address.",
    "schema": {"type": "string", "format": "slug"},
}
LIMIT: dict[str, Any] = {
    "name": "limit",
    "in": "query",
    "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": UNLESS_TOLD},
}


class Schemas:
    """The schemas of what is given, gathered by their names."""

    def __init__(self) -> None:
        self.named: dict[str, Any] = {}

    def of(self, kind: Any) -> dict[str, Any]:
        inner = get_args(kind)
        match get_origin(kind) or kind:
            case typing.Annotated:
                said = {name: words for each in inner[1:] for name, words in asdict(each).items() if words}
                schema = {**self.of(inner[0]), **said}
            case typing.Union | types.UnionType:
                schema = {"anyOf": [self.of(each) for each in inner]}
            case builtins.list:
                schema = {"type": "array", "items": self.of(inner[0])}
            case builtins.dict:
                schema = {"type": "object", "additionalProperties": self.of(inner[1])}
            case enum.EnumMeta():
                schema = {"type": "string", "enum": [each.value for each in kind]}
            case type() as shape if is_dataclass(shape):
                schema = self.refer(shape, inner)
            case plain:
                schema = dict(PLAIN[plain])
        return schema

    def refer(self, kind: type, inner: tuple[Any, ...]) -> dict[str, Any]:
        """To the schema of a dataclass; of a page of things, one for each kind of things."""
        name = f"{inner[0].__name__}{kind.__name__}" if inner else kind.__name__
        if name not in self.named:
            self.named[name] = {}
            hints = get_type_hints(kind, include_extras=True)
            if inner:
                hints["items"] = types.GenericAlias(list, inner)
            self.named[name] = {
                "type": "object",
                "description": " ".join((getdoc(kind) or "").split()),
                "properties": {key: self.of(hint) for key, hint in hints.items()},
                "required": list(hints),
            }
        return {"$ref": f"#/components/schemas/{name}"}


def document(prefix: str, operations: Sequence[URLPattern]) -> dict[str, Any]:
    schemas = Schemas()
    paths = {path_of(prefix, each): {"get": told(each, schemas)} for each in operations}
    schemas.of(Problem)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Undersigned",
            "version": "1",
            "description": "Joint statements and the organizations that have signed them: all that the public pages "
            "tell, read only, for programs on any site. Ask again with the ETag of an answer, and as long as nothing "
            "has changed it is 304. Fields may be added; none is taken away within a version.",
        },
        "servers": [{"url": settings.SITE_URL}],
        "paths": paths,
        "components": {"schemas": schemas.named},
    }


def path_of(prefix: str, operation: URLPattern) -> str:
    return f"/{prefix}{operation.pattern}".replace("<slug:slug>", "{slug}")


def told(operation: URLPattern, schemas: Schemas) -> dict[str, Any]:
    hints = get_type_hints(operation.callback, include_extras=True)
    name = str(operation.name).removeprefix("api_")
    parameters = [SLUG] if "slug" in hints else []
    answers = {
        "200": {"description": "Here it is.", "content": {JSON: {"schema": schemas.of(hints["return"])}}},
        "304": {"description": "It is as it was."},
    }
    if "paging" in hints:
        parameters = [*parameters, after(name), LIMIT]
        answers["400"] = problem(f"{BAD_LIMIT} {BAD_CURSOR}")
    if "slug" in hints:
        answers["404"] = problem(NOT_THERE)
    return {
        "operationId": name,
        "summary": getdoc(operation.callback),
        "parameters": parameters,
        "responses": answers,
    }


def after(name: str) -> dict[str, Any]:
    """Each list has cursors of its own."""
    return {
        "name": "after",
        "in": "query",
        "description": "Where to read on: the cursor in “next”.",
        "schema": {"type": "string", "format": f"cursor-of-{name}"},
    }


def problem(description: str) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{Problem.__name__}"}
    return {"description": description, "content": {PROBLEM: {"schema": schema}}}
