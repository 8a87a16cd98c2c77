"""Looking for inputs by which a flow does what it shouldn't, and making them simple."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from graph.compile.plan import Plan
from graph.errors import HeddleError
from graph.values import mismatch, shorten
from runtime.engine.surroundings import Surroundings
from runtime.events import AnyEvent, TaskFinished
from runtime.flow_tests.bench import Bench, Ran
from runtime.flow_tests.case import Case, Effect, Properties
from runtime.flow_tests.desk import Desk
from runtime.flow_tests.draws import Choices, Draws, smallest
from runtime.flow_tests.judging import broken_rules, root_of
from runtime.flow_tests.made_up import made_up
from runtime.flow_tests.recording import effects_asked
from runtime.flow_tests.spelling import spelt
from runtime.flow_tests.verdict import Finding
from runtime.recorded import Recorded

BATCH = 16
"""Runs side by side."""


class Trial(NamedTuple):
    """One run with inputs made up, and what was wrong with it: None when nothing was."""

    choices: Choices
    inputs: Mapping[str, Any]
    ran: Ran
    finding: Finding | None


class Explored(NamedTuple):
    """How many inputs were tried, and the simplest by which something is wrong."""

    tried: int
    trial: Trial | None


class Explorer:
    """Tries a flow out. The outside answers by the closest that is recorded."""

    def __init__(
        self, plan: Plan, properties: Properties, effects: Sequence[Effect], bench: Bench,
        surroundings: Surroundings,
    ) -> None:  # fmt: skip
        self._plan = plan
        self._properties = properties
        self._effects = (*properties.effects, *effects)
        self._bench = bench
        self._surroundings = surroundings

    async def explore(self, number: int, seed: int = 0) -> Explored:
        """Try so many inputs, the same for the same seed and flow. Raises BadInput."""
        source = random.Random(f"{self._plan.hash} {seed}")
        tried = 0
        while tried < number:
            size = min(BATCH, number - tried)
            draws = [Draws(source=random.Random(source.random())) for _ in range(size)]
            trials = await asyncio.gather(*map(self._try, draws))
            tried += size
            wrong = next((trial for trial in trials if trial.finding), None)
            if wrong is not None:
                return Explored(tried, await self._simplest(wrong))
        return Explored(tried, None)

    async def _try(self, draws: Draws) -> Trial:
        inputs = made_up(self._plan, self._properties.inputs, draws)
        desk = Desk(self._effects, manner="closest")
        ran = await self._bench.run(self._plan, inputs, desk)
        return Trial(tuple(draws.made), inputs, ran, await self._finding(inputs, ran))

    async def _simplest(self, wrong: Trial) -> Trial:
        """The simplest trial found that goes wrong in the same way."""
        best = wrong

        async def fails(choices: Choices) -> Choices | None:
            nonlocal best
            try:
                trial = await self._try(Draws(choices))
            except HeddleError:
                return None
            if _way(trial.finding) != _way(wrong.finding):
                return None
            if (len(trial.choices), trial.choices) < (len(best.choices), best.choices):
                best = trial
            return trial.choices

        await smallest(wrong.choices, fails)
        return best

    async def _finding(self, inputs: Mapping[str, Any], ran: Ran) -> Finding | None:
        """What is wrong with a run, the first thing only."""
        if ran.desk.refusals:
            question = ran.desk.refusals[0].question
            return Finding(
                "unrecorded",
                f"{question.kind} asks something, and there is no answer to choose from.",
                question.task,
                "Record a case first, or give `properties` effects without `asked`.",
            )
        if ran.stuck:
            return Finding("property", ran.stuck)
        if ran.failure:
            failure = root_of(ran.failure)
            if failure.type in self._properties.may_fail:
                return None
            message = f"It fails with {failure.type}: {failure.message}"
            return Finding("property", message, failure.task, _MAY_FAIL.format(failure.type))
        if misfit := _misfit(self._plan, ran.events):
            return misfit
        rules = self._properties.holds
        broken = await broken_rules(rules, inputs, ran.outputs or {}, self._surroundings)
        return broken[0] if broken else None


_MAY_FAIL = "If that is as it should be, add {!r} to `may_fail`."


def _way(finding: Finding | None) -> tuple[str, str, str] | None:
    """What tells one way of going wrong from another."""
    if finding is None:
        return None
    kind = finding.message.partition(":")[0]
    return finding.about, finding.place, kind


def _misfit(plan: Plan, events: Sequence[AnyEvent]) -> Finding | None:
    """The first block that gave what its port doesn't say it gives."""
    places = Recorded(plan)
    for event in events:
        places.take(event)
        if not isinstance(event, TaskFinished):
            continue
        inner, i = places.place_of(event.task)
        for output in inner.specs[i].outputs:
            if output.name in event.outputs:
                reason = mismatch(output.type, event.outputs[output.name])
                if reason and not inner.settings[i].each:
                    place = f"{event.task}.{output.name}"
                    return Finding("property", f"What it gives {reason}.", place)
    return None


def pinned(trial: Trial, rules: Sequence[str]) -> Case:
    """The case that goes wrong until the flow is mended."""
    finding = trial.finding
    return Case(
        {name: spelt(value) for name, value in trial.inputs.items()},
        about=f"Found by inputs made up: {finding.place or 'the flow'}: {finding.message}"
        if finding
        else "",
        holds=tuple(rules) if trial.ran.outputs is not None else (),
        effects=effects_asked(trial.ran.desk.entries, trial.ran.events),
    )


def told(inputs: Mapping[str, Any]) -> str:
    """Inputs in a line."""
    return ", ".join(f"{name} = {shorten(value, 60)}" for name, value in inputs.items()) or "none"
