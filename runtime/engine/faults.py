"""What goes wrong on purpose: a person's faults, as a task would meet them in earnest."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec

from agents.errors import BreakerOpen, of_status
from runtime.breakpoints import Fault
from runtime.clock import Clock
from runtime.events import block_of
from runtime.failures import TimedOut

Told = Callable[[Fault], None]


def may_suffer(faults: Sequence[Fault], task: str) -> bool:
    """Whether something may go wrong on purpose at a task."""
    place = block_of(task)
    return any(fault.block == place and fault.enabled for fault in faults)


def due_at(task: str, faults: Sequence[Fault], suffered: dict[str, int]) -> Sequence[Fault]:
    """What goes wrong at a task that begins; how often each fault has is counted in `suffered`."""
    place = block_of(task)
    due = [fault for fault in faults if fault.block == place and fault.enabled]
    due = [fault for fault in due if not fault.times or suffered.get(fault.id, 0) < fault.times]
    for fault in due:
        suffered[fault.id] = suffered.get(fault.id, 0) + 1
    return due


async def suffered(
    faults: Sequence[Fault],
    clock: Clock,
    told: Told,
    names: Callable[[Any], dict[str, Any]],
    perform: Callable[[], Awaitable[Any]],
) -> dict[str, Any]:
    """The outputs of a task at which things go wrong. Raises what they would raise.

    Those on a link, which name a port, come after the work is done; the others before. `told` is
    called of each as it happens.
    """
    for fault in faults:
        if not fault.port and fault.kind != "malformed":
            await _go_wrong(fault, clock, told)
    outputs = names(await perform())
    for fault in faults:
        if fault.kind == "malformed":
            told(fault)
            for port in [fault.port] if fault.port else list(outputs):
                if port in outputs:
                    outputs[port] = damaged(outputs[port], fault)
        elif fault.port and fault.port in outputs:
            await _go_wrong(fault, clock, told)
    return outputs


async def _go_wrong(fault: Fault, clock: Clock, told: Told) -> None:
    told(fault)
    if fault.seconds > 0:
        await clock.sleep(fault.seconds)
    match fault.kind:
        case "timeout":
            raise TimedOut(f"It took longer than {fault.seconds:g} s.", cure=_CURE)
        case "status":
            message = f"The answer had the status {fault.status}."
            raise of_status(message, fault.status, wait=fault.seconds or None, cure=_CURE)
        case "breaker":
            raise BreakerOpen("Its circuit breaker is open.", cure=_CURE)


_CURE = "It goes wrong on purpose: take the fault out to have the block work again."


def damaged(value: Any, fault: Fault) -> Any:
    """What a value comes out as: what the fault says, or else something no block expects."""
    if fault.value is not msgspec.UNSET:
        return fault.value
    match value:
        case str() | bytes():
            return value[: len(value) // 2]  # cut short, as by a broken connection
        case bool() | int() | float():
            return str(value)
        case list() | tuple():
            return {str(n): item for n, item in enumerate(value)}
        case dict():
            return list(value.values())
    return "damaged"
