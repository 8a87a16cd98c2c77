"""The published schema of the protocol, and traffic held against it."""

import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs


def published() -> dict[str, Any]:
    """The schema as it is published, out of a package that brings it."""
    found = importlib.util.find_spec("debugpy")
    assert found is not None
    assert found.origin is not None
    [path] = Path(found.origin).parent.rglob("debugProtocol.json")
    schema: dict[str, Any] = json.loads(path.read_text())
    return schema


SCHEMA = published()
_VALIDATORS: dict[str, Any] = {}


def split(traffic: bytes) -> list[dict[str, Any]]:
    """The messages of one direction; taken apart as the protocol says, not as we do."""
    messages = []
    while traffic:
        head = re.match(rb"Content-Length: (\d+)\r\n\r\n", traffic)
        assert head, traffic[:200]
        end = head.end() + int(head[1])
        messages.append(json.loads(traffic[head.end() : end]))
        traffic = traffic[end:]
    return messages


def flaws(message: dict[str, Any]) -> list[str]:
    """What is wrong with a message by the schema."""
    name = _definition(message)
    if name not in _VALIDATORS:
        whole = {**SCHEMA, "$ref": f"#/definitions/{name}"}
        for unwanted in ("title", "description", "type"):
            whole.pop(unwanted, None)
        _VALIDATORS[name] = jsonschema_rs.Draft4Validator(whole)
    return [
        f"{name}: {error.message} {message}" for error in _VALIDATORS[name].iter_errors(message)
    ]


def _definition(message: dict[str, Any]) -> str:
    """The definition that a message has to fit."""
    match message["type"]:
        case "event":
            return _upper(message["event"]) + "Event"
        case "response" if not message["success"]:
            return "ErrorResponse"
        case kind:
            name = _upper(message["command"]) + kind.capitalize()
            return name if name in SCHEMA["definitions"] else kind.capitalize()


def _upper(name: str) -> str:
    return name[:1].upper() + name[1:]
