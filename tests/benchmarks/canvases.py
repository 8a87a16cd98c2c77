"""Large flows to be drawn: blocks in a square, each with links from neighbours before it."""

import random
from typing import NamedTuple

from graph.flow import Block, End, Flow, Link, View

ACROSS, DOWN = 280.0, 190.0


class Drawn(NamedTuple):
    """As much of a flow as every contender draws: places, and links by block and side port."""

    places: list[tuple[float, float]]
    links: list[tuple[int, int, int]]
    """From the one output of a block, to a block, to its first or second input."""


def drawn(blocks: int) -> Drawn:
    """So many blocks with about 1.9 links each, the same for every contender."""
    dice = random.Random(blocks)
    side = max(1, round(blocks**0.5))
    places = [(index % side * ACROSS, index // side * DOWN) for index in range(blocks)]
    links = []
    for block in range(1, blocks):
        for port in range(2 if dice.random() < 0.9 else 1):
            back = min(block, dice.choice((1, 1, 1, 2, side, side + 1, side - 1)))
            links.append((block - back, block, port))
    return Drawn(places, links)


def flow_of(blocks: int) -> Flow:
    """The same as a flow of sorts, whose two inputs are a list and a field."""
    shown = drawn(blocks)
    made = [Block(f"b{n}", "data.sort", title=f"Sort number {n}") for n in range(blocks)]
    names = ("items", "field")
    links = [
        Link(End(f"b{source}", "value"), End(f"b{target}", names[port]))
        for source, target, port in shown.links
    ]
    positions = {f"b{n}": place for n, place in enumerate(shown.places)}
    return Flow(
        blocks={block.id: block for block in made},
        links={link.target: link for link in links},
        view=View(positions=positions),
    )
