"""A pack of two blocks: one that works something out, and one that gives many."""

from collections.abc import Iterator
from typing import Annotated

from graph.block import block
from graph.errors import BadInput
from graph.spec import Example, Look


@block(
    "yarn.weight",
    title="Weigh yarn",
    icon="mdi6.scale",
    output="grams",
    search=("weight", "length", "tex"),
    examples=[Example({"metres": 200, "tex": 50}, 10.0, "A light one")],
)
def weight(
    metres: Annotated[float, "How long it is."],
    tex: Annotated[float, "How many grams 1,000 metres of it weigh.", Look(more=True)] = 100.0,
) -> float:
    """Tell what a length of yarn weighs."""
    if metres < 0:
        raise BadInput(f"{metres} m is no length.", cure="Give zero or more.")
    return metres * tex / 1000


@block("yarn.skeins", title="Wind skeins", icon="mdi6.rotate-right", output="skeins")
def skeins(
    metres: Annotated[float, "How much there is."],
    each: Annotated[float, "How much goes on one skein."] = 100.0,
) -> Iterator[float]:
    """Wind yarn on skeins, the last of which may be a short one."""
    while metres > 0:
        yield min(metres, each)
        metres -= each
