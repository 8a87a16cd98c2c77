"""Where secrets come from: the environment, until there is a vault."""

import os

from graph.errors import BlockError

PREFIX = "HEDDLE_SECRET_"


class NoSecret(BlockError):
    """A block needs a secret that isn't there."""


def secret(name: str) -> str:
    """The secret called `name`, from the variable HEDDLE_SECRET_NAME. Raises NoSecret."""
    variable = PREFIX + name.upper().replace("-", "_").replace(".", "_")
    value = os.environ.get(variable)
    if value is None:
        raise NoSecret(f"There is no secret {name!r}.", cure=f"Set it as {variable}.")
    return value
