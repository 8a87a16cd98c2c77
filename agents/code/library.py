"""The functions made of code so far: each piece is read, checked and wrapped once."""

import functools
from collections.abc import Mapping
from typing import Any

from agents.code.errors import CodeRefused
from agents.code.wrapping import Function, Wrapped, wrap
from graph.expressions import Form, unknown_names

PIECES = 512
"""How many pieces of code are kept."""


class Library:
    """Gives the function for a piece of code and the names it is given."""

    def __init__(self) -> None:
        self._wrap = functools.lru_cache(PIECES)(wrap)
        self._make = functools.lru_cache(4 * PIECES)(Wrapped.function)

    def function(
        self, code: str, form: Form, names: Mapping[str, Any], parameters: tuple[str, ...] = ()
    ) -> Function:
        """A function of `parameters`, and of those of `names` that the code asks for.

        Raises CodeRefused with everything that is wrong with the code.
        """
        wrapped = self._wrap(code, form)
        asked = [name for name in wrapped.asks if name in names and name not in parameters]
        function = self._make(wrapped, (*parameters, *asked))
        if not function.runs:
            known = {*names, *parameters}
            found = [*wrapped.reading.problems, *unknown_names(wrapped.reading, known, form)]
            raise CodeRefused(sorted(found, key=lambda problem: (problem.line, problem.column)))
        return function
