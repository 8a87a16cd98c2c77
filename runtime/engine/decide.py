"""What to do next, decided from values alone: retry, give up, ask, or wait."""

from typing import Literal, NamedTuple

from graph.flow import OnError, Retry, Settings
from graph.spec import BlockSpec
from runtime.engine.state import RUNNING, WAITING, Run
from runtime.events import Failure, TaskAsked


class Again(NamedTuple):
    """Try again after `wait` seconds."""

    wait: float


class GiveUp(NamedTuple):
    """It failed for good; `outcome` says what follows."""

    outcome: OnError


def after_failure(
    settings: Settings, attempt: int, failure: Failure, *, asked: float | None, roll: float
) -> Again | GiveUp:
    """What follows from a failed attempt.

    `asked` is the wait the other side asked for, None if it didn't; `roll` a random number
    from 0 to 1 that takes its share of jitter off the wait.
    """
    retry = settings.retry
    if retry is None or attempt >= retry.attempts or not failure.retryable:
        return GiveUp(settings.on_error)
    wait = pause_before(retry, attempt + 1, roll)
    return Again(max(wait, min(asked, retry.longest)) if asked else wait)


def pause_before(retry: Retry, attempt: int, roll: float) -> float:
    """Seconds to wait before an attempt, the second being the first that has to wait."""
    growth = min(retry.factor ** (attempt - 2), 1e9)
    return float(min(retry.delay * growth, retry.longest) * (1 - retry.jitter * roll))


def after_interruption(spec: BlockSpec, settings: Settings) -> Literal["again", "ask"]:
    """What to do with a task that was under way when its runtime died."""
    repeatable = spec.repeatable if settings.repeatable is None else settings.repeatable
    return "again" if repeatable or spec.effect != "write" else "ask"


def _awaited(event: TaskAsked) -> str:
    """That a task waits for an answer, from whom, and how to give it."""
    people = ", ".join(event.question.get("of", ())) or "somebody"
    answered = f"heddle answer {event.run} {event.task}"
    return f"it waits for an answer from {people}: `{answered}` gives one"


def waits_for(run: Run) -> list[str]:
    """Why a run in which nothing is under way doesn't move, one sentence each."""
    if run.paused:
        return [f"It is paused: `heddle resume {run.id}` lets it go on."]
    reasons = [f"{task}: it is held by whoever debugs the run." for task in sorted(run.held)]
    reasons += [
        f"{task}: it was interrupted and may or may not have had its effect;"
        f" say so with `heddle resume {run.id} --settle {task}=again|done|failed`."
        for task in sorted(run.doubted)
    ]
    reasons += [f"{event.task}: {_awaited(event)}." for event in run.asked.values()]
    awaited = {task for task, _ in run.asked}
    for scope in run.scopes.values():
        for i, status in enumerate(scope.status):
            task = scope.prefix + scope.plan.ids[i]
            if status in (WAITING, RUNNING) and task not in run.doubted | run.held.keys() | awaited:
                missing = [
                    scope.plan.ids[j]
                    for j in scope.plan.depends(i)
                    if scope.status[j] in (WAITING, RUNNING)
                ]
                if any(around in run.scopes for around in run.rounds.get(task, ())):
                    continue  # what it waits for is said of its rounds
                if not missing and scope.status[i] == RUNNING:
                    reasons.append(f"{task}: it has begun and does not end.")
                elif not missing:
                    reasons.append(f"{task}: it is ready and is not started.")
            if len(reasons) >= 20:
                return reasons
    return reasons
