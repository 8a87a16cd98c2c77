"""How much one question may ask: its size, its depth, and what answering it comes to."""

import logging
from collections.abc import Iterator
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValidationContext,
    ValidationRule,
)
from strawberry.extensions import (
    AddValidationRules,
    MaskErrors,
    MaxTokensLimiter,
    SchemaExtension,
)

from graph.errors import HeddleError

LONGEST = 20_000
"""Characters of a question."""
TOKENS, ALIASES, DEEPEST = 1_000, 20, 15
FIRST, MOST = 20, 100
"""Items of a page: when nothing is said, and at most."""
COSTLIEST = 5_000
"""What a question may come to: one for each field, times the items of the pages it stands in."""

SPREAD = 20_000
"""Fields and fragments of a question, each as often as fragments repeat it."""

PAGES = frozenset({"flows", "runs", "events", "happened", "tasks", "agents"})
"""Fields that give many."""

ABOUT_TYPES = frozenset({"types", "fields", "inputFields", "interfaces", "possibleTypes"})
"""Fields of the schema itself that lead back to each other: none stands within itself."""

log = logging.getLogger("heddle.server")


class Limits(ValidationRule):
    """Refuses a question that is too deep or comes to too much, before anything is looked up."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self._spreading = list[str]()
        self._seen = self._aliases = 0

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> None:
        try:
            cost = self._cost(node.selection_set, ())
        except _TooMuch as error:
            self.report_error(GraphQLError(str(error), [node]))
            return
        if cost > COSTLIEST:
            said = f"The question comes to {cost:,}; at most {COSTLIEST:,} is answered."
            self.report_error(GraphQLError(said, [node]))

    def _cost(self, chosen: SelectionSetNode | None, path: tuple[str, ...]) -> int:
        """What some fields come to. Raises _TooMuch."""
        if len(path) > DEEPEST:
            raise _TooMuch(f"The question is nested more than {DEEPEST} deep.")
        total = 0
        for field, inner in self._fields(chosen):
            name = field.name.value
            if name in path and name in ABOUT_TYPES:
                raise _TooMuch(f"The question asks for {name} within {name}.")
            total += 1 + _times(field) * self._cost(inner, (*path, name))
            if total > COSTLIEST * MOST:
                break  # enough to know that it is too much
        return total

    def _fields(
        self, chosen: SelectionSetNode | None
    ) -> Iterator[tuple[FieldNode, SelectionSetNode | None]]:
        for one in chosen.selections if chosen else ():
            self._seen += 1
            if self._seen > SPREAD:
                raise _TooMuch("The question's fragments come to too much.")
            match one:
                case FieldNode():
                    self._aliases += one.alias is not None
                    if self._aliases > ALIASES:
                        raise _TooMuch(f"The question has more than {ALIASES} aliases.")
                    yield one, one.selection_set
                case InlineFragmentNode():
                    yield from self._fields(one.selection_set)
                case FragmentSpreadNode() if one.name.value not in self._spreading:
                    yield from self._spread(one.name.value)

    def _spread(self, name: str) -> Iterator[tuple[FieldNode, SelectionSetNode | None]]:
        fragment = self.context.get_fragment(name)
        if isinstance(fragment, FragmentDefinitionNode):
            self._spreading.append(name)
            yield from self._fields(fragment.selection_set)
            self._spreading.pop()


class _TooMuch(Exception):
    """A question is refused for its shape."""


def _times(field: FieldNode) -> int:
    """How many items a field gives: as many as are said, the most where a variable says it."""
    if field.name.value not in PAGES:
        return 1
    given = (one.value for one in field.arguments or () if one.name.value == "first")
    first = next(given, None)
    if first is None:
        return FIRST
    return min(MOST, int(first.value)) if isinstance(first, IntValueNode) else MOST


def extensions() -> list[Any]:
    """What every question goes through."""
    return [
        lambda: MaxTokensLimiter(max_token_count=TOKENS),
        lambda: AddValidationRules([Limits]),
        _Cures,
        lambda: MaskErrors(_is_unexpected, "Something unexpected happened in the server."),
    ]


class _Cures(SchemaExtension):
    """Says of our own errors what kind they are, and what cures them."""

    def on_operation(self) -> Iterator[None]:
        yield
        for error in getattr(self.execution_context.result, "errors", None) or ():
            if isinstance(error.original_error, HeddleError):
                found = error.original_error
                error.extensions = {"title": type(found).__name__, "cure": found.cure}


def _is_unexpected(error: GraphQLError) -> bool:
    unexpected = error.original_error is not None and not isinstance(
        error.original_error, HeddleError | GraphQLError
    )
    if unexpected:
        log.error("A question met something unexpected.", exc_info=error.original_error)
    return unexpected
