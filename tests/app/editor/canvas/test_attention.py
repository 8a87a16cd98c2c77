"""While a link is drawn, what fits stays bright and all else fades."""

from typing import Any

import pytest

from app.editor.canvas.canvas import Canvas
from graph.flow import Block, Flow, View

FLOW = Flow.of(
    [Block("a", "data.sort"), Block("b", "data.sort")],
    view=View(positions={"a": (0, 0), "b": (300, 0)}),
)


@pytest.fixture
def canvas(show: Any) -> Canvas:
    shown: Canvas = show(FLOW)
    shown.set_zoom(1.0)
    return shown


def brightness(canvas: Canvas, id: str) -> float:
    """How bright the brightest pixel of a block's title is."""
    image = canvas.grab().toImage()
    corner = canvas.to_view(canvas.shapes.rect(id).topLeft()).toPoint()
    xs = range(corner.x() + 38, corner.x() + 80)
    return max(image.pixelColor(x, corner.y() + 20).lightnessF() for x in xs)


def test_blocks_without_a_fitting_port_fade(canvas: Canvas) -> None:
    plain = brightness(canvas, "b")

    canvas.attention.fit({("a", "items", "in")})

    assert brightness(canvas, "a") == pytest.approx(plain, abs=0.02)
    assert brightness(canvas, "b") < plain - 0.2


def test_afterwards_all_is_as_it_was(canvas: Canvas) -> None:
    before = canvas.grab().toImage()
    canvas.attention.fit({("a", "items", "in"), ("gone", "items", "in")})
    canvas.grab()

    canvas.attention.clear()

    assert not canvas.attention.active
    assert canvas.grab().toImage() == before
