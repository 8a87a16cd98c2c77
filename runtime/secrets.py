"""Where secrets come from: the environment, until there is a vault."""

import os
import re

from graph.errors import BlockError

PREFIX = "HEDDLE_SECRET_"


class NoSecret(BlockError):
    """A block needs a secret that isn't there."""


def secret(name: str) -> str:
    """The secret called `name`, from its variable. Raises NoSecret."""
    variable = variable_of(name)
    value = os.environ.get(variable)
    if not value:
        what = "There is no secret" if value is None else "There is nothing in the secret"
        raise NoSecret(f"{what} {name!r}.", cure=f"Set it as {variable}.")
    return value


def all_values() -> list[str]:
    """The values of all secrets that are there, to be kept out of what leaves this machine."""
    return [value for name, value in os.environ.items() if name.startswith(PREFIX) and value]


def variable_of(name: str) -> str:
    """The environment variable of a secret: `github.token` is in HEDDLE_SECRET_GITHUB_TOKEN."""
    return PREFIX + re.sub(r"[^A-Z0-9]", "_", name.upper())
