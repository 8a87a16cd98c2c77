"""NodeGraphQt as it comes: its nodes, ports and pipes, each a graphics item of its own."""

import gc
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import process_time
from typing import Any

import psutil
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QAbstractSpinBox, QCompleter, QGraphicsItem

from tests.benchmarks.canvases import drawn
from tests.benchmarks.contenders.frames import HEIGHT, NEWS, WIDTH, application, moving
from tests.benchmarks.lane import DoLap, Lap


def library() -> Any:
    """NodeGraphQt, with what Python and PySide6 no longer give it lent to it for good."""
    from app.editor.canvas import node_graph

    for name in [name for name in sys.modules if name.startswith("NodeGraphQt")]:
        del sys.modules[name]
    sys.modules.update(node_graph.lent())
    import NodeGraphQt
    from NodeGraphQt.custom_widgets.properties_bin import prop_widgets_base
    from NodeGraphQt.qgraphics.node_backdrop import BackdropNodeItem
    from NodeGraphQt.widgets.tab_search import TabSearchCompleter

    BackdropNodeItem.ItemIsMovable = QGraphicsItem.GraphicsItemFlag.ItemIsMovable
    for spin in (prop_widgets_base.PropSpinBox, prop_widgets_base.PropDoubleSpinBox):
        spin.NoButtons = QAbstractSpinBox.ButtonSymbols.NoButtons
    TabSearchCompleter.PopupCompletion = QCompleter.CompletionMode.PopupCompletion
    return NodeGraphQt


class Stock:
    """A graph of its nodes; built without its undo stack, which would take far longer."""

    def __init__(self, blocks: int) -> None:
        base = library()

        class Sort(base.BaseNode):  # type: ignore[misc, name-defined]  # it has no types
            __identifier__ = "heddle"
            NODE_NAME = "Sort"

            def __init__(self) -> None:
                super().__init__()
                self.add_input("items", multi_input=True)
                self.add_input("field", multi_input=True)
                self.add_output("value")

        flow = drawn(blocks)
        self.graph = base.NodeGraph()
        self.graph.register_node(Sort)
        self.view = self.graph.viewer()
        self.graph.widget.resize(WIDTH, HEIGHT)
        self.graph.widget.show()
        application().processEvents()
        self.nodes = [
            self.graph.create_node(
                "heddle.Sort", name=f"Sort number {index}", pos=list(place),
                push_undo=False, selected=False,
            )
            for index, place in enumerate(flow.places)
        ]  # fmt: skip
        for source, target, port in flow.links:
            self.nodes[source].output(0).connect_to(self.nodes[target].input(port), push_undo=False)

    def look(self, zoom: float) -> None:
        whole = self.view.scene().itemsBoundingRect()
        if zoom:
            centre, width, height = whole.center(), WIDTH / zoom, HEIGHT / zoom
            whole = QRectF(centre.x() - width / 2, centre.y() - height / 2, width, height)
        self.view._scene_range = whole
        self.view._update_scene()

    def pan(self, across: int, down: int) -> None:
        scale = self.view.transform().m11()
        self.view._set_viewer_pan(across / scale, down / scale)

    def zoom(self, factor: float) -> None:
        self.view.scale(factor, factor)

    def news(self, turn: int) -> None:
        for step in range(NEWS):
            node = self.nodes[(turn * NEWS + step * 97) % len(self.nodes)]
            node.view.color = (40, (turn * 7 + step) % 255, 80, 255)

    def repaint(self) -> None:
        self.view.viewport().repaint()


@asynccontextmanager
async def stock(blocks: int, gesture: str, level: str, frames: int = 3) -> AsyncIterator[DoLap]:
    """Frames of a gesture."""
    application()
    yield moving(Stock(blocks), gesture, level, frames)


@asynccontextmanager
async def opened(blocks: int) -> AsyncIterator[DoLap]:
    """From nothing to the first frame, and what it adds to memory."""
    application()
    library()
    kept = []

    async def lap() -> Lap:
        gc.collect()
        before = psutil.Process(os.getpid()).memory_info().rss
        begun = process_time()
        stage = Stock(blocks)
        stage.look(0)
        stage.repaint()
        seconds = process_time() - begun
        kept.append(stage)
        grown = psutil.Process(os.getpid()).memory_info().rss - before
        return Lap(seconds, blocks, {"kilobytes": grown / 1000 / blocks})

    yield lap
