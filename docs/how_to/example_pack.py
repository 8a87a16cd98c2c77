"""A pack of three blocks: one works something out, one gives many, one changes the world."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from agents.files.agent import FilesAgent
from graph.block import block
from graph.context import Context
from graph.errors import BadInput
from graph.spec import Example, Look, Needs


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


def _needs(fields: Mapping[str, Any]) -> Needs:
    """What an order touches, so that a person can agree to it beforehand."""
    return Needs(writes=(str(fields.get("book", "*")),))


@block(
    "yarn.order",
    title="Order yarn",
    icon="mdi6.cart-outline",
    output="number",
    effect="write",
    repeatable=True,
    needs=_needs,
)
async def order(
    skeins: Annotated[int, "How many."],
    context: Context,
    book: Annotated[str, "The file in which orders are written down.", Look("file")] = "orders.txt",
) -> Annotated[str, "The number of the order, the same however often it is tried."]:
    """Write an order into the book, once."""
    files = await context.agent(FilesAgent)
    number = context.key
    known = await files.read(book, 10_000_000) if await files.exists(book) else b""
    if number.encode() not in known:
        await files.append(book, f"{number}: {skeins} skeins\n".encode())
    context.progress(1, 1, f"{skeins} skeins ordered")
    return number
