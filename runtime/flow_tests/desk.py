"""The desk at which effects are asked for: answered from a recording, refused, or let through."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from msgspec import UNSET

from graph.errors import BlockError
from runtime.events import block_of
from runtime.flow_tests.case import Effect, Refused, Unrecorded
from runtime.flow_tests.matching import differences
from runtime.flow_tests.spelling import read_back, spelt
from runtime.flow_tests.verdict import Difference


class NotRecorded(BlockError):
    """A block asked something of the outside that the test has no answer to."""


class AsRecorded(BlockError):
    """A failure of the outside, as it was recorded."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.message, cure=refused.cure)
        self.type = refused.type
        self.retryable = refused.retryable


class Question(NamedTuple):
    """What a task asks of the outside: its arguments, with secrets only by name.

    `writes` says that it changes something there; `harmless` that it only looks at the clock or
    the like, which costs nothing and tells nobody.
    """

    task: str
    kind: str
    attempt: int
    asked: Mapping[str, Any]
    writes: bool = False
    harmless: bool = False

    @property
    def spelt(self) -> dict[str, Any]:
        """The arguments as they stand in a tests file."""
        return {name: spelt(value) for name, value in sorted(self.asked.items())}


class Refusal(NamedTuple):
    """A question without an answer, the recorded one that comes closest, and how they differ."""

    question: Question
    closest: Effect | None
    differences: Sequence[Difference]


class Entry(NamedTuple):
    """What became of a question: `answer` is None where the outside was really asked."""

    question: Question
    answer: Effect | None


Manner = Literal["exact", "by task", "closest"]
"""By which answers are found: the same question; whatever that task asks (while a run is being
made a case); or the likeliest of that block (while inputs are made up)."""


class Desk:
    """Answers the questions of one run. `entries` and `refusals` are in the order they came."""

    def __init__(
        self, effects: Iterable[Effect], unrecorded: Unrecorded = "refuse", manner: Manner = "exact"
    ) -> None:
        self.entries: list[Entry] = []
        self.refusals: list[Refusal] = []
        self._unrecorded = unrecorded
        self._manner = manner
        self._effects: defaultdict[str, list[Effect]] = defaultdict(list)
        self._used: set[int] = set()
        for effect in effects:
            self._effects[block_of(effect.task)].append(effect)

    def answer(self, question: Question) -> dict[str, Any] | None:
        """What the outside answered, by port; None when it is to be asked.

        Raises AsRecorded where it failed then, NotRecorded where nobody knows.
        """
        effect = self._found(question)
        let_through = self._unrecorded == "do" or (question.harmless and self._manner == "closest")
        if effect is None and not let_through:
            raise self._refused(question)
        self.entries.append(Entry(question, effect))
        if effect is None:
            return None
        self._used.add(id(effect))
        if effect.fails is not None:
            raise AsRecorded(effect.fails)
        assert effect.gives is not UNSET, "an effect that doesn't fail gives something"
        return {port: read_back(value) for port, value in effect.gives.items()}

    def unasked(self) -> list[Effect]:
        """The recorded effects that nobody asked for."""
        return [
            effect
            for effects in self._effects.values()
            for effect in effects
            if id(effect) not in self._used
        ]

    def _found(self, question: Question) -> Effect | None:
        known = self._effects.get(block_of(question.task), ())
        fitting = [effect for effect in known if self._fits(effect, question)]
        if not fitting:
            return None
        return min(
            fitting,
            key=lambda effect: (
                len(_unlike(effect, question)) if self._manner == "closest" else 0,
                effect.task != question.task,
                effect.attempt != question.attempt,
                id(effect) in self._used,
                effect.asked is UNSET,
            ),
        )

    def _fits(self, effect: Effect, question: Question) -> bool:
        if self._manner == "by task":
            return (effect.task, effect.attempt) == (question.task, question.attempt)
        if self._manner == "closest":
            return True
        return effect.asked is UNSET or not _unlike(effect, question)

    def _refused(self, question: Question) -> NotRecorded:
        known = [(_unlike(e, question), e) for e in self._effects.get(block_of(question.task), ())]
        unlike, closest = min(known, key=lambda pair: len(pair[0]), default=((), None))
        self.refusals.append(Refusal(question, closest, unlike))
        return NotRecorded(
            f"{question.task} ({question.kind}) asked what isn't recorded.",
            cure="Record it again, or let this test really ask.",
        )


def _unlike(effect: Effect, question: Question) -> Sequence[Difference]:
    """Where a question differs from the one that was recorded."""
    if effect.asked is UNSET:
        return ()
    return differences(read_back(effect.asked), dict(question.asked), ignoring=effect.ignoring)
