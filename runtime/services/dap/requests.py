"""The table of requests: what their arguments are, and what is done."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from runtime.services.dap import asking, going
from runtime.services.dap import shapes as s
from runtime.services.dap.desk import Desk

Work = Callable[[Desk, Any], Awaitable[dict[str, Any] | None]]


class Row(NamedTuple):
    """A request. One that only `looks` waits for no other, and may be cancelled."""

    arguments: type[s.Shape]
    work: Work
    looks: bool = False


REQUESTS: dict[str, Row] = {
    "setBreakpoints": Row(s.SetBreakpoints, asking.set_breakpoints),
    "setFunctionBreakpoints": Row(s.SetFunctionBreakpoints, asking.set_function_breakpoints),
    "setExceptionBreakpoints": Row(s.SetExceptionBreakpoints, asking.set_exception_breakpoints),
    "setDataBreakpoints": Row(s.SetDataBreakpoints, asking.set_data_breakpoints),
    "dataBreakpointInfo": Row(s.DataBreakpointInfo, asking.data_breakpoint_info),
    "breakpointLocations": Row(s.Lines, asking.breakpoint_locations),
    "continue": Row(s.OfThread, going.go_on),
    "next": Row(s.OfThread, going.over),
    "stepIn": Row(s.OfThread, going.into),
    "stepOut": Row(s.OfThread, going.out),
    "stepBack": Row(s.OfThread, going.back),
    "reverseContinue": Row(s.OfThread, going.back_to_last_stop),
    "restartFrame": Row(s.OfFrame, going.restart_frame),
    "gotoTargets": Row(s.Lines, going.goto_targets),
    "goto": Row(s.Goto, going.goto),
    "pause": Row(s.OfThread, going.pause),
    "terminate": Row(s.Nothing, going.terminate),
    "setVariable": Row(s.SetVariable, asking.set_variable),
    "setExpression": Row(s.SetExpression, asking.set_expression),
    "threads": Row(s.Nothing, asking.threads),
    "stackTrace": Row(s.StackTrace, asking.stack_trace),
    "scopes": Row(s.OfFrame, asking.scopes),
    "variables": Row(s.Variables, asking.variables, looks=True),
    "evaluate": Row(s.Evaluate, asking.evaluate, looks=True),
    "completions": Row(s.Completions, asking.completions, looks=True),
    "exceptionInfo": Row(s.OfThread, asking.exception_info),
    "loadedSources": Row(s.Nothing, asking.loaded_sources),
    "source": Row(s.InSource, asking.source),
    "heddle/skip": Row(s.Skip, going.skip),
    "heddle/retry": Row(s.OfThread, going.retry),
    "heddle/takeWheel": Row(s.Nothing, going.take_wheel),
}
"""All that is asked once it is known what is debugged; the rest is the session's own business."""
