"""What the editors of a block's fields may know of what is around the block."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.editor.previewer import Previewer
from app.presenters.trying import names_for
from app.workbench import Workbench
from graph.compile.ports import INPUT
from graph.flow import Block, Flow, Link
from graph.spec import BlockSpec, Look, Parameter


class Surroundings(QObject):
    """The block whose form is shown, where it stands."""

    theme_changed = Signal()

    def __init__(
        self, workbench: Workbench, block: str, parent: QObject | None = None,
        previewer: Previewer | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.workbench = workbench
        self.previewer = previewer
        self._links: tuple[Flow, dict[str, Link]] | None = None
        self.id = block

    @property
    def block(self) -> Block | None:
        """The block as it is now, None once it is gone."""
        return self.workbench.flow.blocks.get(self.id)

    @property
    def spec(self) -> BlockSpec | None:
        """What its kind is, None when that isn't installed."""
        return self.workbench.catalog.get(self.block.kind) if self.block else None

    @property
    def title(self) -> str:
        """What the block is called."""
        return self.title_of(self.id)

    def title_of(self, block: str) -> str:
        """What a block of the same flow is called."""
        found = self.workbench.flow.blocks.get(block)
        spec = self.workbench.catalog.get(found.kind) if found else None
        return (found.title if found else "") or (spec.title if spec else block)

    def title_of_port(self, port: str) -> str:
        """A port as a screen reader says it."""
        return f"{port.replace('_', ' ').strip().capitalize()} of {self.title}"

    def name_of(self, parameter: Parameter) -> str:
        """What a screen reader says of a field: `Text of Fill template`."""
        return f"{parameter.title} of {self.title}"

    def links(self) -> dict[str, Link]:
        """The links into the block, by port; looked for once in each state of the flow."""
        flow = self.workbench.flow
        if self._links is None or self._links[0] is not flow:
            self._links = (flow, {link.target.port: link for link in flow.links_into(self.id)})
        return self._links[1]

    def given(self) -> dict[str, Any]:
        """The last value of every input that is linked and has had one in the watched run."""
        values = dict[str, Any]()
        for port, link in self.links().items():
            outputs = self._last(link.source.block)
            if link.source.port in outputs:
                values[port] = outputs[link.source.port]
        return values

    def likely(self) -> dict[str, Any]:
        """What was given last, or will be: a constant, a pinned value, the default of an input.

        Of a list that the block runs through, the first item.
        """
        known = dict[str, Any]()
        for port, link in self.links().items():
            source = self.workbench.flow.blocks.get(link.source.block)
            if source is not None:
                known |= _foreseen(port, source, link.source.port)
        return _first_round(self.block, known | self.given())

    def _last(self, block: str) -> Mapping[str, Any]:
        """The last outputs of a block, in the round that is looked at."""
        bench = self.workbench
        if bench.run is None:
            return {}
        found = bench.flow.blocks.get(block)
        if found is not None and found.kind == INPUT:
            inputs = bench.run.inputs(bench.blocks_into, bench.round)
            name = str(found.fields.get("name", block))
            if name in inputs:
                return {"value": inputs[name]}
        return bench.run.outputs(bench.address(block), bench.round)

    def outputs(self) -> Mapping[str, Any]:
        """The block's own last outputs."""
        return self._last(self.id)

    def names_for(self, parameter: Parameter) -> dict[str, Any]:
        """The names that code in the field has, as far as their values are known."""
        block, spec = self.block, self.spec
        if block is None or spec is None:
            return {}
        if parameter.look.editor == "code":
            return self.likely()
        look = parameter.look if parameter.look.editor == "expression" else Look()
        return names_for(block, spec, look, self.likely())

    def places(self) -> tuple[list[str], dict[str, Any]]:
        """The names a {place} of a text can have, and their values as far as they are known."""
        block, likely = self.block, self.likely()
        fields = likely.get("fields") or (block.fields.get("fields") if block else None)
        inner = dict(fields) if isinstance(fields, Mapping) else {}
        values = {**inner, **likely}
        own = {parameter.name for parameter in self.spec.parameters} if self.spec else set[str]()
        names = [name for name in (*inner, *self.links()) if name not in own]
        return names, {name: value for name, value in values.items() if name not in own}

    def expected(self, parameter: Parameter) -> list[str]:
        """The names that code in the field will have when the block runs."""
        links = list(self.links())
        if parameter.look.editor == "code":
            return links
        if parameter.look.editor != "expression":
            return [*links, "inputs"]
        spec = self.spec
        return [*parameter.look.names, *(links if spec and spec.open_inputs else ())]


def _first_round(block: Block | None, given: dict[str, Any]) -> dict[str, Any]:
    """What a block that runs for each item of an input is given for the first of them."""
    each = block.settings.each if block else ""
    items = given.get(each)
    return given | {each: items[0]} if isinstance(items, (list, tuple)) and items else given


def _foreseen(port: str, source: Block, output: str) -> dict[str, Any]:
    """What a block gives without being run, under the name of the port it feeds."""
    if source.settings.pin is not None:
        return {port: source.settings.pin[output]} if output in source.settings.pin else {}
    field = {"flow.constant": "value", INPUT: "default"}.get(source.kind, "")
    value = source.fields.get(field)
    plain = not (isinstance(value, dict) and any(str(name).startswith("$") for name in value))
    return {port: value} if value is not None and plain else {}
