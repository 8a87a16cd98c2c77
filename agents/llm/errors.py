"""What can go wrong between a flow and its models.

BlockError
├── NoModel                 nothing is connected that could be asked
├── BudgetExceeded          the answer might cost more than the run may still use up
├── WrongAnswer             it answered, and never as the schema says
├── AgentStopped            an agent reached one of its bounds before it had an answer
└── AgentError              see agents/errors.py
    ├── NoAnswer            every model in the chain failed; says what each said
    └── Rejected
        ├── Unsuited        this model can't take the request, another may
        └── Endless         it went on far beyond what it was asked for
"""

from collections.abc import Sequence

from agents.errors import AgentError, Rejected
from graph.errors import BlockError


class NoModel(BlockError):
    """Nothing is connected that could be asked."""


class BudgetExceeded(BlockError):
    """The answer might use up more than the run still may."""


class WrongAnswer(BlockError):
    """A model answered as often as it may, and never as the schema says."""


class AgentStopped(BlockError):
    """An agent reached one of its bounds before it had an answer."""


class Unsuited(Rejected):
    """This model can't take the request: too long for it, or there is no such model."""


class Endless(Rejected):
    """The model went on far beyond what it was asked for, and was stopped."""


class NoAnswer(AgentError):
    """Every model in the chain failed. Trying again may help if it may help one of them."""

    def __init__(self, failures: Sequence[tuple[str, BlockError]]) -> None:
        said = " ".join(f"{model}: {error.message}" for model, error in failures)
        cures = dict.fromkeys(error.cure for _, error in failures if error.cure)
        waits = [error.wait for _, error in failures if isinstance(error, AgentError) if error.wait]
        super().__init__(
            f"No model answered. {said}",
            cure=" ".join(cures),
            wait=min(waits, default=None),
        )
        self.retryable = any(error.retryable for _, error in failures)
