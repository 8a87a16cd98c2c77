"""The plan of a goal: what came of a sketch, and whether it is to be asked for again."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from graph.catalog import Catalog
from graph.flow import Flow
from graph.layout import arranged
from graph.layout.boxes import USUAL
from graph.planning.asking import question
from graph.planning.drawing import drawn
from graph.planning.mending import errors_of, mended
from graph.planning.relevant import relevant, usable
from graph.planning.sketch import NoSketch, Sketch, sketch_of
from graph.spec import BlockSpec

MOST_KINDS = 40
"""Kinds that a model is told of."""


class Plan(msgspec.Struct, frozen=True):
    """A flow for a goal, laid out.

    `reasons` says of each block what it is for; `complaints` what was wrong with the sketch, for
    whoever drew it; `mends` what was done about that here. The flow has no errors.
    """

    flow: Flow
    reasons: Mapping[str, str]
    complaints: tuple[str, ...] = ()
    mends: tuple[str, ...] = ()


class Task(msgspec.Struct, frozen=True):
    """What is to be planned, out of which kinds."""

    goal: str
    kinds: tuple[BlockSpec, ...]

    @classmethod
    def of(cls, goal: str, catalog: Catalog, *, writes: bool = True) -> "Task":
        """The kinds that have to do with a goal, those that change the world if they may."""
        specs = usable(catalog, writes=writes)
        found = relevant(goal, specs, MOST_KINDS)
        return cls(goal, tuple(found))

    def prompt(self, complaints: Sequence[str] = ()) -> str:
        """What a model is asked, after a plan with such flaws."""
        return question(self.goal, self.kinds, complaints)


def planned(task: Task, value: Any, catalog: Catalog) -> Plan:
    """The plan that a record sketches. Raises NoSketch for a record that is none."""
    sketch = sketch_of(value)
    allowed = Catalog(task.kinds)
    made = drawn(sketch, allowed)
    if not made.flow.blocks:
        raise NoSketch(
            "The plan has no steps that can be drawn. " + " ".join(made.complaints[:3]),
            cure="Say more exactly what is to be done, or ask another model.",
        )
    wrong = errors_of(made.flow, catalog)
    complaints = (*made.complaints, *(f"{one.place}: {one.message}" for one in wrong))
    sound = mended(msgspec.structs.replace(made.flow, description=task.goal), catalog)
    return Plan(laid_out(sound.flow), _reasons(sketch, sound.flow), complaints, sound.done)


def laid_out(flow: Flow) -> Flow:
    """The flow with places for its blocks, along its links."""
    places = arranged(flow, dict.fromkeys(flow.blocks, USUAL))
    view = msgspec.structs.replace(flow.view, positions=places)
    return msgspec.structs.replace(flow, view=view)


def _reasons(sketch: Sketch, flow: Flow) -> dict[str, str]:
    return {step.id: step.reason for step in sketch.steps if step.id in flow.blocks and step.reason}
