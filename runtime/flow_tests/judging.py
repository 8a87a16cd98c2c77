"""Judging a run by its case: everything that isn't as expected, at once."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any

from graph.compile.plan import Plan
from graph.errors import BlockError, HeddleError
from graph.values import did_you_mean, shorten
from runtime.engine.surroundings import Surroundings
from runtime.events import AnyEvent, Failure, TaskFailed, TaskFinished, TaskSkipped, block_of
from runtime.flow_tests.bench import Bench, Ran, stalled
from runtime.flow_tests.case import Case, Effect, Expected, Failing, Matcher
from runtime.flow_tests.desk import Desk, Refusal
from runtime.flow_tests.matching import unmet
from runtime.flow_tests.spelling import read_back, spelt
from runtime.flow_tests.stand_ins import effects_of
from runtime.flow_tests.verdict import About, Difference, Finding, Verdict
from runtime.inputs import BadInputs


async def judged(
    name: str, case: Case, plan: Plan, bench: Bench, surroundings: Surroundings
) -> Verdict:
    """Run a case and say what came of it."""
    if case.skip:
        return Verdict(name, "skipped", notes=(case.skip,))
    if flaws := list(_no_longer_fits(case, plan)):
        return Verdict(name, "broken", flaws)
    desk = Desk(case.effects, case.unrecorded)
    inputs = {name: read_back(value) for name, value in case.inputs.items()}
    try:
        ran = await bench.run(plan, inputs, desk, really=case.unrecorded == "do")
        findings = [finding async for finding in _findings(case, ran, surroundings, plan)]
    except BadInputs as error:
        return Verdict(name, "broken", (Finding("input", error.message, cure=_CURE_INPUTS),))
    except HeddleError as error:
        return Verdict(name, "broken", (Finding("flow", error.message, cure=error.cure),))
    return Verdict(
        name,
        "failed" if findings else "passed",
        findings,
        tuple(_notes(ran, plan)),
        ran.took,
        spelt(ran.outputs) if ran.outputs is not None else None,
        {task: spelt(_outputs_of(ran.events, task) or {}) for task in case.blocks},
        root_of(ran.failure) if ran.failure else None,
    )


_CURE_INPUTS = "Change the case's inputs, or record it again."


# Before it is run: what the flow no longer has.


def _no_longer_fits(case: Case, plan: Plan) -> Iterator[Finding]:
    """What the case says of the flow that isn't so any more."""
    for name in case.expect:
        if name not in plan.results:
            yield Finding(
                "output",
                f"The flow no longer has an output {name!r}.",
                cure=did_you_mean(name, list(plan.results)) or "Take it out of the case.",
            )
    known = {place: (inner, i) for place, inner, i in effects_of(plan)}
    told: set[str] = set()
    for effect in case.effects:
        place = block_of(effect.task)
        if place not in told:
            for finding in _misfits(effect, place, known, plan):
                told.add(place)
                yield finding


def _misfits(
    effect: Effect, place: str, known: Mapping[str, tuple[Plan, int]], plan: Plan
) -> Iterator[Finding]:
    record = "Record the case again, or take the effect out of it."
    if place not in known:
        if place in _places(plan):
            yield Finding(
                "recording",
                f"It was {effect.kind or 'asking the outside'} when this was recorded, and no"
                " longer asks anything of the outside.",
                place,
                record,
            )
        else:
            guess = did_you_mean(place, list(known))
            yield Finding(
                "recording",
                "The flow no longer has this block.",
                place,
                f"{guess} {record}".strip(),
            )
        return
    inner, i = known[place]
    kind = inner.specs[i].kind
    if effect.kind and effect.kind != kind:
        yield Finding(
            "recording", f"It was {effect.kind} when this was recorded, and is {kind} now.", place,
            record,
        )  # fmt: skip
    elif isinstance(effect.gives, dict) and (gone := effect.gives.keys() - set(inner.outputs[i])):
        ports = ", ".join(sorted(gone))
        yield Finding("recording", f"It no longer has the output {ports}.", place, record)


def _places(plan: Plan, outer: str = "") -> set[str]:
    """The places of all blocks, also inside loops."""
    found: set[str] = set()
    for i, id in enumerate(plan.ids):
        here = f"{outer}/{id}" if outer else id
        found.add(here)
        for inner in plan.bodies.get(i, {}).values():
            found |= _places(inner, here)
    return found


# After it ran.


async def _findings(
    case: Case, ran: Ran, surroundings: Surroundings, plan: Plan
) -> AsyncIterator[Finding]:
    for refusal in ran.desk.refusals:
        yield _unrecorded(refusal)
    if ran.desk.refusals:
        return  # what follows from that says nothing
    for finding in _ending(case.fails, ran):
        yield finding
    if ran.outputs is not None and not case.fails:
        async for finding in _outputs("output", "", case.expect, ran.outputs, surroundings):
            yield finding
    if ran.outputs is not None:
        for finding in await broken_rules(case.holds, ran.inputs, ran.outputs, surroundings):
            yield finding
    async for finding in _blocks(case, ran, surroundings):
        yield finding
    for finding in _undone(ran, plan):
        yield finding


async def _blocks(case: Case, ran: Ran, surroundings: Surroundings) -> AsyncIterator[Finding]:
    for task, expected in case.blocks.items():
        outputs = _outputs_of(ran.events, task)
        if outputs is None:
            yield Finding("block", _why_none(ran.events, task), task)
            continue
        async for finding in _outputs("block", task, expected, outputs, surroundings):
            yield finding


def _undone(ran: Ran, plan: Plan) -> Iterator[Finding]:
    """What the flow did to the outside when it was recorded, and no longer does."""
    if ran.stuck:
        return
    for effect in ran.desk.unasked():
        if _writes(effect, plan) and effect.asked:
            yield Finding(
                "unasked",
                f"It no longer does what was recorded: {shorten(effect.asked, 100)}.",
                effect.task,
                "If that is right, record the case again or take the effect out of it.",
            )


def _unrecorded(refusal: Refusal) -> Finding:
    question, closest, unlike = refusal
    cure = "Record the case again, or let it really ask (unrecorded: do)."
    if closest is None:
        asked = [Difference(name, actual=value) for name, value in question.spelt.items()]
        message = f"{question.kind} asked something, and no answer of it is recorded."
        return Finding("unrecorded", message, question.task, cure, asked)
    where = "" if closest.task == question.task else f" for {closest.task}"
    return Finding(
        "unrecorded",
        f"{question.kind} asked what isn't recorded. The closest that is{where} differs in"
        f" {len(unlike)} {'place' if len(unlike) == 1 else 'places'}:",
        question.task,
        cure,
        unlike,
    )


def _ending(fails: Failing | None, ran: Ran) -> Iterator[Finding]:
    """Whether the run ended as it should."""
    if ran.stuck:
        yield Finding("ending", " ".join([ran.stuck, *stalled(ran.events)]))
    elif fails is None:
        if ran.failure:
            failure = root_of(ran.failure)
            yield Finding(
                "ending", f"The run failed: {failure.message}", failure.task, failure.cure
            )
    elif ran.failure is None:
        wanted = f" with {fails.type or fails.message}" if fails.type or fails.message else ""
        yield Finding("ending", f"The run succeeded, and was to fail{wanted}.")
    else:
        yield from _other_failure(fails, root_of(ran.failure))


def _other_failure(fails: Failing, failure: Failure) -> Iterator[Finding]:
    differences = []
    if fails.type and fails.type != failure.type:
        differences.append(Difference("type", fails.type, failure.type))
    if fails.message not in failure.message:
        differences.append(Difference("message", fails.message, failure.message))
    if fails.at and fails.at not in (failure.task, block_of(failure.task)):
        differences.append(Difference("at", fails.at, failure.task))
    if differences:
        yield Finding("ending", "The run failed in another way:", differences=differences)


def root_of(failure: Failure) -> Failure:
    """What went wrong in the innermost scope."""
    while failure.cause:
        failure = failure.cause
    return failure


async def _outputs(
    about: About, task: str, expected: Expected, outputs: Mapping[str, Any],
    surroundings: Surroundings,
) -> AsyncIterator[Finding]:  # fmt: skip
    for name, matcher in expected.items():
        place = f"{task}.{name}" if task else name
        if name not in outputs:
            yield Finding(about, "It got no value.", place)
            continue
        try:
            unlike = await _unlike(matcher, outputs[name], surroundings)
        except BlockError as error:
            message = f"What is expected of it can't be looked at: {error.message}"
            yield Finding(about, message, place, error.cure)
        else:
            if unlike:
                yield Finding(about, "It isn't what was expected:", place, differences=unlike)


async def _unlike(matcher: Matcher, value: Any, surroundings: Surroundings) -> Sequence[Difference]:
    if matcher.way != "satisfies":
        return unmet(matcher, value)
    if await surroundings.evaluate(str(matcher.wanted), {"value": value}):
        return ()
    reason = f"{shorten(spelt(value))} doesn't satisfy {matcher.wanted}"
    return (Difference(actual=spelt(value), reason=reason),)


async def broken_rules(
    rules: Sequence[str],
    inputs: Mapping[str, Any],
    outputs: Mapping[str, Any],
    surroundings: Surroundings,
) -> list[Finding]:
    """The expressions over inputs and outputs that aren't true, or can't be worked out."""
    found: list[Finding] = []
    for rule in rules:
        try:
            holds = await surroundings.evaluate(rule, {"inputs": inputs, "outputs": outputs})
        except BlockError as error:
            found.append(Finding("property", f"{rule} can't be worked out: {error.message}"))
            continue
        if not holds:
            found.append(Finding("property", f"This doesn't hold: {rule}"))
    return found


def _outputs_of(events: Sequence[AnyEvent], task: str) -> Mapping[str, Any] | None:
    return next(
        (e.outputs for e in reversed(events) if isinstance(e, TaskFinished) and e.task == task),
        None,
    )


def _why_none(events: Sequence[AnyEvent], task: str) -> str:
    for event in reversed(events):
        if isinstance(event, TaskSkipped) and event.task == task:
            return "It was skipped, since no value came to it."
        if isinstance(event, TaskFailed) and event.task == task:
            return f"It failed: {event.failure.message}"
    tasks = [event.task for event in events if isinstance(event, TaskFinished)]
    return f"It didn't run. {did_you_mean(task, tasks)}".strip()


def _writes(effect: Effect, plan: Plan) -> bool:
    place = block_of(effect.task)
    return any(
        inner.specs[i].effect == "write" for here, inner, i in effects_of(plan) if here == place
    )


def _notes(ran: Ran, plan: Plan) -> Iterator[str]:
    """What is worth knowing, and no failure."""
    if ran.desk.refusals or ran.stuck:
        return
    reads = [effect for effect in ran.desk.unasked() if not _writes(effect, plan)]
    blocks = dict.fromkeys(block_of(effect.task) for effect in reads)
    for place in blocks:
        yield f"{place} no longer asked all that was recorded."
    really = dict.fromkeys(
        entry.question.task for entry in ran.desk.entries if entry.answer is None
    )
    for task in really:
        yield f"{task} really asked the outside."
