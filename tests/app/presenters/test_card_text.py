"""The line under a card's title says what the block does."""

from typing import Any

import pytest

from app.presenters.card_text import says
from graph.flow import Block
from tests.app.flows import CATALOG


def line(kind: str, **fields: Any) -> str:
    return says(Block("a", kind, fields), CATALOG.get(kind))


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        ("data.sort", {"field": "updated", "descending": True}, "updated · descending"),
        ("data.sort", {"descending": False}, "Sort a list by a field, by an expression"),
        ("data.aggregate", {"by": ["topic", "priority"]}, "topic, priority"),
        ("code.python", {"code": "\n\nx = 1\nreturn x"}, "x = 1"),
        ("files.read_many", {"read_as": "json"}, "read as json"),
        ("logic.for_each", {"body": "triage", "parallel": 8}, "triage · parallel 8"),
        ("files.write", {"path": {"$expr": "folder + name"}}, "folder + name"),
        ("flow.input", {"name": "a", "type": "text"}, "Text"),
        ("flow.output", {"name": "a", "description": "How many.\nMore."}, "How many."),
        ("no.such", {}, "no.such isn't installed"),
    ],
)
def test_what_a_block_does_is_told_by_its_fields(
    kind: str, fields: dict[str, Any], said: str
) -> None:
    assert line(kind, **fields).startswith(said)


def test_a_secret_is_told_by_nobody() -> None:
    assert "$secret" not in line("http.get", url={"$secret": "address"})
