"""Kinds of blocks as flows of their own, to be used as tools."""

import pytest

from graph.compile import compile_flow
from graph.compile.checks import check
from graph.compile.signature import signature_of
from graph.reshape.wrapping import wrapped
from runtime.plugins import installed

CATALOG = installed().catalog


@pytest.mark.parametrize("kind", ["text.template", "http.request", "files.read", "ai.chat"])
def test_a_block_takes_what_it_cant_do_without(kind: str) -> None:
    spec = CATALOG.spec(kind)

    told = signature_of("it", compile_flow(wrapped(spec), CATALOG))

    assert told.description == spec.summary
    required = {p.name for p in spec.parameters if p.required}
    assert set(told.takes["required"]) == required


def test_every_kind_can_be_wrapped() -> None:
    for spec in CATALOG:
        if spec.category not in ("flow", "logic"):
            problems = [p.code for p in check(wrapped(spec), CATALOG) if p.severity == "error"]
            assert set(problems) <= {"missing", "field-value"}, spec.kind
