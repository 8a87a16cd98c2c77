"""Changes of the shape of a flow, each as one edit: collapse, expand, copy, paste, link, heal."""

from graph.reshape.collapsing import collapse
from graph.reshape.expanding import expand
from graph.reshape.fragments import Pasted, duplicate, fragment, paste
from graph.reshape.healing import insert_on_link, remove_keeping
from graph.reshape.linking import connect, link_check, link_problem
from graph.reshape.names import Names, as_name, fresh_id, taken_ids
from graph.reshape.parts import only, upto

__all__ = [
    "Names",
    "Pasted",
    "as_name",
    "collapse",
    "connect",
    "duplicate",
    "expand",
    "fragment",
    "fresh_id",
    "insert_on_link",
    "link_check",
    "link_problem",
    "only",
    "paste",
    "remove_keeping",
    "taken_ids",
    "upto",
]
