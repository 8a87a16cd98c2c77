"""What was known of a task at a moment, out of all that became of it."""

from msgspec.structs import replace

from runtime.projections.task_data import Attempt, TaskData


def as_of(data: TaskData, when: float) -> TaskData:
    """The task as it was at a time, in seconds since the epoch: nothing of what came later."""
    if data.ended is not None and data.ended <= when:
        return data
    begun = [attempt for attempt in data.attempts if attempt.began <= when]
    was_ready = data.ready is not None and data.ready <= when
    has_begun = data.began is not None and data.began <= when
    return replace(
        data,
        state="running" if has_begun else "waiting",
        inputs=data.inputs if was_ready or has_begun else {},
        outputs={},
        gave={},
        attempts=[_then(attempt, when) for attempt in begun],
        failure=None,
        began=data.began if has_begun else None,
        ended=None,
        held=None,
        traces=[trace for trace in data.traces if trace.at <= when],
        logged=[],
    )


def _then(attempt: Attempt, when: float) -> Attempt:
    if attempt.ended is not None and attempt.ended <= when:
        return attempt
    return replace(attempt, ended=None, failure=None, wait=0.0)
