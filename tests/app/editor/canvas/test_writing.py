"""What blocks write: seen where one looks, however many write elsewhere."""

import numpy as np
from PySide6.QtCore import QRectF

from app.presenters.live_run import LiveRun
from graph.flow import Block, Flow, View
from runtime.events import RunStarted, TaskStarted, TaskStreamed
from tests.app.editor.canvas.conftest import Show
from tests.app.editor.canvas.test_canvas import pixels

MANY = 150
FAR = 100_000.0


def test_a_block_in_view_is_read_though_many_began_to_write_before_it(show: Show) -> None:
    ids = [f"c{n}" for n in range(MANY)] + ["here"]
    places = {id: (FAR + 300 * n, FAR) for n, id in enumerate(ids)} | {"here": (0.0, 0.0)}
    flow = Flow.of([Block(id, "text.case") for id in ids], view=View(positions=places))
    canvas = show(flow)
    live = LiveRun("r")
    live.take([RunStarted("r", 1, 0.0, "f"), *(TaskStarted("r", 2, 0.0, id) for id in ids)])
    live.take(TaskStreamed("r", 2, 0.0, id, ["word "]) for id in ids[:-1])
    canvas.workbench.watch(live)
    canvas.fit(QRectF(-200, -200, 600, 600))
    before = pixels(canvas)

    live.take([TaskStreamed("r", 2, 0.0, "here", ["Once upon a time"])])
    after = pixels(canvas)

    slip = canvas.to_view(canvas.shapes.rect("here").bottomLeft()).y()
    changed = np.nonzero((before != after).any(axis=2))[0]
    assert changed.size
    assert changed.min() >= slip - 2
