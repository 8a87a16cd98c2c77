"""Where a run is to stop and what is to go wrong in it, as a person who debugs it asks for."""

from typing import Any, Literal

import msgspec

Phase = Literal["before", "after", "error"]
"""Of a task's life: before it starts, when it has its outputs, when its error is to be raised."""


class Breakpoint(msgspec.Struct, frozen=True, omit_defaults=True):
    """A place in a flow at which its runs stop, or say something.

    `block` is a place as in `begin_at`: `orders/parse`, or `each/classify` for one in a loop's
    body; "" is anywhere, for errors and budgets. `port` names an input (at "before") or an
    output (at "after") of the block; `to`, for a link, the "block.port" that the output leads to.
    All of the conditions that are set must hold for it to stop.

    condition   Python expression; sees the block's inputs, its outputs, `value` of the port,
                `error`, `hits`, and `inputs` of the flow
    hits        which of the hits count: "3", ">=3" or "%3" (every third); "" for all
    log         text with {expressions}: recorded instead of stopping
    changed     only when the value of the port isn't what it was at the last hit
    schema      only when the value of the port doesn't fit this JSON Schema
    cost        budget of the run so far, in US dollars; stops once when it is exceeded
    tokens      likewise, of tokens
    uncaught    of errors only those that nothing in the flow catches
    whole       stop the whole run, or else this branch alone
    """

    id: str
    block: str = ""
    at: Phase = "before"
    port: str = ""
    to: str = ""
    condition: str = ""
    hits: str = ""
    log: str = ""
    changed: bool = False
    schema: dict[str, Any] | None = None
    cost: float | None = None
    tokens: int | None = None
    uncaught: bool = False
    whole: bool = True
    enabled: bool = True

    @property
    def is_budget(self) -> bool:
        """Whether it watches what the run spends, and no block."""
        return self.cost is not None or self.tokens is not None


class Fault(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that goes wrong on purpose, at a block or on the link out of one of its ports.

    delay       the task begins `seconds` later
    timeout     it fails as if its time limit had run out, after `seconds`
    status      it fails as if it had been answered with the HTTP status `status`
    malformed   the value of `port` comes out as `value`, or damaged if that isn't given
    breaker     it fails as if its circuit breaker were open

    `times` is how often it happens, 0 for always.
    """

    id: str
    block: str
    kind: Literal["delay", "timeout", "status", "malformed", "breaker"]
    port: str = ""
    seconds: float = 0.0
    status: int = 500
    value: Any = msgspec.UNSET
    times: int = 0
    enabled: bool = True
