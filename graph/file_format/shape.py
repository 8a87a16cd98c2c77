"""The shape of a flow file: what its objects hold, said once for reading, saving and schema."""

import re
from typing import Annotated, Any, Literal

import msgspec

from graph.flow import ANYTHING, NAME, PLAIN, Budget, Settings, View

FORMAT = 1
"""The version this Heddle writes. It reads all older ones, see `upgrades`."""

LINK = re.compile(
    r"\s*([A-Za-z_][A-Za-z0-9_]*)\.([A-Za-z_][A-Za-z0-9_]*)\s*->"
    r"\s*([A-Za-z_][A-Za-z0-9_]*)\.([A-Za-z_][A-Za-z0-9_]*)"
    r"(?:\s+as\s+([A-Za-z_][A-Za-z0-9_]*))?\s*\Z"
)
"""`block.port -> block.port`, and `as coercion` where one is applied."""

FILE_SUFFIX = ".flow.json"
"""How the name of a flow file ends, and so how a reference to one is told from a name."""

# What the schema says of texts; reading checks them itself, to say all that is wrong at once.
_NAME_SCHEMA = {"pattern": NAME.pattern.replace(r"\Z", "$").join(("^", ""))}
_LINK_SCHEMA = {
    "pattern": LINK.pattern.replace(r"\Z", "$").join(("^", "")),
    "examples": ["fetch.value -> parse.text", "count.value -> fill.text as text"],
}
Name = Annotated[str, msgspec.Meta(extra_json_schema=_NAME_SCHEMA)]
LinkText = Annotated[str, msgspec.Meta(extra_json_schema=_LINK_SCHEMA)]


class BlockShape(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One block: its kind, what its fields are set to, and how it is run."""

    kind: str
    title: str = ""
    fields: dict[str, Any] = {}
    settings: Settings = PLAIN


class FlowShape(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A flow: blocks by id, links as texts, embedded flows by name, and how it is drawn."""

    name: str = ""
    description: str = ""
    blocks: dict[Name, BlockShape] = {}
    links: list[LinkText] = []
    flows: dict[Name, "FlowShape"] = {}
    view: View = View()
    budget: Budget = ANYTHING


class FileShape(FlowShape, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A flow file: the version of its format, and the flow."""

    heddle: Literal[1]


def is_file(name: str) -> bool:
    """Whether a flow of that name is a file of its own, not embedded."""
    return name.endswith(FILE_SUFFIX)
