"""One task of a plan as Python: its arguments, its call, and the variables that get its outputs."""

import ast
from collections.abc import Iterator
from typing import Any

from graph.available import MODULES
from graph.bodies import body_of
from graph.compile.plan import Plan, Source
from graph.compile.ports import OUTPUT
from graph.compile.program import CODE, CONSTANT, Program
from graph.compile.pythonic import identifier, inlined, joined, literal, robustness, with_secrets
from graph.compile.signature import signature_of
from graph.compile.subflows import PASS, PINNED
from graph.expressions import free_names
from graph.flow import PLAIN
from graph.spec import BlockSpec


class Statements:
    """The statements of a function's tasks, asked for in their order."""

    def __init__(self, program: Program, plan: Plan) -> None:
        self.program = program
        self.plan = plan
        self.slots: dict[int, str] = {}
        """The variable of each output that has one."""
        self.maybe: set[str] = set()
        """Variables that may hold no value."""
        self._names: set[str] = set()

    def targets(self, i: int) -> list[str]:
        """The variables that get a task's outputs."""
        first, count = self.plan.first_slot[i], len(self.plan.outputs[i])
        return [self.slots[slot] for slot in range(first, first + count)]

    def of(self, i: int) -> Iterator[str]:
        """The statements of a task, line by line or several lines at once."""
        plan = self.plan
        spec, first = plan.specs[i], plan.first_slot[i]
        arguments = self._arguments(i)
        for offset, port in enumerate(plan.outputs[i]):
            wanted = f"{plan.ids[i]}_{port}" if offset or spec.routes else plan.ids[i]
            self.variable(first + offset, wanted)
        targets = self.targets(i)
        target = ", ".join(targets)
        if spec in (PASS, PINNED) or spec.kind in (CONSTANT, OUTPUT):
            for name, port in zip(targets, plan.outputs[i], strict=True):
                value = arguments.get(port if spec is PINNED else "value", "None")
                yield f"{name} = {value}"
            return
        if spec.join == "settled" and all(
            self.slots[s.slot] in self.maybe for s in plan.sources[i]
        ):
            self.maybe.update(targets)
        if spec.kind == CODE and self._prints(i):
            self.program.helpers.add("printing")
            name, given = self._code(i, arguments)
            yield f"{target} = printing(lambda: {name}({given}))"
            return
        if spec.kind == CODE:
            target = targets[0]
        call = self._call(i, spec, arguments)
        if plan.settings[i].on_error != "stop":
            self.maybe.update(targets)
        if spec.routes:
            self.program.helpers.add("routed")
            self.maybe.update(targets)
            ports = ", ".join(map(repr, plan.outputs[i]))
            yield f"{target} = routed({call}, {ports})"
        elif target:
            comma = "," if spec.tupled and len(targets) == 1 else ""
            yield f"{target}{comma} = {call}"
        else:
            yield call

    def _call(self, i: int, spec: BlockSpec, arguments: dict[str, str]) -> str:
        settings = self.plan.settings[i]
        if spec.kind == CODE:
            name, given = self._code(i, arguments)
            return f"{name}({given})"
        if spec.wants_context:
            arguments[spec.wants_context] = self._context(i, spec)
        function, given = self.program.function(spec), joined(arguments)
        if spec.join == "settled":
            self.program.helpers.add("any_of")
            return f"any_of({function}, {given})"
        if spec.join == "regardless":
            self.program.helpers.add("came")
            return f"{function}(**came({given}))"
        robust = settings != PLAIN and (
            settings.retry or settings.time_limit or settings.on_error != "stop"
        )
        if robust:
            self.program.helpers.add("robust")
            how = joined(
                robustness(settings, len(spec.outputs)), first=[f"lambda: {function}({given})"]
            )
            return f"await robust(context, {how})"
        call = f"{function}({given})"
        if spec.mode == "stream":
            self.program.helpers.add("drained")
            return f"await drained({call}, joined={spec.joined})"
        return f"await {call}" if spec.mode == "async" else call

    def _context(self, i: int, spec: BlockSpec) -> str:
        """The surroundings of a call, with the flows that the block knows by name."""
        several = any(p.look.editor == "flows" for p in spec.flow_parameters)
        if not several and not spec.bodies:
            return "context"
        self.program.helpers |= {"Signature"}
        offered = list[str]()
        for name, body in self.plan.bodies.get(i, {}).items():
            told = signature_of(name, body)
            words = f"{told.name!r}, {told.description!r}, {literal(dict(told.takes))}"
            signature = f"Signature({words}, {told.writes})"
            offered.append(f"{name!r}: ({self.program.body(body)}, {signature})")
        return f"context.offering({{{', '.join(offered)}}})"

    def _prints(self, i: int) -> bool:
        """Whether what a block of code prints is used."""
        printed = self.plan.first_slot[i] + 1
        return any(s.slot == printed for sources in self.plan.sources for s in sources)

    def _code(self, i: int, arguments: dict[str, str]) -> tuple[str, str]:
        """A block of code as a function of its own: its name, and what it is called with."""
        code = ast.literal_eval(arguments.pop("code"))
        name = self.program.code[id(self.plan), i]
        body = body_of(code, ast.parse(code)).text
        parameters = ", ".join(f"{parameter}: Any" for parameter in arguments)
        self.program.functions.append(f"def {name}({parameters}) -> Any:\n{body}")
        return name, joined(arguments)

    # Arguments.

    def _arguments(self, i: int) -> dict[str, str]:
        plan = self.plan
        linked = {source.parameter: self.linked(source) for source in plan.sources[i]}
        arguments: dict[str, str] = {}
        known = {parameter.name for parameter in plan.specs[i].parameters}
        for name, value in plan.fields[i].items():
            arguments[name] = self._field(i, name, value)
        for name, expression in plan.expressions.get(i, {}).items():
            inputs = {n: self.slots[plan.first_slot[p.task]] for n, p in plan.inputs.items()}
            self.program.modules |= (free_names(expression) & MODULES) - linked.keys()
            arguments[name] = inlined(expression, linked, inputs)
        taken = {n: v for n, v in linked.items() if n in known or plan.specs[i].open_inputs}
        # An expression may make something of what is linked to its own port: that counts then.
        return arguments | {n: v for n, v in taken.items() if n not in arguments}

    def _field(self, i: int, name: str, value: Any) -> str:
        body = self.plan.bodies.get(i, {}).get(value) if isinstance(value, str) else None
        parameter = self.plan.specs[i].parameter(name)
        if body is not None and parameter and parameter.look.editor == "flow":
            return self.program.body(body)
        if name in self.plan.secrets.get(i, {}):
            return with_secrets(value)
        return literal(value)

    def linked(self, source: Source) -> str:
        """What comes over a link."""
        variable = self.slots[source.slot]
        if source.convert:
            self.program.helpers.add("convert")
            return f"convert({source.convert!r}, {variable})"
        return variable

    def variable(self, slot: int, wanted: str) -> str:
        """A variable for an output, with a name that nothing in the function has yet."""
        name = base = identifier(wanted)
        number = 2
        taken = self._names | self.program.names
        while name in taken:
            name, number = f"{base}_{number}", number + 1
        self._names.add(name)
        self.slots[slot] = name
        return name
