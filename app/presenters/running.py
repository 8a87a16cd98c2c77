"""How a block is run, as the questions of a form."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from graph.flow import Block, Retry, Settings
from graph.spec import BlockSpec, Parameter
from graph.values import BOOLEAN, INTEGER, NUMBER, RECORD, ValueType

UNSET = msgspec.UNSET
AS_KIND, YES, NO = "as usual", "yes", "no"


LABELS = {
    "delay": "First wait", "factor": "Growth of waits", "longest": "Longest wait",
    "jitter": "Chance in waits", "each": "Run for each", "parallel": "At a time",
    "pin": "Pin the outputs", "repeatable": "May be repeated",
}  # fmt: skip


class Question(NamedTuple):
    """One thing that can be said of how a block is run; UNSET is how it is when nothing is said."""

    parameter: Parameter
    answer: Any
    said: Callable[[Any], Settings]
    """The settings once this is the answer."""

    @property
    def label(self) -> str:
        """What is asked, in a word or two."""
        return LABELS.get(self.parameter.name, self.parameter.title)


def questions(
    block: Block, spec: BlockSpec, inputs: Iterable[str], recorded: Any = None
) -> list[Question]:
    """What can be asked of this block; `recorded` are the outputs it could be pinned to."""
    return list(_asked(block.settings, spec, tuple(inputs), recorded))


def _asked(
    now: Settings, spec: BlockSpec, inputs: tuple[str, ...], recorded: Any
) -> Iterator[Question]:
    for asked in _plain(now, inputs):
        yield _question(now, asked)
        if asked.name == "on_error":
            yield from _of_retry(now)
    if spec.effect == "write":
        yield _of_repeating(now, spec)
    yield from _of_pin(now, recorded)


def _plain(now: Settings, inputs: tuple[str, ...]) -> Iterator[Parameter]:
    """The settings that are answered as they stand."""
    yield Parameter("bypass", BOOLEAN, False, "Let values pass the block by.")
    yield Parameter("time_limit", NUMBER, None, "Seconds an attempt may take; no limit if empty.")
    yield Parameter("on_error", _ON_ERROR, "stop", _WHEN_IT_FAILS)
    if inputs:
        kind = ValueType("text", choices=("", *inputs))
        yield Parameter("each", kind, "", "Run once for each item of this input; gives a list.")
    if now.each:
        yield Parameter("parallel", INTEGER, 8, "How many items at a time.")


_ON_ERROR = ValueType("text", choices=("stop", "continue", "port"))
_WHEN_IT_FAILS = "Stop the run, continue without a value, or give the error on a port."


def _question(now: Settings, asked: Parameter) -> Question:
    name, default, held = asked.name, asked.default, getattr(now, asked.name)

    def said(value: Any) -> Settings:
        return replace(now, **{name: default if value is UNSET else value})

    return Question(asked, UNSET if held == default else held, said)


def _of_retry(now: Settings) -> Iterator[Question]:
    retry = now.retry
    asked = Parameter("retry", BOOLEAN, False, "Try again after a failure that may pass.")
    yield Question(asked, UNSET if retry is None else True,
                   lambda v: replace(now, retry=Retry() if v is True else None))  # fmt: skip
    if retry is None:
        return
    for name, kind, words in (
        ("attempts", INTEGER, "How often in all."),
        ("delay", NUMBER, "Seconds before the second attempt."),
        ("factor", NUMBER, "By how much each wait is longer than the one before."),
        ("longest", NUMBER, "The longest wait, in seconds."),
        ("jitter", NUMBER, "The share of each wait that is left to chance, from 0 to 1."),
    ):
        default = getattr(Retry(), name)
        held = getattr(retry, name)

        def said(value: Any, name: str = name, default: Any = default) -> Settings:
            part = {name: default if value is UNSET else value}
            return replace(now, retry=replace(retry, **part))

        yield Question(
            Parameter(name, kind, default, words), UNSET if held == default else held, said
        )


def _of_repeating(now: Settings, spec: BlockSpec) -> Question:
    usual = "may" if spec.repeatable else "may not"
    asked = Parameter(
        "repeatable", ValueType("text", choices=(AS_KIND, YES, NO)), AS_KIND,
        f"Whether it may be done again after a crash midway. Usually this kind {usual}.",
    )  # fmt: skip
    answer = UNSET if now.repeatable is None else YES if now.repeatable else NO
    return Question(
        asked,
        answer,
        lambda v: replace(now, repeatable=None if v in (UNSET, AS_KIND) else v == YES),
    )


def _of_pin(now: Settings, recorded: Any) -> Iterator[Question]:
    asked = Parameter("pin", BOOLEAN, False, "Give recorded outputs instead of running.")
    pinned = dict(recorded) if recorded else {}
    yield Question(asked, UNSET if now.pin is None else True,
                   lambda v: replace(now, pin=pinned if v is True else None))  # fmt: skip
    if now.pin is not None:
        outputs = Parameter("outputs", RECORD, {}, "What it gives, by output.")
        yield Question(outputs, dict(now.pin), lambda v: replace(now, pin={} if v is UNSET else v))
