"""The flows that are debugged in these tests, and where in their files things stand."""

from graph.flow import Block, Flow
from tests.runtime.services.dap.conftest import Adapter

TOTAL = Flow.of(
    [
        Block("price", "flow.input", {"name": "price", "type": "number", "default": 20}),
        Block("net", "code.python", {"code": "return price * 2"}),
        Block("tax", "code.python", {"code": "return net / 5"}, "Work out the tax"),
        Block("sum", "code.python", {"code": "return net + tax"}),
        Block("out", "flow.output", {"name": "total"}),
    ],
    [
        ("price.value", "net.price"), ("net.value", "tax.net"), ("net.value", "sum.net"),
        ("tax.value", "sum.tax"), ("sum.value", "out.value"),
    ],
    name="Total",
)  # fmt: skip
WORDS = Flow.of(
    [
        Block("each", "logic.for_each", {"items": ["warp", "weft", "heddle", "shuttle"],
                                         "body": "one", "parallel": 1}, "For each word"),
        Block("out", "flow.output", {"name": "words"}),
    ],
    [("each.value", "out.value")],
    name="Words",
    flows={
        "one": Flow.of(
            [
                Block("item", "flow.input", {"name": "item"}),
                Block("upper", "text.case", {"style": "upper"}),
                Block("line", "text.template", {"text": "{word}!"}),
                Block("result", "flow.output"),
            ],
            [
                ("item.value", "upper.text"), ("upper.value", "line.word"),
                ("line.value", "result.value"),
            ],
        )
    },
)  # fmt: skip
ORDERS = Flow.of(
    [
        Block("order", "code.python", {"code": "return {'lines': [{'quantity': 2}]}"}),
        Block("count", "code.python", {"code": "return order['lines'][0]['quantity']"}),
        Block("out", "flow.output", {"name": "quantity"}),
    ],
    [("order.value", "count.order"), ("count.value", "out.value")],
)
BROKEN = Flow.of(
    [
        Block("by", "flow.input", {"name": "by", "type": "number", "default": 5}),
        Block("divide", "code.python", {"code": "return 10 / by"}),
        Block("out", "flow.output", {"name": "share"}),
    ],
    [("by.value", "divide.by"), ("divide.value", "out.value")],
    name="Broken",
)


def line_of(adapter: Adapter, flow: str, text: str, after: str = "") -> int:
    """The line of a flow file that holds a text."""
    lines = (adapter.folder / f"{flow}.flow.json").read_text().splitlines()
    start = next(n for n, line in enumerate(lines) if after in line)
    return next(n + 1 for n, line in enumerate(lines) if text in line and n >= start)
