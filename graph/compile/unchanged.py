"""What is in two plans what it was: a task by its kind, its fields and its links."""

from graph.compile.plan import Plan


def changed_tasks(plan: Plan, earlier: Plan) -> list[str]:
    """The tasks of a plan that aren't what they were in an earlier one, or have come."""
    if plan is earlier:
        return []
    return [
        id
        for id in plan.ids
        if not same_task(plan, earlier, id) or _inner_changed(plan, earlier, id)
    ]


def same_task(plan: Plan, earlier: Plan, id: str) -> bool:
    """Whether a task itself is what it was, whatever the body it runs has become."""
    if id not in earlier.index:
        return False
    i, j = plan.index[id], earlier.index[id]
    return (
        plan.specs[i].kind == earlier.specs[j].kind
        and plan.fields[i] == earlier.fields[j]
        and plan.expressions.get(i) == earlier.expressions.get(j)
        and _wiring(plan, i) == _wiring(earlier, j)
        and plan.bodies.get(i, {}).keys() == earlier.bodies.get(j, {}).keys()
        and _offers_the_same(plan, i, earlier, j)
    )


def only_inside(plan: Plan, earlier: Plan, id: str) -> bool:
    """Whether a task is what it was but for the one body it runs."""
    return same_task(plan, earlier, id) and len(plan.bodies.get(plan.index[id], {})) == 1


def _wiring(plan: Plan, i: int) -> set[tuple[str, str, int, str]]:
    """The links into a task: parameter, source, number of its output, conversion."""
    return {
        (s.parameter, plan.ids[owner], s.slot - plan.first_slot[owner], s.convert)
        for s in plan.sources[i]
        for owner in [plan.owner(s.slot)]
    }


def _inner_changed(plan: Plan, earlier: Plan, id: str) -> bool:
    bodies = plan.bodies.get(plan.index[id], {})
    before = earlier.bodies.get(earlier.index[id], {})
    return any(changed_tasks(inner, before[name]) for name, inner in bodies.items())


def _offers_the_same(plan: Plan, i: int, earlier: Plan, j: int) -> bool:
    """Whether the flows that a task offers to somebody are for what they were, as it tells."""
    several = [p for p in plan.specs[i].flow_parameters if p.look.editor == "flows"]
    now, before = plan.bodies.get(i, {}), earlier.bodies.get(j, {})
    return not several or all(now[name].description == before[name].description for name in now)
