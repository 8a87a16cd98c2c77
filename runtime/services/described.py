"""What the OpenAPI documents of all services say alike: who is let in, refusals, and keys."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from runtime.services.idempotency import HEADER, LONGEST_KEY, METHODS
from runtime.services.offered import is_repeated
from runtime.wire import PROBLEM, Refusal

Document = Mapping[str, Any]

REFUSALS = {
    400: "The request is not as it should be; `detail` says where.",
    401: "The token is missing, wrong or expired.",
    403: "Whoever asks hasn't the role that this takes.",
    404: "There is nothing of that name.",
    409: "It can't be done as things are; `detail` says why.",
    413: "The body is larger than what is taken.",
    422: "What the request says can't be done; `detail` says why, `cure` what helps.",
    429: "That was asked too often; `Retry-After` says when to come again.",
    503: "An agent, or what it needs, can't be reached just now.",
}
"""What any request may be answered, as a problem document."""

_, _SHAPES = msgspec.json.schema_components([Refusal], ref_template="#/components/schemas/{name}")
_KEY = {
    "name": HEADER.decode().title(),
    "in": "header",
    "required": False,
    "description": "Requests with the same key are done once, and answered alike.",
    "schema": {"type": "string", "pattern": f"^[!-~]{{1,{LONGEST_KEY}}}$"},
}


def openapi_of(title: str, prefix: str) -> OpenAPIConfig:
    """How the app whose paths begin with `prefix` is described."""
    return OpenAPIConfig(
        title,
        "1",
        path="/schema",
        render_plugins=[_Renders(prefix)],
        use_handler_docstrings=True,
        components=Components(
            security_schemes={"token": SecurityScheme(type="http", scheme="bearer")}
        ),
        security=[{"token": []}],
    )


def described(document: Document, prefix: str) -> dict[str, Any]:
    """The document of that app with what the framework doesn't know of."""
    keyed = METHODS if is_repeated(prefix) else frozenset[str]()
    paths = {
        path: {method: _operation(said, keyed=method.upper() in keyed)
               for method, said in item.items()}
        for path, item in document["paths"].items()
    }  # fmt: skip
    components = document.get("components", {})
    shapes = {**components.get("schemas", {}), **_SHAPES}
    return {**document, "paths": paths, "components": {**components, "schemas": shapes}}


class _Renders(JsonRenderPlugin):
    def __init__(self, prefix: str) -> None:
        super().__init__()
        self._prefix = prefix

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        return super().render(request, described(openapi_schema, self._prefix))


def _operation(said: Document, *, keyed: bool) -> dict[str, Any]:
    refusals = {str(status): _refusal(text) for status, text in REFUSALS.items()}
    told = {**said, "responses": {**said["responses"], **refusals}}
    return {**told, "parameters": [*said.get("parameters", ()), _KEY]} if keyed else told


def _refusal(said: str) -> dict[str, Any]:
    shape = {"$ref": f"#/components/schemas/{Refusal.__name__}"}
    return {"description": said, "content": {PROBLEM: {"schema": shape}}}
