"""Which way, how often, and what if it fails: the control of a flow."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple

from graph.block import Expression, FlowName, FlowNames, Route, block
from graph.blocks.bounds import bound_repeats
from graph.context import Context, Outputs, ScopeFailed
from graph.errors import BadInput, BlockError
from graph.spec import Example, Look


class Stopped(BlockError):
    """The flow said that this is a failure."""


class Undone(BlockError):
    """A step failed, and those before it were undone, or some couldn't be."""


@block(
    "logic.if",
    title="If",
    icon="mdi6.source-branch",
    routes=("then", "otherwise"),
    search=("condition", "branch", "true", "false"),
    examples=[
        Example({"condition": True, "value": 1}, Route("then", 1)),
        Example({"condition": [], "value": 1}, Route("otherwise", 1), "Empty counts as no"),
    ],
)
def if_(
    condition: Annotated[Any, "Yes or no; empty, zero and nothing count as no."],
    value: Annotated[Any, "What goes on; the condition itself when left out."] = None,
) -> Route:
    """Send a value one way or the other."""
    return Route("then" if condition else "otherwise", condition if value is None else value)


@block(
    "logic.switch",
    title="Switch",
    icon="mdi6.directions-fork",
    outputs_from="cases",
    search=("case", "route", "match"),
    examples=[
        Example({"on": "bug", "value": 7, "cases": ["bug", "feature"]}, Route("bug", 7)),
        Example({"on": "?", "value": 7, "cases": ["bug"]}, Route("otherwise", 7)),
    ],
)
def switch(
    on: Annotated[Any, "What decides: compared, as text, with the cases."],
    cases: Annotated[Sequence[str], "One output for each; anything else goes to `otherwise`."],
    value: Annotated[Any, "What goes on; the deciding value itself when left out."] = None,
) -> Route:
    """Send a value the way its case says."""
    wanted = str(on)
    return Route(wanted if wanted in cases else "otherwise", on if value is None else value)


@block(
    "logic.merge_all",
    title="Merge all",
    icon="mdi6.call-merge",
    search=("join", "wait", "sync"),
    examples=[Example({"user": "Ada", "orders": [7]}, {"user": "Ada", "orders": [7]})],
)
def merge_all(**inputs: Any) -> dict[str, Any]:
    """Wait for every input and give them as one record."""
    bound_repeats(inputs)
    return inputs


@block(
    "logic.merge_any",
    title="Merge any",
    icon="mdi6.call-merge",
    join="settled",
    search=("join", "coalesce", "else"),
    examples=[Example({"cached": 1, "fetched": 2}, 1)],
)
def merge_any(**inputs: Any) -> Any:
    """Wait until every input has come or been skipped, and give the first that came."""
    return next(iter(inputs.values()))


@block(
    "logic.merge_some",
    title="Merge those that came",
    icon="mdi6.call-merge",
    join="regardless",
    search=("join", "wait", "optional", "saga"),
    examples=[
        Example({"booked": 7, "paid": 42.5}, {"booked": 7, "paid": 42.5}),
        Example({}, {}, "None came"),
    ],
)
def merge_some(**inputs: Any) -> dict[str, Any]:
    """Wait until every input has come or been skipped, and give those that came as one record.

    The record is empty where none came: it is never skipped itself.
    """
    bound_repeats(inputs)
    return inputs


@block(
    "logic.merge_first",
    title="Merge first",
    icon="mdi6.call-merge",
    join="first",
    search=("race", "fastest"),
    examples=[Example({"mirror": 1}, 1, "Whichever came")],
)
def merge_first(**inputs: Any) -> Any:
    """Give whichever input comes first; the others are ignored."""
    return next(iter(inputs.values()))


def _result(outputs: Outputs) -> Any:
    """One output is the result; several are a record; none is nothing."""
    if len(outputs) == 1:
        return next(iter(outputs.values()))
    bound_repeats(outputs)
    return outputs or None


@block("logic.for_each", title="For each", icon="mdi6.repeat", search=("loop", "map", "iterate"))
async def for_each(
    items: Annotated[Sequence[Any], "The list to go through."],
    body: Annotated[
        FlowName,
        "The flow run for every item, as its inputs `item` and `index`.",
        Look("flow", names=("item", "index")),
    ],
    context: Context,
    parallel: Annotated[int, "How many at a time."] = 8,
    **inputs: Any,
) -> list[Any]:
    """Run a flow for every item of a list and give the results in the same order."""
    if parallel < 1:
        raise BadInput(f"At least one item must run at a time, not {parallel}.")
    given = [{"item": item, "index": index} for index, item in enumerate(items)]
    results = [_result(o) for o in await context.scopes(body, given, inputs, parallel=parallel)]
    bound_repeats(results)
    return results


@block("logic.while", title="While", icon="mdi6.sync", search=("loop", "until", "repeat"))
async def while_(
    state: Annotated[Any, "What the loop starts from."],
    condition: Annotated[
        Expression,
        "Goes on while this holds; sees `state` and `index`.",
        Look("expression", names=("state", "index")),
    ],
    body: Annotated[
        FlowName,
        "The flow that makes the next state from `state` and `index`.",
        Look("flow", names=("state", "index")),
    ],
    context: Context,
    limit: Annotated[int, "The most rounds; one more is an error.", Look(more=True)] = 1000,
    **inputs: Any,
) -> Any:
    """Run a flow again and again, each time on what it gave before, while a condition holds."""
    index = 0
    while await context.evaluate(condition, {"state": state, "index": index}):
        if index >= limit:
            raise BlockError(
                f"The loop did not end within {limit} rounds.", cure="Check its condition or limit."
            )
        given = {"state": state, "index": index}
        state = _result(await context.scope(body, str(index), given, inputs))
        index += 1
    return state


@block("logic.reduce", title="Reduce", icon="mdi6.sigma", search=("fold", "accumulate", "sum"))
async def reduce(
    items: Annotated[Sequence[Any], "The list to go through."],
    body: Annotated[
        FlowName,
        "The flow that makes the next total from `total` and `item`.",
        Look("flow", names=("total", "item", "index")),
    ],
    context: Context,
    initial: Annotated[Any, "The total to start from.", Look("json")] = None,
    **inputs: Any,
) -> Any:
    """Go through a list one by one, carrying a total along."""
    total = initial
    for index, item in enumerate(items):
        given = {"total": total, "item": item, "index": index}
        total = _result(await context.scope(body, str(index), given, inputs))
    return total


class Tried(NamedTuple):
    """What a try gave: `value` from the body or the handler, `error` when the body failed."""

    value: Any
    error: Mapping[str, Any] | None


@block("logic.try", title="Try", icon="mdi6.shield-half-full", search=("catch", "error", "handle"))
async def try_(
    body: Annotated[FlowName, "The flow to try."],
    context: Context,
    catch: Annotated[
        FlowName, "The flow run if it fails, given `error`; nothing if left out."
    ] = "",
    **inputs: Any,
) -> Tried:
    """Run a flow; if it fails, run another that makes good."""
    try:
        return Tried(_result(await context.scope(body, "try", {}, inputs)), None)
    except ScopeFailed as failure:
        error = failure.error
    if not catch:
        return Tried(None, error)
    return Tried(_result(await context.scope(catch, "catch", {"error": error}, inputs)), error)


@block(
    "logic.compensate",
    title="Compensate",
    icon="mdi6.undo-variant",
    search=("saga", "undo", "roll back", "rollback", "transaction", "error", "revert"),
)
async def compensate(
    failure: Annotated[Mapping[str, Any], "The error of the step that failed."],
    done: Annotated[
        Mapping[str, Any], "What the steps gave that were done, by name; of these some are undone."
    ],
    undo: Annotated[
        FlowNames,
        "The flows that undo steps, in the order of the steps: `undo_book` undoes `book`.",
    ],
    context: Context,
    then: Annotated[
        Literal["fail", "go on"], "What follows once all is undone.", Look(more=True)
    ] = "fail",
    **inputs: Any,
) -> list[str]:
    """Undo what was done before a step failed, the last first, and then fail as that step did.

    Each flow is given what its step gave, as its input `done`, and the `failure`. Where one can't
    undo, the others still do, and the error says so. Gives the names of the steps undone. A run
    that is cancelled between the steps undoes what was done, too, and is cancelled then.
    """
    wanted = [name for name in reversed(undo) if _undone_by(name) in done]
    stuck = dict[str, str]()
    for count, name in enumerate(wanted):
        step = _undone_by(name)
        context.progress(count, len(wanted), f"Undoes {step}")
        given = {"done": done[step], "failure": dict(failure)}
        try:
            await context.scope(name, step, given, inputs)
        except ScopeFailed as failed:
            stuck[step] = str(failed.error.get("message", failed))
    undone = [step for step in map(_undone_by, wanted) if step not in stuck]
    if stuck or then == "fail":
        raise _all_told(failure, undone, stuck)
    return undone


def _undone_by(flow: str) -> str:
    return flow.removeprefix("undo_")


def _all_told(
    failure: Mapping[str, Any], undone: Sequence[str], stuck: Mapping[str, str]
) -> Undone:
    said = [str(failure.get("message", "A step failed."))]
    if undone:
        said.append(f"Undone: {', '.join(undone)}.")
    said += [f"{step} could not be undone: {why}" for step, why in stuck.items()]
    return Undone(" ".join(said), cure=str(failure.get("cure", "")))


@block("logic.throttle", title="Throttle", icon="mdi6.speedometer-slow", search=("rate", "limit"))
async def throttle(
    value: Annotated[Any, "What goes on."],
    context: Context,
    per_second: Annotated[float, "How many may pass in a second, over the whole run."] = 1.0,
    name: Annotated[str, "Throttles of one name share the rate.", Look(more=True)] = "",
) -> Any:
    """Let values pass no faster than a rate."""
    if per_second <= 0:
        raise BadInput(f"The rate must be above zero, not {per_second}.")
    await context.turn(name or context.task.rpartition("/")[2], every=1 / per_second)
    return value


@block("logic.wait", title="Wait", icon="mdi6.timer-sand", search=("sleep", "delay", "pause"))
async def wait(
    seconds: Annotated[float, "How long, counted from when the block first started."],
    context: Context,
    value: Annotated[Any, "What goes on afterwards."] = None,
) -> Any:
    """Wait a while; a run resumed after a crash waits only for what is left."""
    await context.sleep(max(0.0, context.started + seconds - context.now()))
    return value


@block("logic.fail", title="Fail", icon="mdi6.close-octagon-outline", search=("error", "raise"))
def fail(
    message: Annotated[str, "Why; shown to whoever runs the flow."],
    value: Annotated[Any, "What triggers it; not used."] = None,
) -> None:
    """Stop here with an error."""
    raise Stopped(message)


@block("logic.stop", title="Stop", icon="mdi6.stop-circle-outline", search=("end", "exit", "abort"))
async def stop(
    context: Context,
    value: Annotated[Any, "What triggers it; not used."] = None,
    reason: Annotated[str, "Why; kept with the run."] = "",
) -> None:
    """End the whole run here, as a success; what is still running is cancelled."""
    context.stop(reason)
