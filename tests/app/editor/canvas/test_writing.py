"""What blocks write: seen where one looks, however many write elsewhere."""

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont

from app.editor.canvas.writing import LINES, Sheet
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


WIDTH = 180.0
STORY = " ".join(f"word{n} and some more" for n in range(60))


def lines_of(sheet: Sheet) -> list[str]:
    text = sheet.layout.text()
    lines = [sheet.layout.lineAt(number) for number in range(sheet.lines)]
    return [text[line.textStart() :][: line.textLength()].strip() for line in lines]


def test_lines_stay_as_they_were_broken_while_a_text_grows(qapp: object) -> None:
    sheet, font, seen = Sheet(), QFont(), list[str]()
    for end in range(1, len(STORY) + 1):
        sheet.show(STORY[:end], font, WIDTH)
        lines = lines_of(sheet)
        if len(seen) > 1 and len(lines) > 1:
            assert lines[-2] == seen[-2] or seen[-1].startswith(lines[-2])
        seen = lines

    whole = Sheet()
    whole.show(STORY, font, WIDTH)
    assert lines_of(sheet)[-1].split()[-1] == lines_of(whole)[-1].split()[-1]
    assert sheet.lines <= 2 * LINES


def test_what_was_begun_anew_is_read_from_its_beginning(qapp: object) -> None:
    sheet, font = Sheet(), QFont()
    sheet.show("It was a dark and stormy night", font, WIDTH)

    sheet.show("Once upon", font, WIDTH)

    assert lines_of(sheet) == ["Once upon"]


def test_empty_lines_are_left_out_wherever_a_piece_ends(qapp: object) -> None:
    sheet, font = Sheet(), QFont()
    for text in ("\n", "\none\n", "\none\n\n \n", "\none\n\n \ntwo", "\none\n\n \ntwo\n"):
        sheet.show(text, font, WIDTH)

    assert lines_of(sheet) == ["one", "two"]
