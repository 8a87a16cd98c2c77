"""A flow as readable Python that gives the same result when run."""

import ast
import builtins
import textwrap
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from graph.available import MODULES
from graph.bodies import body_of
from graph.catalog import Catalog
from graph.compile.build import compile_flow
from graph.compile.plan import Plan, Source, Task
from graph.compile.ports import INPUT, OUTPUT
from graph.compile.pythonic import (
    INDENT,
    doc_text,
    identifier,
    inlined,
    joined,
    literal,
    robustness,
    with_secrets,
)
from graph.compile.signature import signature_of
from graph.compile.subflows import PASS, PINNED
from graph.expressions import free_names
from graph.flow import PLAIN, Flow
from graph.offered import is_offered
from graph.spec import BlockSpec

CONSTANT = "flow.constant"
CODE = "code.python"
_PLAIN = (CONSTANT, INPUT, OUTPUT)


def python_of(flow: Flow, catalog: Catalog) -> str:
    """The flow as the text of a Python program. Raises FlowInvalid.

    The program uses the blocks' own functions; expressions and code become plain Python, loops'
    bodies functions. `python FILE name=value …` runs it and prints the outputs as JSON.
    """
    plan = compile_flow(flow, catalog)
    module = _Module()
    module.reserve(plan)
    _Function(module, plan, "flow", flow.description).write()
    return module.text(flow)


def tasks_of(plan: Plan) -> list[Task]:
    """The tasks of a plan as told to people, each with the Python that does the same."""
    module = _Module()
    module.reserve(plan)
    function = _Function(module, plan, "flow")
    code = function.statements()
    shares = plan.critical()
    return [
        Task(
            id=plan.ids[i],
            kind=spec.kind,
            agent=spec.agent,
            effect=spec.effect,
            depends=tuple(plan.ids[j] for j in plan.depends(i)),
            share=shares.get(i, 0.0),
            code=code.get(i, ""),
        )
        for i, spec in enumerate(plan.specs)
    ]


class _Module:
    """The program as a whole: imports, and functions in the order they are finished."""

    def __init__(self) -> None:
        self.helpers: set[str] = {"Context", "run"}
        self.functions: list[str] = []
        self.code: dict[tuple[int, int], str] = {}
        """The function for a task that is code: plan and task to name."""
        self.bodies: dict[int, str] = {}
        """The function for the plan of a body."""
        self._written: set[int] = set()
        self.modules: set[str] = set()
        """Modules that expressions name; code imports what it needs itself."""
        self._imports: dict[tuple[str, str], str] = {}
        self._names: set[str] = {"flow", "context", "Any"} | set(dir(builtins)) | MODULES | _HELPERS

    def reserve(self, plan: Plan) -> None:
        """Name all functions first, so that no variable takes the name of one."""
        for i, spec in enumerate(plan.specs):
            if spec.kind == CODE:
                self.code[id(plan), i] = self.name(f"run_{plan.ids[i]}")
            elif spec.kind not in (*_PLAIN, PASS.kind, PINNED.kind):
                self.function(spec)
            for name, body in plan.bodies.get(i, {}).items():
                if id(body) not in self.bodies:
                    own = name.rpartition("/")[2].partition(".")[0].removeprefix("@")
                    self.bodies[id(body)] = self.name(own)
                    self.reserve(body)

    def function(self, spec: BlockSpec) -> str:
        """The name by which a block's function can be called."""
        source = (spec.function.__module__, spec.function.__name__)
        if source[0].startswith("heddle_pack_") or is_offered(spec.kind):
            self.helpers.add("block")
            return f"block({spec.kind!r})"
        if source not in self._imports:
            self._imports[source] = self.name(source[1], source[0].rpartition(".")[2])
        return self._imports[source]

    def body(self, plan: Plan) -> str:
        """The name of the function for a body, written when first asked for."""
        if id(plan) not in self._written:
            self._written.add(id(plan))
            _Function(self, plan, self.bodies[id(plan)]).write()
        return self.bodies[id(plan)]

    def name(self, wanted: str, prefix: str = "") -> str:
        """A name nothing in the module has yet."""
        name = identifier(wanted)
        if name in self._names and prefix:
            name = identifier(f"{prefix}_{wanted}")
        base, number = name, 2
        while name in self._names:
            name, number = f"{base}_{number}", number + 1
        self._names.add(name)
        return name

    def text(self, flow: Flow) -> str:
        title = flow.name or "A flow"
        doc = f'"""{doc_text(title)}, as Python. Run it with `python FILE name=value …`."""'
        known = defaultdict[str, list[str]](list)
        for (module, name), ours in sorted(self._imports.items()):
            known[module].append(f"{name} as {ours}" if ours != name else name)
        imports = [f"from {module} import {', '.join(names)}" for module, names in known.items()]
        imports.append(f"from runtime.exported import {', '.join(sorted(self.helpers))}")
        modules = [f"import {name}" for name in sorted(self.modules)]
        head = "\n".join([doc, "", *modules, "from typing import Any", "", *imports])
        tail = 'if __name__ == "__main__":\n    run(flow)\n'
        return "\n\n\n".join([head, *self.functions, tail])


_HELPERS = {
    "Context",
    "MISSING",
    "any_of",
    "block",
    "came",
    "convert",
    "drained",
    "present",
    "robust",
}
_HELPERS |= {"Signature", "first", "printing", "routed", "run"}


class _Step(NamedTuple):
    """The statements of one task: the variables they need to hold a value, and those they set.

    `sure` are those of them that hold a value whenever the statements are run.
    """

    lines: list[str]
    needs: frozenset[str]
    targets: list[str]
    sure: frozenset[str]


class _Function:
    """One flow as an async function: the flow itself, or the body of a loop."""

    def __init__(self, module: _Module, plan: Plan, name: str, description: str = "") -> None:
        self.module = module
        self.plan = plan
        self.name = name
        self.description = description
        self.steps: list[_Step] = []
        self.names: set[str] = {"context"}
        self.slots: dict[int, str] = {}
        self.maybe: set[str] = set()
        """Variables that may hold no value."""

    def write(self) -> None:
        """Add the function, and those it needs before it, to the module."""
        parameters = self._parameters()
        self._tasks()
        lines = [*self._grouped(), self._results()]
        doc = f'{INDENT}"""{doc_text(self.description)}"""\n' if self.description else ""
        head = f"async def {self.name}({parameters}) -> dict[str, Any]:\n"
        self.module.functions.append(head + doc + textwrap.indent("\n".join(lines), INDENT))

    def statements(self) -> dict[int, str]:
        """The statements of each task that isn't an input."""
        self._parameters()
        done = self._tasks()
        return {i: "\n".join(step.lines) for i, step in zip(done, self.steps, strict=True)}

    def _tasks(self) -> list[int]:
        """Write down every task but inputs; those that race each other only where they do."""
        races = {i: self._branches(i) for i in range(len(self.plan)) if self._races(i)}
        apart = {
            task for branches in races.values() for tasks in branches.values() for task in tasks
        }
        done = [i for i in range(len(self.plan)) if i not in self._presets() | apart]
        for i in done:
            if i in races:
                self._race(i, races[i])
            else:
                self._task(i)
        return done

    def _races(self, i: int) -> bool:
        return self.plan.specs[i].join == "first"

    def _branches(self, i: int) -> dict[int, list[int]]:
        """For each task a race waits for, the tasks that lead to it and to nothing else."""
        return {head: self._only_for(head, i) for head in self.plan.depends(i)}

    def _only_for(self, head: int, race: int) -> list[int]:
        private, presets = set[int](), self._presets()
        for j in range(head, -1, -1):
            follows = set(self.plan.dependents[j])
            leads_here = j == head or bool(follows & private)
            if leads_here and j not in presets and follows <= private | {race}:
                private.add(j)
        return sorted(private)

    def _race(self, i: int, branches: Mapping[int, list[int]]) -> None:
        """Tasks that race, as functions that are begun together."""
        self.module.helpers.add("first")
        lines, given = list[str](), dict[str, str]()
        for source in self.plan.sources[i]:
            branch = branches[self.plan.owner(source.slot)]
            if branch:
                name = self.module.name(f"{source.parameter}_branch")
                lines.extend(self._branch(name, branch, source))
                given[source.parameter] = f"{name}()"
            else:
                given[source.parameter] = self._linked(source)
        target = self._variable(self.plan.first_slot[i], self.plan.ids[i])
        lines.append(f"{target} = await first({joined(given)})")
        self.maybe.add(target)
        self.steps.append(_Step(lines, frozenset(), [target], frozenset()))

    def _branch(self, name: str, tasks: Sequence[int], source: Source) -> Iterator[str]:
        kept, self.steps = self.steps, []
        for i in tasks:
            self._task(i)
        lines = [*self._grouped(), f"return {self._linked(source)}"]
        self.steps = kept
        yield f"async def {name}() -> Any:"
        yield from textwrap.indent("\n".join(lines), INDENT).split("\n")
        yield ""

    def _results(self) -> str:
        named = {name: self.slots[slot] for name, slot in self.plan.results.items()}
        if self.maybe.intersection(named.values()):
            self.module.helpers.add("came")
            return f"return came({joined(named)})"
        return "return {" + ", ".join(f"{n!r}: {v}" for n, v in named.items()) + "}"

    def _grouped(self) -> Iterator[str]:
        """The statements, those that need the same values to be there under one `if`."""
        steps = deque(self.steps)
        while steps:
            step = steps.popleft()
            if not step.needs:
                yield from step.lines
                continue
            guard, group = step.needs, [step]
            sure = guard | step.sure
            while steps and steps[0].needs and steps[0].needs <= sure:
                group.append(steps.popleft())
                sure |= group[-1].sure
            targets = [name for one in group for name in one.targets]
            if targets:
                self.module.helpers.add("MISSING")
                yield " = ".join([*targets, "MISSING"])
            self.module.helpers.add("present")
            yield f"if present({', '.join(sorted(guard))}):"
            for one in group:
                yield from textwrap.indent("\n".join(one.lines), INDENT).split("\n")

    def _presets(self) -> set[int]:
        return {given.task for given in self.plan.inputs.values()}

    def _parameters(self) -> str:
        given = list[str]()
        for name, port in self.plan.inputs.items():
            variable = self._variable(self.plan.first_slot[port.task], name)
            default = "" if port.required else f" = {literal(port.default)}"
            given.append(f"{variable}: Any{default}")
        given.sort(key=lambda text: "=" in text)
        # Rounds of a loop are offered inputs that a body needn't have.
        return ", ".join(["context: Context", *(["*", *given] if given else []), "**_: Any"])

    # One task.

    def _task(self, i: int) -> None:
        plan = self.plan
        spec, sources = plan.specs[i], plan.sources[i]
        needs = {self.slots[source.slot] for source in sources} & self.maybe
        if spec.join != "all":
            needs = set()
        lines = "\n".join(self._statements(i)).split("\n")
        targets = self._targets(i)
        sure = frozenset(targets) - self.maybe
        if needs:
            self.maybe.update(targets)
        self.steps.append(_Step(lines, frozenset(needs), targets, sure))

    def _targets(self, i: int) -> list[str]:
        first, count = self.plan.first_slot[i], len(self.plan.outputs[i])
        return [self.slots[slot] for slot in range(first, first + count)]

    def _statements(self, i: int) -> Iterator[str]:
        plan = self.plan
        spec, first = plan.specs[i], plan.first_slot[i]
        arguments = self._arguments(i)
        for offset, port in enumerate(plan.outputs[i]):
            wanted = f"{plan.ids[i]}_{port}" if offset or spec.routes else plan.ids[i]
            self._variable(first + offset, wanted)
        targets = self._targets(i)
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
            self.module.helpers.add("printing")
            name, given = self._code(i, arguments)
            yield f"{target} = printing(lambda: {name}({given}))"
            return
        if spec.kind == CODE:
            target = targets[0]
        call = self._call(i, spec, arguments)
        if plan.settings[i].on_error != "stop":
            self.maybe.update(targets)
        if spec.routes:
            self.module.helpers.add("routed")
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
        function, given = self.module.function(spec), joined(arguments)
        if spec.join == "settled":
            self.module.helpers.add("any_of")
            return f"any_of({function}, {given})"
        if spec.join == "regardless":
            self.module.helpers.add("came")
            return f"{function}(**came({given}))"
        robust = settings != PLAIN and (
            settings.retry or settings.time_limit or settings.on_error != "stop"
        )
        if robust:
            self.module.helpers.add("robust")
            how = joined(
                robustness(settings, len(spec.outputs)), first=[f"lambda: {function}({given})"]
            )
            return f"await robust(context, {how})"
        call = f"{function}({given})"
        if spec.mode == "stream":
            self.module.helpers.add("drained")
            return f"await drained({call}, joined={spec.joined})"
        return f"await {call}" if spec.mode == "async" else call

    def _context(self, i: int, spec: BlockSpec) -> str:
        """The surroundings of a call, with the flows that the block knows by name."""
        several = any(p.look.editor == "flows" for p in spec.flow_parameters)
        if not several and not spec.bodies:
            return "context"
        self.module.helpers |= {"Signature"}
        offered = list[str]()
        for name, body in self.plan.bodies.get(i, {}).items():
            told = signature_of(name, body)
            words = f"{told.name!r}, {told.description!r}, {literal(dict(told.takes))}"
            signature = f"Signature({words}, {told.writes})"
            offered.append(f"{name!r}: ({self.module.body(body)}, {signature})")
        return f"context.offering({{{', '.join(offered)}}})"

    def _prints(self, i: int) -> bool:
        """Whether what a block of code prints is used."""
        printed = self.plan.first_slot[i] + 1
        return any(s.slot == printed for sources in self.plan.sources for s in sources)

    def _code(self, i: int, arguments: dict[str, str]) -> tuple[str, str]:
        """A block of code as a function of its own: its name, and what it is called with."""
        code = ast.literal_eval(arguments.pop("code"))
        name = self.module.code[id(self.plan), i]
        body = body_of(code, ast.parse(code)).text
        parameters = ", ".join(f"{parameter}: Any" for parameter in arguments)
        self.module.functions.append(f"def {name}({parameters}) -> Any:\n{body}")
        return name, joined(arguments)

    # Arguments.

    def _arguments(self, i: int) -> dict[str, str]:
        plan = self.plan
        linked = {source.parameter: self._linked(source) for source in plan.sources[i]}
        arguments: dict[str, str] = {}
        known = {parameter.name for parameter in plan.specs[i].parameters}
        for name, value in plan.fields[i].items():
            arguments[name] = self._field(i, name, value)
        for name, expression in plan.expressions.get(i, {}).items():
            inputs = {n: self.slots[plan.first_slot[p.task]] for n, p in plan.inputs.items()}
            self.module.modules |= (free_names(expression) & MODULES) - linked.keys()
            arguments[name] = inlined(expression, linked, inputs)
        taken = {n: v for n, v in linked.items() if n in known or plan.specs[i].open_inputs}
        # An expression may make something of what is linked to its own port: that counts then.
        return arguments | {n: v for n, v in taken.items() if n not in arguments}

    def _field(self, i: int, name: str, value: Any) -> str:
        body = self.plan.bodies.get(i, {}).get(value) if isinstance(value, str) else None
        parameter = self.plan.specs[i].parameter(name)
        if body is not None and parameter and parameter.look.editor == "flow":
            return self.module.body(body)
        if name in self.plan.secrets.get(i, {}):
            return with_secrets(value)
        return literal(value)

    def _linked(self, source: Source) -> str:
        variable = self.slots[source.slot]
        if source.convert:
            self.module.helpers.add("convert")
            return f"convert({source.convert!r}, {variable})"
        return variable

    def _variable(self, slot: int, wanted: str) -> str:
        name = base = identifier(wanted)
        number = 2
        taken = self.names | self.module._names | {"context"}
        while name in taken:
            name, number = f"{base}_{number}", number + 1
        self.names.add(name)
        self.slots[slot] = name
        return name
