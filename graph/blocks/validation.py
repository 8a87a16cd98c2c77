"""Validation: whether a value is what its JSON Schema says."""

from typing import Annotated, Any, Literal, NamedTuple

from graph.block import block
from graph.errors import BadInput
from graph.schemas import Fault, Schema, faults
from graph.spec import Example, Look

MOST_NAMED = 5


class Verdict(NamedTuple):
    """The value as it came, whether it is valid, and if not, where."""

    value: Annotated[Any, "The value as it came."]
    valid: Annotated[bool, "Whether it is as the schema says."]
    errors: Annotated[list[Fault], "Where it isn't: `path`, `message` and `rule` of each place."]


@block(
    "data.validate",
    title="Validate",
    icon="mdi6.check-decagram-outline",
    search=("json schema", "check", "verify", "jsonschema", "contract"),
    examples=[
        Example(
            {"value": {"age": 36}, "schema": {"required": ["name"]}},
            Verdict(
                {"age": 36},
                False,
                [{"path": "", "message": '"name" is a required property.', "rule": "required"}],
            ),
        ),
        Example(
            {"value": ["a", 1], "schema": {"items": {"type": "string"}}, "otherwise": "report"},
            Verdict(
                ["a", 1],
                False,
                [{"path": "[1]", "message": '1 is not of type "string".', "rule": "type"}],
            ),
        ),
        Example(
            {"value": 3, "schema": {"type": "integer"}, "otherwise": "fail"}, Verdict(3, True, [])
        ),
    ],
)
def validate(
    value: Annotated[Any, "The value to look at."],
    schema: Annotated[Schema, "The JSON Schema it should follow.", Look("schema")],
    otherwise: Annotated[
        Literal["report", "fail"], "Whether to go on and report, or to fail, if it isn't valid."
    ] = "report",
) -> Verdict:
    """Look whether a value is what a JSON Schema says, and where it isn't.

    Drafts 4 to 2020-12. Nothing is fetched: a schema that refers to an address is refused. At
    most 100 places are reported.
    """
    found = faults(value, schema)
    if found and otherwise == "fail":
        raise BadInput(f"The value is not as its schema says. {_listed(found)}")
    return Verdict(value, not found, found)


def _listed(found: list[Fault]) -> str:
    named = [f"{one['path'] or 'The value'}: {one['message']}" for one in found[:MOST_NAMED]]
    more = len(found) - len(named)
    return " ".join(named) + (f" And {more} more." if more > 0 else "")
