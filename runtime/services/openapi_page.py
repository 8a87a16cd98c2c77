"""What an OpenAPI document says, as a page for people: it holds all it needs, and runs nothing."""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

OPEN_PAGES = ("/api/v1/integration/docs",)
"""The pages of APIs: they hold nothing that is anybody's, and no token is needed to read them."""

STYLE = Path(__file__).resolve().parents[2] / "resources" / "gateway" / "docs.css"
METHODS = ("get", "post", "put", "patch", "delete")
DEEPEST = 12
"""Schemas within each other that are written out."""

Document = Mapping[str, Any]


def page_of(document: Document, address: str) -> bytes:
    """The page of a document that stands at `address`."""
    title = escape(document["info"]["title"])
    operations = "\n".join(
        _operation(document, path, method, item[method])
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item
    )
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_style()}</style>\n</head>\n<body>\n"
        f'<header><h1>{title}</h1><a href="{escape(address)}">OpenAPI 3.1</a></header>\n'
        f"<main>\n{operations}\n</main>\n</body>\n</html>\n"
    ).encode()


def headers() -> dict[str, str]:
    """What the page may do: be read."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'"
    return {"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff"}


@cache
def _style() -> str:
    return STYLE.read_text(encoding="utf-8").strip()


def _operation(document: Document, path: str, method: str, said: Document) -> str:
    inside = "\n".join(_inside(document, path, method, said))
    word = method.upper()
    return (
        f'<details class="endpoint" id="{escape(said.get("operationId", path))}"><summary>'
        f'<span class="method {word}">{word}</span> <span class="path">{escape(path)}</span> '
        f'<span class="title">{escape(_first(said))}</span></summary>\n'
        f'<div class="inside">\n{inside}\n</div></details>'
    )


def _first(said: Document) -> str:
    return str(said.get("description") or said.get("summary", "")).partition("\n")[0]


def _inside(document: Document, path: str, method: str, said: Document) -> Iterator[str]:
    rest = str(said.get("description", "")).partition("\n")[2].strip()
    if rest:
        yield f"<p>{escape(rest)}</p>"
    for one in said.get("parameters", ()):
        schema = _shown(_written(document, one.get("schema", {})))
        yield f"<h3>{escape(one['name'])} <span class='quiet'>{one['in']}</span></h3>{schema}"
    body = next(iter(said.get("requestBody", {}).get("content", {}).values()), None)
    if body is not None:
        yield f"<h3>Body</h3>{_shown(_written(document, body.get('schema', {})))}"
    yield f"<h3>For example</h3><pre>{escape(_curl(path, method, body is not None))}</pre>"
    for status, answer in said.get("responses", {}).items():
        means = escape(answer.get("description", ""))
        yield f"<h3>{status} <span class='quiet'>{means}</span></h3>"
        content = next(iter(answer.get("content", {}).values()), None)
        if content is not None and int(status) < 400:
            yield _shown(_written(document, content.get("schema", {})))


def _curl(path: str, method: str, has_body: bool) -> str:
    lines = [f'curl -X {method.upper()} -H "Authorization: Bearer $TOKEN"']
    if has_body:
        lines.append("-H 'Content-Type: application/json' -d @body.json")
    return " \\\n  ".join([*lines, f"$ADDRESS{path}"])


def _shown(schema: Any) -> str:
    return f"<pre>{escape(json.dumps(schema, indent=2, ensure_ascii=False))}</pre>"


def _written(document: Document, schema: Any, depth: int = 0) -> Any:
    """A schema with what it refers to in its place."""
    if depth > DEEPEST:
        return "…"
    match schema:
        case {"$ref": str(place)}:
            found: Any = document
            for step in place.removeprefix("#/").split("/"):
                found = found[step]
            return _written(document, found, depth + 1)
        case Mapping():
            return {key: _written(document, one, depth + 1) for key, one in schema.items()}
        case list() | tuple():
            return [_written(document, one, depth + 1) for one in schema]
    return schema
