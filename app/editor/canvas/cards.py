"""The measures of cards: how large each is, and where on it the ports are."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from app.presenters.card_text import asked_model
from app.presenters.shown_ports import shown_inputs, shown_outputs
from app.workbench import Workbench
from graph.compile.ports import NOTE, Ports
from graph.flow import Block
from graph.values import ANY, ValueType

WIDTH = 208.0
HEAD = 54.0
"""The part of a card above its ports: the title, and the line under it."""
ROW = 22.0
FOOT = 8.0
FOOTNOTE = 20.0
"""What is added for a line below the ports."""
NOTE_WIDTH = 240.0


class Port(NamedTuple):
    """A port as it is drawn: `y` below the card's upper edge."""

    name: str
    type: ValueType
    y: float


class Card(NamedTuple):
    """What a card shows of its block's ports, and its size. Equal cards are one object."""

    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    width: float
    height: float
    has_footnote: bool = False
    """Whether there is a line below the ports: which model is asked, and what that took."""

    def port(self, name: str, side: str) -> Port | None:
        """The port of that name, None when it isn't shown."""
        ports = self.inputs if side == "in" else self.outputs
        return next((port for port in ports if port.name == name), None)


Named = tuple[tuple[str, ValueType], ...]


@lru_cache(maxsize=4096)
def _card(inputs: Named, outputs: Named, has_footnote: bool) -> Card:
    rows = max(len(inputs), len(outputs))
    height = HEAD + rows * ROW + FOOT + (FOOTNOTE if has_footnote else 0.0)
    return Card(_column(inputs), _column(outputs), WIDTH, height, has_footnote)


@lru_cache(maxsize=256)
def note_card(height: float) -> Card:
    """The card of a note whose text is so high."""
    return Card((), (), NOTE_WIDTH, height)


def _column(named: Named) -> tuple[Port, ...]:
    return tuple(
        Port(name, type, HEAD + ROW * (row + 0.5)) for row, (name, type) in enumerate(named)
    )


def card_of(
    workbench: Workbench, block: Block, linked_in: Iterable[str], linked_out: Iterable[str],
    exposed: Iterable[str],
) -> Card:  # fmt: skip
    """The card of a block of the shown flow."""
    spec = workbench.catalog.get(block.kind)
    ports = workbench.ports(block) if spec else Ports({}, {})
    inputs = shown_inputs(block, spec, ports, linked_in, exposed)
    outputs = shown_outputs(block, ports, linked_out)
    return _card(
        tuple((name, ports.inputs.get(name, ANY)) for name in inputs),
        tuple((name, ports.outputs.get(name, ANY)) for name in outputs),
        asked_model(block, spec) is not None,
    )


def is_note(block: Block) -> bool:
    """Whether the block is a text on the canvas."""
    return block.kind == NOTE
