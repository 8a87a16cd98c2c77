"""Which tasks of a run a replay does again, from a block, a round of a loop, or what changed."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from graph.compile.plan import Plan
from graph.compile.unchanged import changed_tasks, only_inside
from runtime.events import block_of


class Step(NamedTuple):
    """A task that an address leads through, and the round of it; "" for none."""

    task: str
    round: str


class DoneAgain:
    """What is done again of a run, when a replay begins at a place.

    `begin_at` is a block, `orders/parse` or `each/classify` for one in a loop's body; or a round,
    `each[3]`, or a task in it, `each[3]/classify`. Of a loop that is begun in a round, the
    rounds before it are kept, but for what was changed. `scopes` are the rounds of the earlier
    run, in the order in which they began. Raises KeyError for a block that isn't in the plan,
    and for a round that isn't among them.
    """

    def __init__(
        self, plan: Plan, recorded: Plan, begin_at: str, scopes: Collection[str] = ()
    ) -> None:
        self._begun = [step for step in steps_of(begin_at) if step.round]
        self._several = set(_running_several(plan)) if self._begun else set()
        for scope in rounds_in(begin_at):
            if scope not in scopes:
                raise KeyError(scope)
        self._order = {scope: place for place, scope in enumerate(scopes)} if self._begun else {}
        self._again = done_again(plan, recorded, block_of(begin_at))
        self._changed: Again | None = None
        if self._begun and changed_tasks(plan, recorded):
            self._changed = done_again(plan, recorded, "")

    def keeps(self, task: str) -> bool:
        """Whether neither the task nor any loop around it is done again."""
        if self._is_before(task):
            return self._changed is None or _keeps(self._changed, task)
        return not self._follows_round(task) and _keeps(self._again, task)

    def _follows_round(self, task: str) -> bool:
        """Whether a task is in a later round of a loop whose rounds run different flows.

        What such a round is for, as a turn of an agent, comes from the rounds before it.
        """
        for step, begun in zip(steps_of(task), self._begun, strict=False):
            if step.task != begun.task or not step.round:
                return False
            if step.round != begun.round:
                return step.task in self._several
        return False

    def _is_before(self, task: str) -> bool:
        """Whether a task is in a round before the one that the replay begins in."""
        around = ""
        for step, begun in zip(steps_of(task), self._begun, strict=False):
            if step.task != begun.task or not step.round:
                return False
            if step.round != begun.round:
                return self._comes_before(f"{around}{step.task}", step.round, begun.round)
            around += f"{step.task}[{step.round}]/"
        return False

    def _comes_before(self, loop: str, round: str, other: str) -> bool:
        if round.isdigit() and other.isdigit():
            return int(round) < int(other)
        places = [self._order.get(f"{loop}[{label}]") for label in (round, other)]
        return places[0] is not None and places[1] is not None and places[0] < places[1]


def _running_several(plan: Plan) -> Iterator[str]:
    """The loops that run more than one flow, at any depth, by their ids."""
    for i, bodies in plan.bodies.items():
        if len(bodies) > 1:
            yield plan.ids[i]
        for inner in bodies.values():
            yield from _running_several(inner)


def steps_of(address: str) -> list[Step]:
    """The tasks an address leads through: `a[3]/b/c` is a in its round 3, then b/c."""
    steps: list[Step] = []
    while "]/" in address:
        head, _, address = address.partition("]/")
        steps.append(Step(head.rpartition("[")[0], head.rpartition("[")[2]))
    if address.endswith("]"):
        task, _, round = address[:-1].rpartition("[")
        return [*steps, Step(task, round)]
    return [*steps, Step(address, "")]


def places_of(plan: Plan) -> frozenset[str]:
    """Every place at which a replay may begin: blocks, sub-flows, and those in bodies of loops."""
    found = set[str]()
    for i, id in enumerate(plan.ids):
        parts = id.split("/")
        found.update("/".join(parts[:n]) for n in range(1, len(parts) + 1))
        for body in plan.bodies.get(i, {}).values():
            found.update(f"{id}/{inner}" for inner in places_of(body))
    return frozenset(found)


def rounds_in(address: str) -> list[str]:
    """The scopes that an address is in, from the outside: `a[3]` and `a[3]/b[0]`."""
    return [address[: n + 1] for n, sign in enumerate(address) if sign == "]"]


def _keeps(again: "Again", task: str) -> bool:
    body = ""
    for step in steps_of(task):
        inside = again.get(body)
        if inside is None:
            return False
        if step.task not in inside:
            return True
        body = f"{body}/{step.task}" if body else step.task
    return False


Again = dict[str, frozenset[str]]
"""What is done again, for each body: the place of its loop ("" for the flow) to task ids.

A body that isn't listed is done again whole, if its loop is.
"""


def done_again(plan: Plan, recorded: Plan, begin_at: str) -> Again:
    """What is done again: a block, the blocks that aren't as they were, and all that follows.

    Everything, when there is no such block. Raises KeyError when there is none at `begin_at`.
    """
    again: Again = {}
    if begin_at or changed_tasks(plan, recorded):
        _do_again(plan, recorded, begin_at, "", again)
    return again


def _do_again(plan: Plan, recorded: Plan, begin_at: str, body: str, again: Again) -> None:
    changed = set(changed_tasks(plan, recorded))
    inside = {id: "" for id in changed if only_inside(plan, recorded, id)}
    seeds = set(changed)
    if begin_at:
        id, deeper = _leads_to(plan, begin_at)
        seeds.update(_under(plan, id))
        if not deeper:
            inside.pop(id, None)
        elif id not in changed or id in inside:
            inside[id] = begin_at[len(id) + 1 :]
    again[body] = _with_followers(plan, seeds)
    for id, rest in inside.items():
        # A loop whose items may be others is done again whole.
        if id not in _with_followers(plan, seeds - {id}):
            before = recorded.bodies[recorded.index[id]]
            for name, inner in plan.bodies[plan.index[id]].items():
                if not rest or _holds(inner, rest):
                    place = f"{body}/{id}" if body else id
                    _do_again(inner, before[name], rest, place, again)


def _with_followers(plan: Plan, ids: Collection[str]) -> frozenset[str]:
    below = plan.downstream([plan.index[id] for id in ids])
    return frozenset(plan.ids[i] for i in below)


def _leads_to(plan: Plan, place: str) -> tuple[str, bool]:
    """The task a place begins with, and whether it goes on inside that."""
    if _under(plan, place):
        return place, False
    for i, bodies in plan.bodies.items():
        rest = place.removeprefix(plan.ids[i] + "/")
        if rest != place and any(_holds(inner, rest) for inner in bodies.values()):
            return plan.ids[i], True
    raise KeyError(place)


def _holds(plan: Plan, place: str) -> bool:
    try:
        _leads_to(plan, place)
    except KeyError:
        return False
    return True


def _under(plan: Plan, place: str) -> list[str]:
    """The task of that id, or all tasks of the sub-flow laid out there."""
    if place in plan.index:
        return [place]
    return [id for id in plan.ids if id.startswith(place + "/")]
