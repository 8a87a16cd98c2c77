"""Flows that workflows are made from in the tests of the hub."""

from typing import Any

import msgspec

from graph.file_format import write
from graph.flow import Block, Flow, Settings

GREETS: dict[str, Any] = msgspec.json.decode(
    write(
        Flow.of(
            [
                Block("name", "flow.input", {"name": "name", "default": "world"}),
                Block("keep", "files.write", {"path": "greeted.txt"}),
                Block("out", "flow.output", {"name": "file"}),
            ],
            [("name.value", "keep.content"), ("keep.path", "out.value")],
            name="Greets",
            description="Keeps whom it greets.",
        )
    )
)

WAITS: dict[str, Any] = msgspec.json.decode(
    write(
        Flow.of(
            [
                Block("seconds", "flow.input", {"name": "seconds", "default": 600}),
                Block("first", "files.write", {"path": "first.txt", "content": "1"}),
                Block("wait", "logic.wait"),
                Block("second", "files.write", {"path": "second.txt"}),
                Block("out", "flow.output", {"name": "file"}),
            ],
            [
                ("seconds.value", "wait.seconds"),
                ("first.path", "wait.value"),
                ("wait.value", "second.content"),
                ("second.path", "out.value"),
            ],
            name="Waits",
        )
    )
)


def _undoing(name: str, seconds: float) -> Flow:
    """Takes a while, and then leaves a file of its name."""
    return Flow.of(
        [
            Block("done", "flow.input", {"name": "done"}),
            Block("wait", "logic.wait", {"seconds": seconds, "value": name}),
            Block("note", "files.write", {"path": f"undone_{name}.txt"}),
        ],
        [("wait.value", "note.content")],
    )


def _undone(name: str, third: Block, takes: str) -> dict[str, Any]:
    """Two files, then something that takes the second's path and may fail."""
    flow = Flow.of(
        [
            Block("first", "files.write", {"path": "first.txt", "content": "1"}),
            Block("second", "files.write", {"path": "second.txt"}),
            third,
            Block("done", "logic.merge_some"),
            Block("undo", "logic.compensate", {"undo": ["undo_first", "undo_second"]}),
        ],
        [
            ("first.path", "second.content"),
            ("second.path", f"third.{takes}"),
            ("first.path", "done.first"),
            ("second.path", "done.second"),
            ("done.value", "undo.done"),
            ("third.error", "undo.failure"),
        ],
        name=name,
        flows={"undo_first": _undoing("first", 1.0), "undo_second": _undoing("second", 0.0)},
    )
    made: dict[str, Any] = msgspec.json.decode(write(flow))
    return made


_CAUGHT = Settings(on_error="port")

FAILS = _undone(
    "Fails",
    Block("third", "files.write", {"path": "/nowhere/at/all.txt"}, settings=_CAUGHT),
    takes="content",
)
"""Its third step fails. The second is undone at once, the first after a second."""

LINGERS = _undone(
    "Lingers", Block("third", "logic.wait", {"seconds": 600}, settings=_CAUGHT), takes="value"
)
"""The same, but that its third step takes its time."""
