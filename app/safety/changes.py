"""What was changed in a flow, in sentences."""

from collections.abc import Sequence
from itertools import islice

from graph.diff import diff
from graph.edits import describe_all
from graph.errors import EditRefused
from graph.flow import Flow

MOST = 200


def changes(before: Flow, after: Flow) -> Sequence[str]:
    """A line for each change; the first 200 and how many more there are."""
    try:
        edits = diff(before, after)
    except EditRefused as error:
        return (f"They can't be compared: {error}",)
    said = (line for text in describe_all(edits, before) for line in text.split("\n"))
    lines = list(islice(said, MOST + 1))
    if len(lines) > MOST:
        lines[MOST:] = [f"… and {len(edits) - MOST} more changes"]
    return lines
