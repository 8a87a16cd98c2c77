"""A plan whose effects are asked for at a desk; everything pure is as it was."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any, cast

from msgspec.structs import replace

from graph.block import Route
from graph.compile.plan import Plan, Unpack
from graph.context import Context
from graph.spec import BlockSpec
from runtime.engine.surroundings import Surroundings
from runtime.flow_tests.desk import Desk, Question

CONTEXT = "heddle context"
"""Where a stand-in gets its context; no parameter is called so."""


def is_effect(spec: BlockSpec) -> bool:
    """Whether a block touches the outside. Code doesn't: it runs in the sandbox."""
    return spec.agent != "code" and (spec.effect != "none" or spec.agent != "pure")


Work = Callable[[], AbstractContextManager[None]]


def with_stand_ins(plan: Plan, desk: Desk, surroundings: Surroundings, work: Work) -> Plan:
    """The plan with every effect, in bodies too, asked for at the desk.

    `work` is entered while code takes real time.
    """
    return _Standing(desk, surroundings, work).plan(plan)


def effects_of(plan: Plan, place: str = "") -> Iterator[tuple[str, Plan, int]]:
    """Every effect of a plan: the block's place, the plan it is in, and its number there."""
    for i, id in enumerate(plan.ids):
        here = f"{place}/{id}" if place else id
        if i in plan.bodies:
            for inner in plan.bodies[i].values():
                yield from effects_of(inner, here)
        elif is_effect(plan.specs[i]):
            yield here, plan, i


class _Standing:
    """Makes plans over; a body that is used twice is made over once."""

    def __init__(self, desk: Desk, surroundings: Surroundings, work: Work) -> None:
        self._desk = desk
        self._surroundings = surroundings
        self._work = work
        self._made: dict[int, Plan] = {}

    def plan(self, plan: Plan) -> Plan:
        if id(plan) not in self._made:
            self._made[id(plan)] = self._made_over(plan)
        return self._made[id(plan)]

    def _made_over(self, plan: Plan) -> Plan:
        effects = {
            i for i, spec in enumerate(plan.specs) if is_effect(spec) and i not in plan.bodies
        }
        specs = tuple(
            self._stand_in(plan, i) if i in effects else self._counted(spec)
            for i, spec in enumerate(plan.specs)
        )
        return replace(
            plan,
            specs=specs,
            calls=tuple(None if i in effects else call for i, call in enumerate(plan.calls)),
            secrets={i: names for i, names in plan.secrets.items() if i not in effects},
            bodies={
                i: {name: self.plan(inner) for name, inner in bodies.items()}
                for i, bodies in plan.bodies.items()
            },
            modes=bytes(1 if i in effects else mode for i, mode in enumerate(plan.modes)),
        )

    def _counted(self, spec: BlockSpec) -> BlockSpec:
        """The block itself; one that runs code says when it works."""
        if spec.agent != "code" or spec.mode != "async":
            return spec

        async def working(**arguments: Any) -> Any:
            with self._work():
                return await spec.function(**arguments)

        return replace(spec, function=working)

    def _stand_in(self, plan: Plan, i: int) -> BlockSpec:
        spec = plan.specs[i]
        unpack = plan.unpack[i]

        def outputs_for(context: Context, known: Mapping[str, Any]) -> dict[str, Any] | None:
            writes, harmless = (
                spec.effect == "write",
                spec.agent == "pure" and spec.effect == "read",
            )
            return self._desk.answer(
                Question(context.task, spec.kind, context.attempt, known, writes, harmless)
            )

        async def answered(**known: Any) -> Any:
            context = known.pop(context_at)
            outputs = outputs_for(context, known)
            if outputs is not None:
                return _as_result(spec, unpack, outputs)
            return await self._really(spec, context, known)

        async def streamed(**known: Any) -> AsyncIterator[Any]:
            context = known.pop(context_at)
            outputs = outputs_for(context, known)
            if outputs is not None:
                for item in _items(outputs.get(spec.outputs[0].name, ())):
                    yield item
                return
            async for item in _as_async(spec.function(**_whole(spec, context, known))):
                yield item

        context_at = spec.wants_context or CONTEXT
        streams = spec.mode == "stream"
        return replace(
            spec,
            function=streamed if streams else answered,
            mode="stream" if streams else "async",
            wants_context=context_at,
        )

    async def _really(self, spec: BlockSpec, context: Context, known: Mapping[str, Any]) -> Any:
        """The block's own result: the outside is asked."""
        arguments = _whole(spec, context, known)
        if spec.mode == "process":
            return await self._surroundings.apart(spec, arguments, None)
        result = spec.function(**arguments)
        return await cast(Awaitable[Any], result) if spec.mode == "async" else result


def _whole(spec: BlockSpec, context: Context, known: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments with secrets filled in, as late as can be."""
    arguments = {name: _revealed(value, context) for name, value in known.items()}
    if spec.wants_context:
        arguments[spec.wants_context] = context
    return arguments


def _revealed(value: Any, context: Context) -> Any:
    if isinstance(value, dict):
        if "$secret" in value:
            return context.secret(value["$secret"])
        if "$connection" in value:
            return context.connection(value["$connection"])
        return {name: _revealed(inner, context) for name, inner in value.items()}
    return [_revealed(inner, context) for inner in value] if isinstance(value, list) else value


def _as_result(spec: BlockSpec, unpack: Unpack, outputs: Mapping[str, Any]) -> Any:
    """Outputs by port as the result of a block's function."""
    match unpack:
        case "one":
            return outputs.get(spec.outputs[0].name)
        case "tuple":
            return [outputs.get(output.name) for output in spec.outputs]
        case "route":
            ((port, value),) = outputs.items()
            return Route(port, value)
        case "record":
            return dict(outputs)
        case "none":
            return None


def _items(value: Any) -> Iterable[Any]:
    """The items of a stream; one that was joined to a text is a single one."""
    return value if isinstance(value, list | tuple) else (value,)


async def _as_async(stream: Iterator[Any] | AsyncIterator[Any]) -> AsyncIterator[Any]:
    if isinstance(stream, AsyncIterator):
        async for item in stream:
            yield item
        return
    for item in stream:
        yield item
