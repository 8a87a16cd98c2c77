"""A flow as readable Python that gives the same result when run."""

import textwrap
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from graph.catalog import Catalog
from graph.compile.build import compile_flow
from graph.compile.plan import Plan, Source, Task
from graph.compile.program import Program
from graph.compile.pythonic import INDENT, doc_text, joined, literal
from graph.compile.statements import Statements
from graph.flow import Flow


def python_of(flow: Flow, catalog: Catalog) -> str:
    """The flow as the text of a Python program. Raises FlowInvalid.

    The program uses the blocks' own functions; expressions and code become plain Python, loops'
    bodies functions. `python FILE name=value …` runs it and prints the outputs as JSON.
    """
    plan = compile_flow(flow, catalog)
    program = Program(_write)
    program.reserve(plan)
    _Function(program, plan, "flow", flow.description).write()
    return program.text(flow)


def tasks_of(plan: Plan) -> list[Task]:
    """The tasks of a plan as told to people, each with the Python that does the same."""
    program = Program(_write)
    program.reserve(plan)
    function = _Function(program, plan, "flow")
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


def _write(program: Program, plan: Plan, name: str) -> None:
    _Function(program, plan, name).write()


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

    def __init__(self, program: Program, plan: Plan, name: str, description: str = "") -> None:
        self.program = program
        self.plan = plan
        self.name = name
        self.description = description
        self.steps: list[_Step] = []
        self._tasks = Statements(program, plan)

    def write(self) -> None:
        """Add the function, and those it needs before it, to the module."""
        parameters = self._parameters()
        self._write_tasks()
        lines = [*self._grouped(), self._results()]
        doc = f'{INDENT}"""{doc_text(self.description)}"""\n' if self.description else ""
        head = f"async def {self.name}({parameters}) -> dict[str, Any]:\n"
        self.program.functions.append(head + doc + textwrap.indent("\n".join(lines), INDENT))

    def statements(self) -> dict[int, str]:
        """The statements of each task that isn't an input."""
        self._parameters()
        done = self._write_tasks()
        return {i: "\n".join(step.lines) for i, step in zip(done, self.steps, strict=True)}

    def _write_tasks(self) -> list[int]:
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
        self.program.helpers.add("first")
        lines, given = list[str](), dict[str, str]()
        for source in self.plan.sources[i]:
            branch = branches[self.plan.owner(source.slot)]
            if branch:
                name = self.program.name(f"{source.parameter}_branch")
                lines.extend(self._branch(name, branch, source))
                given[source.parameter] = f"{name}()"
            else:
                given[source.parameter] = self._tasks.linked(source)
        target = self._tasks.variable(self.plan.first_slot[i], self.plan.ids[i])
        lines.append(f"{target} = await first({joined(given)})")
        self._tasks.maybe.add(target)
        self.steps.append(_Step(lines, frozenset(), [target], frozenset()))

    def _branch(self, name: str, tasks: Sequence[int], source: Source) -> Iterator[str]:
        kept, self.steps = self.steps, []
        for i in tasks:
            self._task(i)
        lines = [*self._grouped(), f"return {self._tasks.linked(source)}"]
        self.steps = kept
        yield f"async def {name}() -> Any:"
        yield from textwrap.indent("\n".join(lines), INDENT).split("\n")
        yield ""

    def _results(self) -> str:
        named = {name: self._tasks.slots[slot] for name, slot in self.plan.results.items()}
        if self._tasks.maybe.intersection(named.values()):
            self.program.helpers.add("came")
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
                self.program.helpers.add("MISSING")
                yield " = ".join([*targets, "MISSING"])
            self.program.helpers.add("present")
            yield f"if present({', '.join(sorted(guard))}):"
            for one in group:
                yield from textwrap.indent("\n".join(one.lines), INDENT).split("\n")

    def _presets(self) -> set[int]:
        return {given.task for given in self.plan.inputs.values()}

    def _parameters(self) -> str:
        given = list[str]()
        for name, port in self.plan.inputs.items():
            variable = self._tasks.variable(self.plan.first_slot[port.task], name)
            default = "" if port.required else f" = {literal(port.default)}"
            given.append(f"{variable}: Any{default}")
        given.sort(key=lambda text: "=" in text)
        # Rounds of a loop are offered inputs that a body needn't have.
        return ", ".join(["context: Context", *(["*", *given] if given else []), "**_: Any"])

    def _task(self, i: int) -> None:
        plan = self.plan
        spec, sources = plan.specs[i], plan.sources[i]
        needs = {self._tasks.slots[source.slot] for source in sources} & self._tasks.maybe
        if spec.join != "all":
            needs = set()
        lines = "\n".join(self._tasks.of(i)).split("\n")
        targets = self._tasks.targets(i)
        sure = frozenset(targets) - self._tasks.maybe
        if needs:
            self._tasks.maybe.update(targets)
        self.steps.append(_Step(lines, frozenset(needs), targets, sure))
