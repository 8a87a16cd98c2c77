"""The page of a version for people: what there is, and a form to try each endpoint."""

import base64
import functools
import hashlib
from html import escape
from pathlib import Path

from agents.swarm.api_gateway.answers import Header
from agents.swarm.api_gateway.shapes import ROOT

FOLDER = Path(__file__).resolve().parents[3] / "resources" / "gateway"


def page(version: str, before: str = "") -> bytes:
    """The page, which reads the OpenAPI document and needs nothing from elsewhere.

    `before` is what its reader's addresses begin with.
    """
    root = escape(f"{before}{ROOT}/")
    said = {"{root}": root, "{document}": f"{root}{version}/openapi.json", "{version}": version}
    drawn = _frame()
    for place, value in said.items():
        drawn = drawn.replace(place, value)
    return drawn.encode()


@functools.cache
def _frame() -> str:
    style, script = _read("docs.css"), _read("docs.js")
    return _read("docs.html").replace("{style}", style).replace("{script}", script)


@functools.cache
def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8").strip()


def _hash(name: str) -> str:
    digest = hashlib.sha256(_read(name).encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def safe() -> tuple[Header, ...]:
    """What the page may do: run its own script, and speak to where it came from."""
    policy = (
        f"default-src 'none'; style-src {_hash('docs.css')}; script-src {_hash('docs.js')};"
        " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return ((b"content-security-policy", policy.encode()), (b"x-content-type-options", b"nosniff"))
