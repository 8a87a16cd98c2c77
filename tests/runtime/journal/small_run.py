"""A small run in which everything happens that can be recorded."""

import datetime

from runtime.breakpoints import Breakpoint, Fault
from runtime.events import (
    AnyEvent,
    BreakpointsSet,
    Failure,
    FaultInjected,
    FaultsSet,
    InputsChanged,
    OutputsChanged,
    ReplayDiverged,
    RunCancelled,
    RunCancelling,
    RunContinued,
    RunFailed,
    RunInterrupted,
    RunPaused,
    RunRecovered,
    RunRewound,
    RunStalled,
    RunStarted,
    RunSucceeded,
    ScopeClosed,
    ScopeOpened,
    TaskAnswered,
    TaskAsked,
    TaskDoubted,
    TaskFailed,
    TaskFinished,
    TaskHeld,
    TaskLogged,
    TaskProgressed,
    TaskReleased,
    TaskRetried,
    TaskReused,
    TaskSkipped,
    TaskSpent,
    TaskStarted,
    TaskStreamed,
    TaskTraced,
    WheelTaken,
)

REFUSED = Failure(
    type="Refused",
    message="401 from the server",
    cure="Check the token.",
    task="each[0]/post",
    line=3,
    column=7,
    retryable=True,
    cause=Failure("HTTPError", "Unauthorized"),
)

VALUES = {
    "nothing": None,
    "yes": True,
    "count": -(2**63),
    "huge": 2**64 - 1,
    "ratio": 0.1,
    "infinite": float("inf"),
    "text": "Grüße, 世界 🧵 \0",
    "bytes": b"\x00\xff",
    "date": datetime.date(2026, 11, 20),
    "moment": datetime.datetime.fromisoformat("2026-11-20T09:30:00.000005"),
    "moment_there": datetime.datetime(
        2026, 11, 20, 9, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=5, minutes=30))
    ),
    "list": [1, [2.5, ["three"]], {}],
    "record": {"a": {"b": [None]}, "": [], 3: "a number may be a key"},
    "dates": [{"on": datetime.date(1970, 1, 1)}],
}
"""A value of every kind that a link can carry."""


def small_run(run: str = "small") -> list[AnyEvent]:
    """Its events, in order. What becomes of it doesn't make sense; that every kind occurs does."""
    return [
        RunStarted(
            run, 1, 100.0, "f" * 64, "Triage", VALUES, "desk:1", "old", "each", {"hosts": []}
        ),
        TaskFinished(run, 2, 100.5, "parse", 100.25, VALUES),
        TaskReused(run, 3, 101.0, "fetch", {"body": "again"}),
        TaskSkipped(run, 4, 101.0, "warn"),
        ScopeOpened(run, 5, 101.0, "each[0]", "body", {"item": VALUES, "index": 0}),
        TaskStarted(run, 6, 101.0, "each[0]/post", 1, "small:each[0]/post"),
        TaskStreamed(run, 7, 101.5, "each[0]/post", [VALUES, 1]),
        TaskProgressed(run, 8, 101.5, "each[0]/post", 1.0, 3.0, "one of three"),
        TaskRetried(run, 9, 102.0, "each[0]/post", 1, REFUSED, 0.5),
        RunPaused(run, 10, 102.0),
        RunContinued(run, 11, 102.5),
        TaskStarted(run, 12, 102.5, "each[0]/post", 2, "small:each[0]/post"),
        TaskFailed(run, 13, 103.0, "each[0]/post", 2, REFUSED, "port"),
        ScopeClosed(run, 14, 103.0, "each[0]", REFUSED),
        ReplayDiverged(run, 15, 103.0, "parse", "text", VALUES, ["after"]),
        RunStalled(run, 16, 104.0, ["approve waits for a person."]),
        RunInterrupted(run, 17, 104.0, REFUSED),
        RunRecovered(run, 18, 105.0, "desk:2"),
        TaskDoubted(run, 19, 105.0, "send", "small:send"),
        BreakpointsSet(run, 20, 105.0, [Breakpoint("b1", "each/post", condition="item > 1")]),
        FaultsSet(run, 21, 105.0, [Fault("f1", "each/post", "status", status=429)]),
        WheelTaken(run, 22, 105.0, "the desk"),
        TaskHeld(run, 23, 105.0, "each[0]/post", "error", "breakpoint", "b1", "why", REFUSED, 2),
        InputsChanged(run, 24, 105.0, "each[0]/post", VALUES),
        TaskReleased(run, 25, 105.0, "each[0]/post"),
        OutputsChanged(run, 26, 105.0, "parse", VALUES),
        FaultInjected(run, 27, 105.0, "each[0]/post", "f1", "status"),
        TaskTraced(run, 28, 105.0, "each[0]/post", "http", VALUES),
        TaskSpent(run, 29, 105.0, "each[0]/post", 120, 0.25, "small"),
        TaskLogged(run, 30, 105.0, "each[0]/post", "b1", "item is 2"),
        TaskAsked(
            run, 31, 105.0, "each[0]/post", "1", {"title": "Send it?", "shows": VALUES}, 1, 104.0
        ),
        TaskAnswered(run, 32, 105.0, "each[0]/post", "1", VALUES, "Ann", "link", 105.5, True),
        RunRewound(run, 33, 105.5, 29),
        RunFailed(run, 34, 106.0, REFUSED, 6.0),
        RunCancelling(run, 35, 106.25, "enough"),
        RunCancelled(run, 36, 106.5, "enough", 6.5),
        RunSucceeded(run, 37, 107.0, {"report": VALUES}, 7.0, "enough of it"),
    ]
