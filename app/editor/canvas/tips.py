"""What is told of the thing under the mouse."""

from html import escape

from app.editor.canvas.hits import Hit
from app.editor.canvas.marks import Marks
from app.editor.canvas.shapes import Shapes
from app.presenters.brief import brief
from app.presenters.shown_ports import label
from app.workbench import Workbench
from graph.flow import Block
from graph.spec import BlockSpec

LONGEST = 300


def tip(hit: Hit, workbench: Workbench, shapes: Shapes, marks: Marks) -> str:
    """The text of a tooltip as HTML, "" for none."""
    if hit.kind == "port":
        return _of_port(hit, workbench, shapes, marks)
    if hit.kind == "link" and hit.link in shapes.link_rows:
        return _of_link(shapes.link_rows[hit.link], shapes, marks)
    if hit.kind == "block" and hit.block in shapes:
        return _of_block(hit.block, workbench, shapes, marks)
    return ""


def _of_port(hit: Hit, workbench: Workbench, shapes: Shapes, marks: Marks) -> str:
    block = workbench.flow.blocks[hit.block]
    port = shapes.card(hit.block).port(hit.port, hit.side)
    spec = workbench.catalog.get(block.kind)
    parts = [_heading(label(hit.port), str(port.type) if port else "")]
    if told := _described(spec, hit):
        parts.append(escape(told))
    if hit.side == "out":
        outputs = workbench.values(hit.block)
        if hit.port in outputs:
            parts.append(_last(outputs[hit.port]))
    else:
        parts += [
            _last(value)
            for row in shapes.touching(hit.block).tolist()
            if shapes.links[row].target == (hit.block, hit.port)
            for there, value in (marks.value(row),)
            if there
        ]
    return "<br>".join(parts)


def _described(spec: BlockSpec | None, hit: Hit) -> str:
    if spec is None:
        return ""
    found = spec.parameter(hit.port) if hit.side == "in" else spec.output(hit.port)
    return found.description if found else ""


def _of_link(row: int, shapes: Shapes, marks: Marks) -> str:
    link = shapes.links[row]
    parts = [escape(f"{label(link.source.port)} → {label(link.target.port)}")]
    if link.convert:
        parts.append(f"converted: {escape(label(link.convert))}")
    count = marks.count(row)
    if count:
        parts.append(f"{count:,} value{'s' if count > 1 else ''} so far")
    there, value = marks.value(row)
    return "<br>".join([*parts, _last(value)] if there else parts)


def _of_block(id: str, workbench: Workbench, shapes: Shapes, marks: Marks) -> str:
    block: Block = workbench.flow.blocks[id]
    spec = workbench.catalog.get(block.kind)
    title = spec.title if spec else f"{block.kind} isn't installed"
    parts = [_heading(block.title or title, title if block.title else "")]
    if spec and spec.summary:
        parts.append(escape(spec.summary))
    if block.settings.bypass:
        parts.append("Bypassed: values pass it by.")
    if block.settings.pin is not None:
        parts.append("Pinned: gives recorded values instead of running.")
    if difference := marks.difference(shapes.rows[id]):
        parts.append(DIFFERENCES[difference])
    status = marks.status(shapes.rows[id])
    if status.look:
        parts.append(escape(" · ".join(filter(None, (status.look, status.short, status.line)))))
    if status.because:
        parts.append(escape(status.because))
    parts += [
        escape(f"⚠ {problem.message} {problem.cure}".strip())
        for problem in marks.problems.get(id, ())
    ]
    return "<br>".join(parts)


DIFFERENCES = {
    "differs": "≠ Gave something else than in the run it is compared with.",
    "parts": "≠ Here the two runs part that are compared.",
}


def _heading(name: str, kind: str) -> str:
    return f"<b>{escape(name)}</b>" + (f" – {escape(kind)}" if kind else "")


def _last(value: object) -> str:
    return f"Last value: {escape(brief(value, LONGEST))}"
