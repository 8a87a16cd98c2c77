"""What of a recorded run no longer fits a flow that was changed since, in plain sentences."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from graph.compile.plan import Plan, Source
from graph.values import did_you_mean, mismatch
from runtime.engine.again import places_of, rounds_in
from runtime.events import AnyEvent, RunStarted, block_of
from runtime.recorded import Recorded

MOST = 50
"""Sentences that are said of one replay."""


class Misfit(NamedTuple):
    """One thing that doesn't fit: about which block, in a sentence.

    One that `stops` makes the replay impossible; the others say what is done again or left out.
    """

    block: str
    sentence: str
    stops: bool = False
    cure: str = ""


def misfits(
    plan: Plan, recorded: Plan, events: Sequence[AnyEvent], begin_at: str = ""
) -> list[Misfit]:
    """What doesn't fit when a run of `recorded` is repeated with `plan`, the worst first."""
    past = Recorded(recorded)
    for event in events:
        past.take(event)
    found = [*_beginning(plan, past, begin_at), *_inputs(plan, events)]
    if plan is not recorded and plan.hash != recorded.hash:
        known = {block_of(task) for task in past.outputs}
        found += _blocks(plan, recorded, known, "")
        found += _values(plan, past)
    return sorted(found, key=lambda one: not one.stops)[:MOST]


def _beginning(plan: Plan, past: Recorded, begin_at: str) -> Iterator[Misfit]:
    """The place from which the run is to go on must be there."""
    block = block_of(begin_at)
    if not block:
        return
    if block not in places_of(plan):
        cure = did_you_mean(block, list(places_of(plan)))
        yield Misfit(block, f"There is no block “{block}” to begin at.", True, cure)
    for scope in rounds_in(begin_at):
        if scope not in past.inputs:
            loop, _, round = scope[:-1].rpartition("[")
            went = sum(s.startswith(f"{loop}[") and s.count("[") == scope.count("[")
                       for s in past.inputs)  # fmt: skip
            yield Misfit(
                block, f"The recorded run had no round {round} of “{loop}”.", True,
                f"It went {went} round{'' if went == 1 else 's'}." if went else "",
            )  # fmt: skip


def _inputs(plan: Plan, events: Sequence[AnyEvent]) -> Iterator[Misfit]:
    """The recorded inputs must be what the flow takes."""
    began = events[0] if events else None
    given = began.inputs if isinstance(began, RunStarted) else {}
    for name, wanted in plan.inputs.items():
        if name not in given and wanted.required:
            yield Misfit(
                "", f"The flow wants an input “{name}”, which the recorded run wasn't given.", True,
                "Run the flow anew, or make the input optional.",
            )  # fmt: skip
        elif name in given and (reason := mismatch(wanted.type, given[name])):
            yield Misfit("", f"The recorded input “{name}” doesn't fit: it {reason}.", True)
    for name in given:
        if name not in plan.inputs:
            yield Misfit("", f"The flow has no input “{name}” any more: it is left out.")


def _blocks(plan: Plan, recorded: Plan, known: set[str], around: str) -> Iterator[Misfit]:
    """Blocks that gave something and are gone, are of another kind, or have lost outputs."""
    for j, id in enumerate(recorded.ids):
        place = f"{around}{id}"
        if place not in known:
            continue
        i = plan.index.get(id)
        if i is None:
            yield Misfit(place, f"“{place}” isn't in the flow any more: what it gave is left out.")
        elif plan.specs[i].kind != recorded.specs[j].kind:
            before, now = recorded.specs[j].title, plan.specs[i].title
            yield Misfit(place, f"“{place}” was “{before}” and is “{now}”: it is done again.")
        else:
            for port in recorded.outputs[j]:
                if port not in plan.outputs[i]:
                    sentence = f"“{place}” has no output “{port}” any more: it is done again."
                    yield Misfit(place, sentence)
            yield from _bodies(plan, i, recorded, j, known, place)


def _bodies(
    plan: Plan, i: int, recorded: Plan, j: int, known: set[str], place: str
) -> Iterator[Misfit]:
    now = plan.bodies.get(i, {})
    for name, before in recorded.bodies.get(j, {}).items():
        if name in now:
            yield from _blocks(now[name], before, known, f"{place}/")
        else:
            yield Misfit(place, f"“{place}” doesn't run “{name}” any more: it is done again.")


def _values(plan: Plan, past: Recorded) -> Iterator[Misfit]:
    """Recorded outputs that go to where they aren't taken any more."""
    for i, id in enumerate(plan.ids):
        for source in plan.sources[i]:
            yield from _value(plan, past, id, source)


def _value(plan: Plan, past: Recorded, target: str, source: Source) -> Iterator[Misfit]:
    owner = plan.owner(source.slot)
    giver = plan.ids[owner]
    port = plan.outputs[owner][source.slot - plan.first_slot[owner]]
    outputs = past.outputs.get(giver, {})
    if source.expects is None or source.convert or port not in outputs:
        return
    if reason := mismatch(source.expects, outputs[port]):
        where = f"“{target}” takes as “{source.parameter}”"
        yield Misfit(target, f"What “{giver}” gave doesn't fit what {where}: it {reason}.")
