"""A flow as readable Python that gives the same result when run."""

import ast
import builtins
import keyword
import pprint
import re
import textwrap
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from graph.catalog import Catalog
from graph.compile.build import compile_flow
from graph.compile.plan import Plan, Source, Task
from graph.compile.ports import OUTPUT
from graph.compile.subflows import PASS, PINNED
from graph.flow import PLAIN, Flow, Settings
from graph.spec import BlockSpec

CONSTANT = "flow.constant"
CODE = "code.python"
INDENT = "    "


def python_of(flow: Flow, catalog: Catalog) -> str:
    """The flow as the text of a Python program. Raises FlowInvalid.

    The program uses the blocks' own functions; expressions and code become plain Python, loops'
    bodies functions. `python FILE name=value …` runs it and prints the outputs as JSON.
    """
    plan = compile_flow(flow, catalog)
    module = _Module()
    _Function(module, plan, "flow", flow.description).write()
    return module.text(flow)


def tasks_of(plan: Plan) -> list[Task]:
    """The tasks of a plan as told to people, each with the Python that does the same."""
    function = _Function(_Module(), plan, "flow")
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
        self._imports: dict[tuple[str, str], str] = {}
        self._names: set[str] = {"flow", "context", "Any"} | set(dir(builtins)) | _HELPERS

    def function(self, spec: BlockSpec) -> str:
        """The name by which a block's function can be called."""
        source = (spec.function.__module__, spec.function.__name__)
        if source[0].startswith("heddle_pack_"):
            self.helpers.add("block")
            return f"block({spec.kind!r})"
        if source not in self._imports:
            self._imports[source] = self.name(source[1], source[0].rpartition(".")[2])
        return self._imports[source]

    def name(self, wanted: str, prefix: str = "") -> str:
        """A name nothing in the module has yet."""
        name = _identifier(wanted)
        if name in self._names and prefix:
            name = _identifier(f"{prefix}_{wanted}")
        base, number = name, 2
        while name in self._names:
            name, number = f"{base}_{number}", number + 1
        self._names.add(name)
        return name

    def text(self, flow: Flow) -> str:
        title = flow.name or "A flow"
        doc = f'"""{_doc(title)}, as Python. Run it with `python FILE name=value …`."""'
        imports = sorted(
            f"from {module} import {name}" + (f" as {known}" if known != name else "")
            for (module, name), known in self._imports.items()
        )
        imports.append(f"from runtime.exported import {', '.join(sorted(self.helpers))}")
        head = "\n".join([doc, "", "from typing import Any", "", *imports])
        tail = 'if __name__ == "__main__":\n    run(flow)\n'
        return "\n\n\n".join([head, *self.functions, tail])


_HELPERS = {"Context", "MISSING", "block", "came", "convert", "drained", "present", "robust"}
_HELPERS |= {"routed", "run"}


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
        doc = f'{INDENT}"""{_doc(self.description)}"""\n' if self.description else ""
        head = f"async def {self.name}({parameters}) -> dict[str, Any]:\n"
        self.module.functions.append(head + doc + textwrap.indent("\n".join(lines), INDENT))

    def statements(self) -> dict[int, str]:
        """The statements of each task that isn't an input."""
        self._parameters()
        done = self._tasks()
        return {i: "\n".join(step.lines) for i, step in zip(done, self.steps, strict=True)}

    def _tasks(self) -> list[int]:
        presets = self._presets()
        done = [i for i in range(len(self.plan)) if i not in presets]
        for i in done:
            self._task(i)
        return done

    def _results(self) -> str:
        named = {name: self.slots[slot] for name, slot in self.plan.results.items()}
        if self.maybe.intersection(named.values()):
            self.module.helpers.add("came")
            return f"return came({_joined(named)})"
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
            default = "" if port.required else f" = {_literal(port.default)}"
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
            wanted = plan.ids[i] if len(plan.outputs[i]) == 1 else f"{plan.ids[i]}_{port}"
            self._variable(first + offset, wanted)
        targets = self._targets(i)
        target = ", ".join(targets)
        if spec in (PASS, PINNED) or spec.kind in (CONSTANT, OUTPUT):
            for name, port in zip(targets, plan.outputs[i], strict=True):
                value = arguments.get(port if spec is PINNED else "value", "None")
                yield f"{name} = {value}"
            return
        call = self._call(i, spec, arguments)
        if plan.settings[i].on_error != "stop":
            self.maybe.update(targets)
        if spec.routes:
            self.module.helpers.add("routed")
            self.maybe.update(targets)
            ports = ", ".join(map(repr, plan.outputs[i]))
            yield f"{target} = routed({call}, {ports})"
        elif target:
            yield f"{target} = {call}"
        else:
            yield call

    def _call(self, i: int, spec: BlockSpec, arguments: dict[str, str]) -> str:
        settings = self.plan.settings[i]
        if spec.kind == CODE:
            return self._code(i, arguments)
        if spec.wants_context:
            arguments[spec.wants_context] = "context"
        if spec.join != "all":
            self.module.helpers.add("came")
            given = f"**came({_joined(arguments)})"
        else:
            given = _joined(arguments)
        function = self.module.function(spec)
        robust = settings != PLAIN and (
            settings.retry or settings.time_limit or settings.on_error != "stop"
        )
        if robust:
            self.module.helpers.add("robust")
            how = _joined(
                _robust(settings, len(spec.outputs)), first=[f"lambda: {function}({given})"]
            )
            return f"await robust(context, {how})"
        call = f"{function}({given})"
        if spec.mode == "stream":
            self.module.helpers.add("drained")
            return f"await drained({call}, joined={spec.joined})"
        return f"await {call}" if spec.mode == "async" else call

    def _code(self, i: int, arguments: dict[str, str]) -> str:
        """A block of code as a function of its own."""
        code = ast.literal_eval(arguments.pop("code"))
        name = self.module.name(self.plan.ids[i])
        body = textwrap.indent(_returning(code), INDENT)
        parameters = ", ".join(f"{parameter}: Any" for parameter in arguments)
        self.module.functions.append(f"def {name}({parameters}) -> Any:\n{body}")
        return f"{name}({_joined(arguments)})"

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
            arguments[name] = inlined(expression, linked, inputs)
        taken = {n: v for n, v in linked.items() if n in known or plan.specs[i].open_inputs}
        return arguments | taken

    def _field(self, i: int, name: str, value: Any) -> str:
        body = self.plan.bodies.get(i, {}).get(value) if isinstance(value, str) else None
        parameter = self.plan.specs[i].parameter(name)
        if body is not None and parameter and parameter.look.editor == "flow":
            function = self.module.name(value.rpartition("/")[2].partition(".")[0])
            _Function(self.module, body, function).write()
            return function
        if name in self.plan.secrets.get(i, {}):
            return _with_secrets(value)
        return _literal(value)

    def _linked(self, source: Source) -> str:
        variable = self.slots[source.slot]
        if source.convert:
            self.module.helpers.add("convert")
            return f"convert({source.convert!r}, {variable})"
        return variable

    def _variable(self, slot: int, wanted: str) -> str:
        name = base = _identifier(wanted)
        number = 2
        taken = self.names | self.module._names | {"context"}
        while name in taken:
            name, number = f"{base}_{number}", number + 1
        self.names.add(name)
        self.slots[slot] = name
        return name


def inlined(expression: str, linked: Mapping[str, str], inputs: Mapping[str, str]) -> str:
    """An expression in terms of the program's variables."""
    tree = ast.parse(expression.strip(), mode="eval")
    bound = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and _is_bound(n)}
    bound |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    names = dict(linked)
    if any(isinstance(n, ast.Name) and n.id == "inputs" for n in ast.walk(tree)):
        names["inputs"] = "{" + ", ".join(f"{n!r}: {v}" for n, v in inputs.items()) + "}"
    used = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} & set(names)
    if all(names[name] == name for name in used):
        return f"({expression.strip()})"
    if bound & (used | {names[name] for name in used}) or "inputs" in used:
        parameters = ", ".join(sorted(used))
        given = ", ".join(f"{name}={names[name]}" for name in sorted(used))
        return f"(lambda {parameters}: {expression.strip()})({given})"
    return f"({ast.unparse(_Renamed(names).visit(tree))})"


def _is_bound(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


class _Renamed(ast.NodeTransformer):
    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.AST:
        new = self.names.get(node.id)
        return ast.parse(new, mode="eval").body if new else node


def _returning(code: str) -> str:
    """The code with its value returned: a last expression becomes a return."""
    tree = ast.parse(code)
    if any(isinstance(node, ast.Return) for node in ast.walk(tree)):
        return code
    if not tree.body or not isinstance(tree.body[-1], ast.Expr):
        return f"{code}\nreturn None"
    lines = code.split("\n")
    at = tree.body[-1].lineno - 1
    column = len(lines[at].encode()[: tree.body[-1].col_offset].decode())
    lines[at] = f"{lines[at][:column]}return {lines[at][column:]}"
    return "\n".join(lines)


def _robust(settings: Settings, outputs: int) -> dict[str, str]:
    given: dict[str, str] = {"outputs": repr(outputs)} if outputs != 1 else {}
    if settings.retry:
        given["attempts"] = repr(settings.retry.attempts)
        given["delay"] = repr(settings.retry.delay)
    if settings.time_limit:
        given["time_limit"] = repr(settings.time_limit)
    if settings.on_error != "stop":
        given["on_error"] = repr(settings.on_error)
    return given


def _joined(arguments: Mapping[str, str], first: list[str] | None = None) -> str:
    parts = [*(first or []), *(f"{name}={value}" for name, value in arguments.items())]
    line = ", ".join(parts)
    if len(line) < 76 and "\n" not in line:
        return line
    inner = ",\n".join(parts)
    return "\n" + textwrap.indent(inner, INDENT) + ",\n"


def _literal(value: Any) -> str:
    if isinstance(value, str) and "\n" in value and '"""' not in value and "\\" not in value:
        return repr(value) if value.endswith('"') else _lines(value)
    return pprint.pformat(value, width=80, sort_dicts=False)


def _lines(value: str) -> str:
    """A text of several lines, a line each, so that it reads as it is."""
    parts = [repr(line) for line in value.splitlines(keepends=True)]
    return "(\n" + textwrap.indent("\n".join(parts), INDENT) + "\n)"


def _with_secrets(value: Any) -> str:
    if isinstance(value, dict):
        if "$secret" in value:
            return f"context.secret({value['$secret']!r})"
        return "{" + ", ".join(f"{k!r}: {_with_secrets(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_with_secrets, value)) + "]"
    return repr(value)


def _identifier(wanted: str) -> str:
    name = re.sub(r"\W", "_", wanted)
    if not name or name[0].isdigit():
        name = f"_{name}"
    return f"{name}_" if keyword.iskeyword(name) else name


def _doc(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', "'").strip()
