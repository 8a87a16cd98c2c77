"""Flows that workflows are made from in the tests of the hub."""

from typing import Any

import msgspec

from graph.file_format import write
from graph.flow import Block, Flow

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
