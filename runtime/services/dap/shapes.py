"""The protocol's objects as far as they are spoken here: arguments, and parts of answers."""

from typing import Any, Literal

import msgspec

from runtime.breakpoints import Breakpoint, Fault


class Shape(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """An object of the protocol; what it leaves out is left out in JSON."""


class Request(msgspec.Struct, frozen=True):
    """What a client asks."""

    seq: int
    command: str
    type: Literal["request"]
    arguments: msgspec.Raw = msgspec.Raw(b"{}")


class Nothing(Shape, frozen=True):
    """No arguments, or none that matter here."""


# Who the client is, and what is debugged.


class Initialize(Shape, frozen=True):
    """What a client says of itself."""

    client_id: str = msgspec.field(default="", name="clientID")
    client_name: str = ""
    lines_start_at1: bool = True
    columns_start_at1: bool = True
    path_format: str = "path"
    supports_variable_type: bool = False
    supports_variable_paging: bool = False
    supports_progress_reporting: bool = False
    supports_invalidated_event: bool = False


class Target(Shape, frozen=True):
    """Where a run may be that isn't at hand, and what its server and this adapter want to know.

    `token` is that of the server at `address`; without an address, that of the adapter.
    """

    address: str = ""
    token: str = ""
    adapter_token: str = ""

    @property
    def key(self) -> str:
        """What is given to the adapter."""
        return self.adapter_token or ("" if self.address else self.token)


class Granted(Shape, frozen=True):
    """What a flow may touch: as the options `--folder` and `--allow-…` of `heddle run`."""

    folder: str = ""
    reads: list[str] = []
    writes: list[str] = []
    hosts: list[str] = []
    databases: list[str] = []


class Launch(Target, frozen=True):
    """A flow to run, by the server at `address` if one is named.

    `breakpoints` and `faults` are further ones, as the runtime knows them.
    """

    flow: str = ""
    program: str = ""
    inputs: dict[str, Any] = {}
    grants: Granted = Granted()
    stop_on_entry: bool = False
    no_debug: bool = False
    client: str = ""
    breakpoints: list[Breakpoint] = []
    faults: list[Fault] = []

    @property
    def path(self) -> str:
        return self.flow or self.program


class Attach(Target, frozen=True):
    """A run that is there. Of one that has ended, a replay is debugged.

    `run` is its id or the beginning of it, "" for the newest; `flow` the file it comes from.
    A replay does again what comes `from` a block on, with `changes`; `use_file` has it run the
    flow as the file is now.
    """

    run: str = ""
    flow: str = ""
    client: str = ""
    take_wheel: bool = False
    stop_on_entry: bool = False
    from_: str = msgspec.field(default="", name="from")
    changes: dict[str, Any] = {}
    use_file: bool = False
    breakpoints: list[Breakpoint] = []
    faults: list[Fault] = []


class Restart(Shape, frozen=True):
    """The arguments of `launch` or `attach`, should they have changed."""

    arguments: msgspec.Raw | None = None


class Disconnect(Shape, frozen=True):
    """Whether the run ends, or is left standing."""

    restart: bool = False
    terminate_debuggee: bool | None = None
    suspend_debuggee: bool = False


class Cancel(Shape, frozen=True):
    """The request that is to end."""

    request_id: int = 0
    progress_id: str = ""


# Places.


class Source(Shape, frozen=True):
    """A flow file, or a flow as it is stored."""

    name: str | None = None
    path: str | None = None
    source_reference: int | None = None
    origin: str | None = None
    presentation_hint: Literal["normal", "emphasize", "deemphasize"] | None = None


class InSource(Shape, frozen=True):
    """The text of a source."""

    source: Source | None = None
    source_reference: int = 0


class Lines(Shape, frozen=True):
    """Some lines of a source."""

    source: Source
    line: int
    end_line: int | None = None


class SourceBreakpoint(Shape, frozen=True):
    """A breakpoint on a line."""

    line: int
    condition: str = ""
    hit_condition: str = ""
    log_message: str = ""


class SetBreakpoints(Shape, frozen=True):
    """All breakpoints of a source."""

    source: Source
    breakpoints: list[SourceBreakpoint] = []
    lines: list[int] = []


class FunctionBreakpoint(Shape, frozen=True):
    """A breakpoint at a block by its name."""

    name: str
    condition: str = ""
    hit_condition: str = ""


class SetFunctionBreakpoints(Shape, frozen=True):
    breakpoints: list[FunctionBreakpoint]


class FilterOption(Shape, frozen=True):
    """A filter of errors, and on what condition."""

    filter_id: str
    condition: str = ""


class SetExceptionBreakpoints(Shape, frozen=True):
    filters: list[str]
    filter_options: list[FilterOption] = []


class DataBreakpointInfo(Shape, frozen=True):
    """A variable whose changes might stop the run."""

    name: str
    variables_reference: int = 0
    frame_id: int = 0


class DataBreakpoint(Shape, frozen=True):
    """A breakpoint at a value that changes."""

    data_id: str
    condition: str = ""
    hit_condition: str = ""


class SetDataBreakpoints(Shape, frozen=True):
    breakpoints: list[DataBreakpoint]


class Bound(Shape, frozen=True):
    """What became of a breakpoint."""

    id: int
    verified: bool
    message: str | None = None
    source: Source | None = None
    line: int | None = None
    column: int | None = None
    end_line: int | None = None


# Going on.


class OfThread(Shape, frozen=True):
    """What goes on, or stands still."""

    thread_id: int
    single_thread: bool = False


class OfFrame(Shape, frozen=True):
    frame_id: int


class Goto(Shape, frozen=True):
    thread_id: int
    target_id: int


class Skip(Shape, frozen=True):
    """A block that isn't done: what it is to have given."""

    thread_id: int
    outputs: dict[str, Any] = {}


# Looking.


class StackTrace(Shape, frozen=True):
    thread_id: int
    start_frame: int = 0
    levels: int = 0


class StackFrame(Shape, frozen=True):
    """One step of the way to where a task is."""

    id: int
    name: str
    line: int
    column: int
    source: Source | None = None
    end_line: int | None = None
    can_restart: bool = False
    presentation_hint: Literal["normal", "label", "subtle"] | None = None


class Scope(Shape, frozen=True):
    """Some values of a frame."""

    name: str
    variables_reference: int
    expensive: bool
    presentation_hint: str | None = None
    named_variables: int | None = None
    indexed_variables: int | None = None


class Variables(Shape, frozen=True):
    """Some members of a value."""

    variables_reference: int
    filter: Literal["indexed", "named"] | None = None
    start: int = 0
    count: int = 0


class Hint(Shape, frozen=True):
    """How a variable is drawn."""

    kind: str | None = None
    attributes: list[str] | None = None


class Variable(Shape, frozen=True):
    """A value with its name. `variables_reference` 0 says that it has no members."""

    name: str
    value: str
    variables_reference: int
    type: str | None = None
    evaluate_name: str | None = None
    named_variables: int | None = None
    indexed_variables: int | None = None
    presentation_hint: Hint | None = None


class SetVariable(Shape, frozen=True):
    variables_reference: int
    name: str
    value: str


class SetExpression(Shape, frozen=True):
    expression: str
    value: str
    frame_id: int = 0


class Evaluate(Shape, frozen=True):
    """An expression, where it sees its names, and for whom."""

    expression: str
    frame_id: int = 0
    context: str = ""


class Completions(Shape, frozen=True):
    text: str
    column: int
    frame_id: int = 0
    line: int = 1
