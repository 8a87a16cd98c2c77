"""The OpenAPI 3.1 document of a version."""

from collections.abc import Iterable, Mapping
from typing import Any

from agents.swarm.api_gateway.answers import as_json
from agents.swarm.api_gateway.asks import BODIES, Value, schema_of
from agents.swarm.api_gateway.gate import Gate
from agents.swarm.api_gateway.shapes import ROOT

PROBLEM = {
    "type": "object",
    "description": "A problem document (RFC 9457).",
    "required": ["title", "status", "detail"],
    "properties": {
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "cure": {"type": "string", "description": "What helps."},
        "run": {"type": "string", "description": "The run that tells more."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["in", "name", "message"],
                "properties": {
                    "in": {"enum": ["path", "query", "header", "body", "flow"]},
                    "name": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}

STATE = {
    "type": "object",
    "description": "How a run is.",
    "required": ["run", "state"],
    "properties": {
        "run": {"type": "string"},
        "state": {"enum": ["running", "succeeded", "failed", "cancelling"]},
        "at": {"type": "string", "description": "Where to ask for it."},
        "result": {"description": "What the endpoint answers."},
        "problem": {"$ref": "#/components/schemas/Problem"},
    },
}

TOLD = {
    400: "It can't be read.",
    401: "The key is missing or not known.",
    403: "The key doesn't open this, or the page may not call it.",
    404: "There is no such run.",
    408: "The body came too slowly.",
    409: "The call with this key is under way.",
    410: "It is answered no longer.",
    413: "The body is too large.",
    415: "The body isn't JSON.",
    422: "Some values aren't what they have to be.",
    429: "There were too many calls.",
    500: "The answer can't be made.",
    502: "The flow failed.",
    503: "Something is away just now.",
    504: "It took too long.",
}


def document(version: str, gates: Iterable[Gate], before: str = "") -> bytes:
    """The document as JSON; `before` is what its reader's addresses begin with."""
    paths: dict[str, dict[str, Any]] = {}
    gates = list(gates)
    for gate in gates:
        paths.setdefault(gate.endpoint.path, {})[gate.endpoint.method.lower()] = _operation(gate)
    if any(gate.endpoint.answers == "later" for gate in gates):
        paths["/runs/{run}"] = {"get": _run(gates)}
        paths["/runs/{run}/cancel"] = {"post": _cancel(gates)}
    return as_json(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "Heddle",
                "version": version,
                "description": "Flows behind addresses, served by Heddle.",
            },
            "servers": [{"url": f"{before}{ROOT}/{version}"}],
            "paths": paths,
            "components": {
                "schemas": {"Problem": PROBLEM, "State": STATE},
                "securitySchemes": {
                    "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
                    "bearer": {"type": "http", "scheme": "bearer"},
                },
            },
        }
    )


def _operation(gate: Gate) -> dict[str, Any]:
    endpoint = gate.endpoint
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.title or endpoint.name,
        "parameters": [_parameter(one, gate) for one in gate.values if one.where != "body"],
        "responses": _responses(gate),
        "security": [{"key": []}, {"bearer": []}] if endpoint.access == "key" else [],
    }
    if endpoint.description:
        operation["description"] = endpoint.description
    if endpoint.deprecation is not None:
        operation["deprecated"] = True
        if endpoint.deprecation.note:
            said = operation.get("description", "")
            operation["description"] = f"{said}\n\n{endpoint.deprecation.note}".strip()
    if endpoint.method != "GET":
        operation["parameters"].append(
            {"name": "Idempotency-Key", "in": "header", "required": False,
             "description": "Requests with the same key are done once.",
             "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"}}
        )  # fmt: skip
    if body := [one for one in gate.values if one.where == "body"]:
        operation["requestBody"] = {
            "required": any(one.required for one in body),
            "content": {"application/json": {"schema": schema_of(body, gate.definitions)}},
        }
    return operation


def _parameter(value: Value, gate: Gate) -> dict[str, Any]:
    schema = {**value.schema, **({"$defs": gate.definitions} if gate.definitions else {})}
    told: dict[str, Any] = {
        "name": value.said,
        "in": value.where,
        "required": value.required,
        "schema": {name: one for name, one in schema.items() if name != "description"},
    }
    if said := value.schema.get("description"):
        told["description"] = said
    return told


def _responses(gate: Gate) -> dict[str, Any]:
    endpoint = gate.endpoint
    refusals = {400, 403, 422, 502, 503, 504}
    refusals |= {401} if endpoint.access == "key" else set()
    refusals |= {408, 413, 415} if endpoint.method in BODIES else set()
    refusals |= {409} if endpoint.method != "GET" else set()
    refusals |= {410} if endpoint.deprecation and endpoint.deprecation.sunset else set()
    refusals |= {429} if endpoint.rate else set()
    refusals |= {500} if endpoint.response.make else set()
    told: dict[str, Any] = {str(_status(gate)): _success(gate)}
    for status in sorted(refusals):
        told[str(status)] = _refusal(status)
    return told


def _status(gate: Gate) -> int:
    return 202 if gate.endpoint.answers == "later" else gate.endpoint.status


def _success(gate: Gate) -> dict[str, Any]:
    endpoint = gate.endpoint
    if endpoint.answers == "later":
        return {
            "description": "It was begun.",
            "headers": {"Location": {"schema": {"type": "string"}}},
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/State"}}},
        }
    headers = {
        f"X-RateLimit-{name}": {"schema": {"type": "integer"}}
        for name in ("Limit", "Remaining", "Reset")
    }
    told: dict[str, Any] = {
        "description": "What the flow gives.",
        "content": {"application/json": {"schema": _given(gate)}},
    }
    return told | ({"headers": headers} if endpoint.rate else {})


def _given(gate: Gate) -> Mapping[str, Any]:
    how = gate.endpoint.response
    if how.alone:
        return gate.gives.get(how.alone, {})
    return {"type": "object", "properties": gate.gives}


def _run(gates: Iterable[Gate]) -> dict[str, Any]:
    wait = {
        "name": "Prefer", "in": "header", "required": False, "schema": {"type": "string"},
        "description": "wait=10 has the answer wait so many seconds for news, 30 at most.",
    }  # fmt: skip
    common = _of_a_run(gates, 200)
    return {
        **common,
        "operationId": "gateway_run",
        "summary": "How a run is",
        "parameters": [*common["parameters"], wait],
    }


def _cancel(gates: Iterable[Gate]) -> dict[str, Any]:
    common = _of_a_run(gates, 202)
    return {**common, "operationId": "gateway_cancel_run", "summary": "Cancel a run"}


def _of_a_run(gates: Iterable[Gate], status: int) -> dict[str, Any]:
    """What asking for a run and cancelling it have in common."""
    open_too = any(gate.endpoint.access == "open" for gate in gates)
    state = {"application/json": {"schema": {"$ref": "#/components/schemas/State"}}}
    return {
        "parameters": [
            {"name": "run", "in": "path", "required": True, "schema": {"type": "string"}}
        ],
        "security": [{"key": []}, {"bearer": []}, *([{}] if open_too else [])],
        "responses": {
            str(status): {"description": "How the run is.", "content": state},
            **{str(code): _refusal(code) for code in (400, 401, 403, 404, 500, 503)},
        },
    }


def _refusal(status: int) -> dict[str, Any]:
    return {
        "description": TOLD[status],
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    }
