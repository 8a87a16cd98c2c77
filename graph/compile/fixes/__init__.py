"""Quick fixes: for a problem of a flow, the edits that would do away with it."""

from collections.abc import Callable, Iterator, Mapping

from graph.catalog import Catalog
from graph.compile.fixes import blocks, code, fields, links
from graph.compile.fixes.spot import Fix, Spot, spot_of
from graph.edits import Inside
from graph.errors import Problem
from graph.flow import Flow

__all__ = ["Fix", "fixes"]

FIXES: Mapping[str, Callable[[Spot], Iterator[Fix]]] = {
    "unknown-kind": blocks.of_unknown_kind,
    "recursion": blocks.of_recursion,
    "same-name": blocks.of_same_name,
    "bad-setting": blocks.of_bad_setting,
    "unknown-field": fields.of_unknown_field,
    "missing": fields.of_missing,
    "wrong-type": fields.of_wrong_type,
    "bad-marker": fields.of_bad_marker,
    "no-connection": fields.of_unusable,
    "bad-code": code.of_bad_code,
    "field-value": fields.of_unusable,
    "field-clash": fields.of_unusable,
    "unknown-flow": fields.of_unknown_flow,
    "bad-link": links.of_bad_link,
    "type-mismatch": links.of_type_mismatch,
    "no-port": links.of_no_port,
    "cycle": links.of_cycle,
}
"""What to do about a problem, by its code. A new fix is a function added here."""


def fixes(problem: Problem, flow: Flow, catalog: Catalog) -> list[Fix]:
    """The edits of `flow` that each do away with the problem, the likeliest first.

    `problem` is one that `check` found in that flow. Most codes have a fix, not every problem;
    one in a flow that is a file of its own has none here.
    """
    spot = spot_of(problem, flow, catalog)
    offered = FIXES.get(problem.code)
    if spot is None or offered is None:
        return []
    found = list(offered(spot))
    for name in reversed(spot.level.path):
        found = [Fix(fix.title, Inside(name, fix.edit)) for fix in found]
    return found
