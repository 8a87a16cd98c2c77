"""The last step of compiling: tasks in order, as the columns of a plan."""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graph.catalog import Catalog
from graph.compile.bind import bind
from graph.compile.checks import check
from graph.compile.order import in_order
from graph.compile.plan import Call, Input, Plan, Source, Unpack
from graph.compile.ports import INPUT, OUTPUT, Level, input_type
from graph.compile.subflows import PINNED, FlatTask, flatten
from graph.errors import FlowInvalid
from graph.file_format import flow_hash
from graph.flow import Flow, Link
from graph.spec import BlockSpec
from graph.values import ANY, ValueType, certain

FAST, SLOW = 0, 1

_NOTHING: Mapping[str, Any] = {}  # one for all: a plan may have very many tasks


def compile_flow(flow: Flow, catalog: Catalog) -> Plan:
    """The plan of a flow. Raises FlowInvalid with every problem at once."""
    problems = [problem for problem in check(flow, catalog) if problem.severity == "error"]
    if problems:
        raise FlowInvalid(problems)
    return plan_of(flow, catalog, flow_hash(flow))


Made = dict[tuple[int, ...], tuple[Level, Plan]]
"""The plans of bodies by where they stand, with that, so that it stays theirs."""


def plan_of(
    flow: Flow,
    catalog: Catalog,
    hash: str,
    around: tuple[Flow, ...] = (),
    made: Made | None = None,
) -> Plan:
    """The plan of a flow that has been checked. A body that many blocks run is planned once."""
    made = {} if made is None else made
    tasks = _in_order(flatten(flow, catalog, around))
    index = {task.id: i for i, task in enumerate(tasks)}
    first_slot, slots = _slots(tasks)
    sources = [_sources(task, tasks, index, first_slot) for task in tasks]
    split = [_split(task.fields, task.spec) for task in tasks]
    expressions = {i: found for i, (_, found, _) in enumerate(split) if found}
    secrets = {i: found for i, (_, _, found) in enumerate(split) if found}
    return Plan(
        hash=hash,
        description=flow.description or flow.name,
        ids=tuple(task.id for task in tasks),
        specs=tuple(task.spec for task in tasks),
        settings=tuple(task.settings for task in tasks),
        calls=tuple(
            None if i in expressions or i in secrets else _call(task.spec, split[i][0], sources[i])
            for i, task in enumerate(tasks)
        ),
        dependents=_dependents(tasks, index),
        waits=array("I", map(len, sources)),
        first_slot=first_slot,
        slots=slots,
        outputs=tuple(task.outputs for task in tasks),
        unpack=tuple(_unpack(task) for task in tasks),
        sources=tuple(sources),
        fields=tuple(plain for plain, _, _ in split),
        expressions=expressions,
        secrets=secrets,
        bodies=_bodies(tasks, catalog, hash, made),
        inputs=_inputs(tasks),
        results={
            str(task.fields.get("name", "result")): first_slot[i]
            for i, task in enumerate(tasks)
            if task.spec.kind == OUTPUT and "/" not in task.id
        },
        budget=flow.budget,
        modes=bytes(_mode(task, i in expressions or i in secrets) for i, task in enumerate(tasks)),
    )


def _in_order(tasks: list[FlatTask]) -> list[FlatTask]:
    index = {task.id: i for i, task in enumerate(tasks)}
    waits = [len(task.links) for task in tasks]
    return [tasks[i] for i in in_order(_dependents(tasks, index), waits)]


def _dependents(tasks: Sequence[FlatTask], index: Mapping[str, int]) -> tuple[tuple[int, ...], ...]:
    after: list[list[int]] = [[] for _ in tasks]
    for i, task in enumerate(tasks):
        for link in task.links:
            after[index[link.source.block]].append(i)
    return tuple(map(tuple, after))


def _slots(tasks: Sequence[FlatTask]) -> tuple[Sequence[int], int]:
    """Where each task's outputs begin; one without outputs still has a slot, to be found by it."""
    first, slots = array("I"), 0
    for task in tasks:
        first.append(slots)
        slots += max(1, len(task.outputs))
    return first, slots


def _sources(
    task: FlatTask, tasks: Sequence[FlatTask], index: Mapping[str, int], first_slot: Sequence[int]
) -> tuple[Source, ...]:
    found = []
    for link in task.links:
        i = index[link.source.block]
        slot = first_slot[i] + tasks[i].outputs.index(link.source.port)
        found.append(Source(link.target.port, slot, link.convert, _expected(link, task, tasks[i])))
    return tuple(found)


def _expected(link: Link, task: FlatTask, source: FlatTask) -> ValueType | None:
    """The type to look for in what comes through a link, None where nothing else can come."""
    parameter = task.spec.parameter(link.target.port)
    if parameter is None or parameter.type == ANY:
        return None
    output = source.spec.output(link.source.port)
    given = output.type if output and not link.convert else ANY
    return None if certain(given, parameter.type) else parameter.type


def _split(
    fields: Mapping[str, Any], spec: BlockSpec
) -> tuple[Mapping[str, Any], Mapping[str, str], Mapping[str, str]]:
    """Fields set to plain values, to expressions, and to secrets or connections."""
    if spec is PINNED:
        return fields, {}, {}
    if not fields:
        return _NOTHING, _NOTHING, _NOTHING
    if not any(isinstance(value, (dict, list)) for value in fields.values()):
        return fields, _NOTHING, _NOTHING
    plain: dict[str, Any] = {}
    expressions: dict[str, str] = {}
    secrets: dict[str, str] = {}
    for name, value in fields.items():
        if isinstance(value, dict) and "$expr" in value:
            expressions[name] = value["$expr"]
        else:
            plain[name] = value
            if holds_secret(value):
                secrets[name] = name
    return plain, expressions, secrets


def holds_secret(value: Any) -> bool:
    """Whether a field's value names a secret or a connection somewhere inside."""
    if isinstance(value, dict):
        return (
            "$secret" in value
            or "$connection" in value
            or any(holds_secret(inner) for inner in value.values())
        )
    return isinstance(value, list) and any(holds_secret(inner) for inner in value)


def _call(spec: BlockSpec, fields: Mapping[str, Any], sources: Sequence[Source]) -> Call | None:
    if spec.mode != "inline" or spec.wants_context:
        return None
    return bind(spec, fields, sources)


def _unpack(task: FlatTask) -> Unpack:
    if task.spec is PINNED:
        return "record"
    if task.spec.routes:
        return "route"
    if not task.spec.outputs:
        return "none"
    return "tuple" if task.spec.tupled else "one"


def _mode(task: FlatTask, worked_out: bool) -> int:
    spec = task.spec
    fast = (
        spec.mode == "inline"
        and spec.effect == "none"
        and not spec.wants_context
        and not worked_out
        and _unpack(task) == "one"
        and spec.join == "all"
        and len(task.outputs) == 1
    )
    return FAST if fast else SLOW


def _inputs(tasks: Sequence[FlatTask]) -> dict[str, Input]:
    found: dict[str, Input] = {}
    for i, task in enumerate(tasks):
        if task.spec.kind == INPUT and "/" not in task.id:
            fields = task.fields
            block = task.level.flow.blocks[task.id]
            found[str(fields.get("name", task.id))] = Input(
                i,
                input_type(block),
                bool(fields.get("required", False)),
                fields.get("default"),
                str(fields.get("description", "")),
            )
    return found


def _bodies(
    tasks: Sequence[FlatTask], catalog: Catalog, hash: str, made: Made
) -> dict[int, dict[str, Plan]]:
    bodies: dict[int, dict[str, Plan]] = {}
    for i, task in enumerate(tasks):
        for name, inner in _run_by(task):
            if inner.place not in made:
                plan = plan_of(inner.flow, catalog, hash, inner.around, made)
                made[inner.place] = inner, plan
            bodies.setdefault(i, {})[name] = made[inner.place][1]
    return bodies


def _run_by(task: FlatTask) -> Iterator[tuple[str, Level]]:
    """The flows that a task runs as bodies, by the names that its function knows them by."""
    for name in task.spec.flows_named(task.fields):
        if (inner := task.level.find(name)) is not None:
            yield name, inner
    yield from zip(task.spec.bodies, task.level.coming_with(task.spec), strict=True)
