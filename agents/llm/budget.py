"""Whether an answer fits what the run may still use up, and what it cost."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from agents.llm.chosen import Chosen
from agents.llm.errors import BudgetExceeded
from agents.llm.shapes import Usage
from graph.context import Allowance, Context


def cost(chosen: Chosen, used: Usage) -> float | None:
    """US dollars; None when the price of the model isn't known."""
    return None if chosen.price is None else chosen.price.of(used)


@asynccontextmanager
async def set_aside(
    context: Context, chosen: Chosen, most: Usage
) -> AsyncIterator[Callable[[], None]]:
    """Have so much of the budget for oneself while a model is asked, and wait for it if need be.

    Gives what checks again that it fits, for further attempts. Raises BudgetExceeded.
    """
    async with context.set_aside(most.total, cost(chosen, most) or 0.0) as left:
        _refuse(left(), chosen, most)
        yield lambda: _refuse(left(), chosen, most)


def _refuse(allowance: Allowance, chosen: Chosen, most: Usage) -> None:
    """Raises BudgetExceeded when an answer might take more than is left, or nobody can tell."""
    if allowance.tokens is not None and most.total > allowance.tokens:
        raise BudgetExceeded(
            f"{chosen.name} may use {most.total:,} tokens ({most.put_in:,} put in, up to"
            f" {most.given:,} given back), and the run has {allowance.tokens:,} left.",
            cure="Lower the most tokens of the answer, or raise the budget.",
        )
    if allowance.cost is None:
        return
    might = cost(chosen, most)
    if might is None:
        raise BudgetExceeded(
            f"The price of {chosen.name} isn't known, and the run has a budget in dollars.",
            cure="Put the model and its price into models.json, or take the budget away.",
        )
    if might > allowance.cost:
        raise BudgetExceeded(
            f"{chosen.name} may cost ${might:.4f} ({most.put_in:,} tokens put in, up to"
            f" {most.given:,} given back), and the run has ${max(0.0, allowance.cost):.4f} left.",
            cure="Lower the most tokens of the answer, or raise the budget.",
        )
