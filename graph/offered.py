"""How blocks are called that another program offers: by whom it is reached, and what it calls them."""  # noqa: E501

import hashlib
import re

_KIND = re.compile(r"mcp\.(?P<connection>[a-z0-9_]+?)__(?P<tool>[a-z0-9_]+)\Z")


def kind_of(connection: str, tool: str) -> str:
    """The kind of block for a tool: `mcp.github__create_issue`.

    It depends on nothing but the two names, so a flow goes on meaning the same tool whatever
    else there is. What a kind can't spell is told apart by a few digits at the end.
    """
    return f"mcp.{spelled(connection)}__{spelled(tool)}"


def spelled(name: str) -> str:
    """A name in the letters of kinds, without two underscores in a row."""
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:60]
    if plain and plain == name and not name[0].isdigit():
        return plain
    digits = hashlib.sha256(name.encode()).hexdigest()[:6]
    return f"x{plain}_{digits}" if not plain or plain[0].isdigit() else f"{plain}_{digits}"


def offered_by(kind: str) -> str:
    """The connection that a kind comes through, as kinds spell it; "" for other kinds."""
    found = _KIND.match(kind)
    return found["connection"] if found else ""


def is_offered(kind: str) -> bool:
    """Whether a kind is one that another program offers."""
    return _KIND.match(kind) is not None


def absent(kind: str) -> tuple[str, str]:
    """What is said of such a kind that isn't there, and its cure; "" and "" for other kinds."""
    found = _KIND.match(kind)
    if found is None:
        return "", ""
    connection, tool = found["connection"], found["tool"]
    return (
        f"The tool {tool!r} of the MCP connection {connection!r} isn't known here.",
        f"Test the connection {connection!r} in the Connections dock, or make it there: "
        "its tools are blocks then.",
    )
