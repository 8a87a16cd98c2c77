"""The identity of a flow's logic: one hash, whatever way it is drawn."""

import hashlib

import msgspec

from graph.file_format.writing import tree_of
from graph.flow import Flow


def flow_hash(flow: Flow) -> str:
    """SHA-256, in hex, of all that a flow says but its `view`.

    Flows that are files of their own count by what they say, not only by their name. What
    `graph.edits.touches_logic` calls an edit of the logic changes it, nothing else does.
    """
    return _hash(flow, {})


def _hash(flow: Flow, known: dict[int, str]) -> str:
    # Files may refer to each other in a lattice: each is worked out once, not once per way to it.
    if id(flow) not in known:
        tree = tree_of(flow, view=False, file=lambda inner: _hash(inner, known))
        known[id(flow)] = hashlib.sha256(msgspec.json.encode(tree)).hexdigest()
    return known[id(flow)]
