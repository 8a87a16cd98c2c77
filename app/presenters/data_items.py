"""What the data dock lists: inputs, fields, outputs, errors, requests and times, each an item."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from msgspec import UNSET

from app.presenters.live_run import LiveRun
from app.presenters.results import STATES
from app.presenters.run_words import duration
from app.presenters.tables import one_line
from graph.paths import write_path
from graph.values import kind_of
from runtime.events import Failure, block_of
from runtime.large import Large, Side
from runtime.projections.task_data import Attempt, Field, TaskData, Trace

Kind = Literal["value", "failure", "exchange", "timing", "log"]

WIDTH = 120
"""Letters of a value that stand in the list."""

ORIGINS: Mapping[str, str] = {
    "default": "not set: what the block does by default",
    "expression": "worked out from the inputs",
    "changed": "changed by hand in this run",
}


class Item(NamedTuple):
    """One line: what it is called, what is said of it, and what is shown when it is chosen.

    `key` stays the same while the block does. `side` and `name` are those of a value's place.
    `before` is what was there before somebody changed it, UNSET when nobody did.
    """

    key: str
    label: str
    said: str
    kind: Kind = "value"
    value: Any = None
    side: Side | Literal[""] = ""
    name: str = ""
    note: str = ""
    mark: Literal["", "changed", "failed", "quiet"] = ""
    before: Any = UNSET

    @property
    def type(self) -> str:
        """The kind of its value, in the words used for types."""
        return type_of(self.value) if self.kind == "value" else ""


class Group(NamedTuple):
    """Items under a heading."""

    title: str
    items: list[Item]


def type_of(value: Any) -> str:
    """The kind of a value, of one that is only shown as it begins too."""
    return value.kind if isinstance(value, Large) else kind_of(value)


def said_of(value: Any) -> str:
    """A value in a few words."""
    if value is None:
        return "null"
    if value == "":
        return '""'
    if isinstance(value, dict) and set(value) == {"$secret"}:
        return f"secret “{value['$secret']}”"
    return one_line(value, WIDTH)


def state_of(data: TaskData) -> str:
    """How one task stands: `Failed · 12 ms`."""
    if data.held is not None:
        return HELD[data.held.phase]
    words = STATES[data.state]
    return f"{words} · {duration(data.worked)}" if data.ended is not None else words


HELD: Mapping[str, str] = {
    "before": "Stands still before it begins",
    "after": "Stands still with its outputs",
    "error": "Stands still before its error is raised",
}
"""By phase of a task that waits for a person: what is said of it."""


def of_run(run: LiveRun) -> list[Group]:
    """What there is of a whole run."""
    view = run.view
    groups = [
        Group("Inputs", [_value("inputs", n, v) for n, v in view.inputs.items()]),
        Group("Outputs", [_value("outputs", n, v) for n, v in view.outputs.items()]),
        Group("Error", [_failed(view.failure)] if view.failure else []),
    ]
    return [group for group in groups if group.items]


def of_task(
    data: TaskData | None, outputs: Mapping[str, Any], failure: Failure | None = None
) -> list[Group]:
    """What there is of a task; `outputs` and `failure` are known before the rest has come."""
    if data is None:
        known = [
            Group("Outputs", [_value("outputs", n, v) for n, v in outputs.items()]),
            Group("Error", [_failed(failure)] if failure else []),
        ]
        return [group for group in known if group.items]
    groups = [
        Group("Inputs", list(_inputs(data))),
        Group("Fields", [_field(n, f) for n, f in data.fields.items() if f.origin != "default"]),
        Group("Outputs", list(_outputs(data, outputs))),
        Group("Error", list(_failures(data))),
        Group("Requests", [_request(i, t) for i, t in enumerate(data.traces)]),
        Group("Said by breakpoints", [
            Item(f"log/{i}", f"{i + 1}", text, "log", text) for i, text in enumerate(data.logged)
        ]),
        Group("Time", [_time(data)] if data.began is not None else []),
        Group("Fields left as they are", [
            _field(n, f) for n, f in data.fields.items() if f.origin == "default"
        ]),
    ]  # fmt: skip
    return [group for group in groups if group.items]


def _value(side: Side, name: str, value: Any, note: str = "", before: Any = UNSET) -> Item:
    mark: Literal["", "changed"] = "" if before is UNSET else "changed"
    return Item(
        f"{side}/{name}", name, said_of(value), "value", value, side, name, note, mark, before
    )


def _inputs(data: TaskData) -> Iterator[Item]:
    for name, value in data.inputs.items():
        source = data.sources.get(name, "")
        note = f"from {source}" if source else ""
        yield _value("inputs", name, value, note, data.came.get(name, UNSET))


def _outputs(data: TaskData, outputs: Mapping[str, Any]) -> Iterator[Item]:
    for name, value in (outputs or data.outputs).items():
        yield _value("outputs", name, value, before=data.gave.get(name, UNSET))


def _field(name: str, field: Field) -> Item:
    note = ORIGINS.get(field.origin, "")
    if field.expression:
        note = f"{note}: {field.expression}"
    if field.trouble:
        return Item(
            f"fields/{name}", name, field.trouble, "value", field.expression, "fields", name,
            note, "failed",
        )  # fmt: skip
    was = field.was if field.origin == "changed" else UNSET
    item = _value("fields", name, field.value, note, was)
    return item._replace(mark="quiet") if field.origin == "default" else item


def _failures(data: TaskData) -> Iterator[Item]:
    """The error it ended with, and those of attempts before it."""
    if data.failure is not None:
        yield _failed(data.failure)
    for attempt in data.attempts:
        if attempt.failure is not None and attempt.failure != data.failure:
            label = f"attempt {attempt.number}"
            yield _failed(attempt.failure, label)._replace(key=f"error/{attempt.number}")
    if data.held is not None and data.held.failure is not None:
        yield _failed(data.held.failure, "about to be raised")._replace(key="error/held")


def _failed(failure: Failure, label: str = "") -> Item:
    return Item(
        "error", label or "failed", root_of(failure).message, "failure", failure, mark="failed"
    )  # fmt: skip


def root_of(failure: Failure) -> Failure:
    """What caused it in the end."""
    while failure.cause is not None:
        failure = failure.cause
    return failure


def _request(number: int, trace: Trace) -> Item:
    """What passed between a task and the outside, whatever that was."""
    match trace.kind:
        case "http":
            return _exchange(number, trace)
        case "model":
            return _asked(number, trace.detail)
    return Item(f"trace/{number}", trace.kind, said_of(trace.detail), "value", trace.detail)


def _asked(number: int, detail: Mapping[str, Any]) -> Item:
    """A model that was asked: what it took, for whom it stood in, or why it didn't answer."""
    name = f"{detail.get('connection', '')}/{detail.get('model', '')}"
    if error := str(detail.get("error") or ""):
        return Item(f"model/{number}", name, error, "value", detail, mark="failed")
    parts = [f"Answered in {duration(float(detail.get('took') or 0.0))}"]
    if detail.get("cached"):
        parts = ["Given as it was kept"]
    if wanted := detail.get("fell_back_from"):
        parts.append(f"stood in for {', '.join(wanted)}")
    if detail.get("again"):
        parts.append("asked again after a crash, before which it may have been paid for once")
    return Item(f"model/{number}", name, " · ".join(parts), "value", detail)


def _exchange(number: int, trace: Trace) -> Item:
    detail = trace.detail
    asked, answer = detail.get("request") or {}, detail.get("response")
    path = urlsplit(str(asked.get("url", "")))
    status = str(answer.get("status", "")) if answer else "no answer"
    said = f"{status} · {path.netloc}{path.path} · {duration(float(detail.get('took', 0.0)))}"
    failed = answer is None or int(answer.get("status", 0)) >= 400
    return Item(
        f"http/{number}", str(asked.get("method", trace.kind)), said, "exchange", trace,
        mark="failed" if failed else "",
    )  # fmt: skip


def answered(trace: Trace) -> tuple[str, bool]:
    """How a request was answered (`404 Not Found`), and whether that was well."""
    answer = trace.detail.get("response")
    if not isinstance(answer, Mapping):
        return "No answer", False
    status = int(answer.get("status", 0))
    return f"{status} {answer.get('reason', '')}".strip(), status < 400


def about_exchange(trace: Trace) -> str:
    """What was asked for, how long that took, and how much came back."""
    asked, answer = trace.detail.get("request") or {}, trace.detail.get("response") or {}
    took, waited = float(trace.detail.get("took", 0)), float(trace.detail.get("waited", 0))
    times = duration(took) + (
        f", {duration(waited)} of it until the answer began" if waited else ""
    )
    size = f"{answer['size']:,} bytes" if answer.get("size") else ""
    return " · ".join(
        filter(None, (f"{asked.get('method', '')} {asked.get('url', '')}", times, size))
    )


def _time(data: TaskData) -> Item:
    said = duration(data.worked) if data.ended is not None else "under way"
    if data.waited >= 0.001:
        said += f", after a wait of {duration(data.waited)}"
    if len(data.attempts) > 1:
        said += f", {len(data.attempts)} attempts"
    return Item("time", "took", said, "timing", data)


class Span(NamedTuple):
    """A part of a task's time, in seconds since the first of them."""

    label: str
    start: float
    end: float
    kind: Literal["wait", "work", "failed", "pause"]
    note: str = ""


def spans_of(data: TaskData, now: float) -> list[Span]:
    """Where the time of a task went, in order."""
    if data.began is None:
        return []
    zero = min(data.ready if data.ready is not None else data.began, data.began)
    spans = []
    if data.waited > 0:
        spans.append(Span("Waited for its turn", 0.0, data.began - zero, "wait"))
    for attempt in data.attempts:
        spans.extend(_of_attempt(attempt, zero, now, alone=len(data.attempts) == 1))
    return spans


def _of_attempt(attempt: Attempt, zero: float, now: float, *, alone: bool) -> Iterator[Span]:
    ended = now if attempt.ended is None else attempt.ended
    note = attempt.failure.message if attempt.failure else ""
    label = "Worked" if alone else f"Attempt {attempt.number}"
    yield Span(label, attempt.began - zero, ended - zero, "failed" if note else "work", note)
    if attempt.wait:
        end = ended + attempt.wait
        yield Span("Waited to try again", ended - zero, end - zero, "pause")


def expression_of(block: str, name: str, path: Sequence[str | int] = ()) -> str:
    """How a watch names a value: `parse.items[0]["first name"]`."""
    steps = "".join(f"[{step}]" if isinstance(step, int) else f'["{step}"]' for step in path)
    return f"{block}.{name}{steps}"


def path_of(name: str, path: Sequence[str | int]) -> str:
    """A place in a value as a person writes it: `items[0].name`."""
    return write_path((name, *path))


def id_of(task: str) -> str:
    """The block of a task as its own flow knows it: `parse` of `each[3]/parse`."""
    return block_of(task).rpartition("/")[2]
