"""Which models there are, what they can do, and what they cost; a file that anybody may edit."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from agents.llm.shapes import Usage
from graph.errors import HeddleError

Ability = Literal["chat", "tools", "structured", "vision", "thinking", "temperature", "embed"]

_DATED = re.compile(r"-(\d{8}|\d{4}-\d{2}-\d{2}|latest)$")

MILLION = 1_000_000


class BadCatalogue(HeddleError):
    """A file of models can't be read."""


class Price(msgspec.Struct, frozen=True, omit_defaults=True, rename={"put_in": "in"}):
    """US dollars for a million tokens: put in, given back, and put in from or into a cache.

    None where a provider counts it as any other token put in. `beyond` is the price of all
    tokens once more than `at_most` are put in.
    """

    put_in: float
    out: float = 0.0
    cached: float | None = None
    cache_written: float | None = None
    at_most: int = 0
    beyond: "Price | None" = None

    def of(self, usage: Usage) -> float:
        """What the tokens cost, in US dollars."""
        if self.beyond is not None and usage.put_in > self.at_most:
            return self.beyond.of(usage)
        cached = self.put_in if self.cached is None else self.cached
        written = self.put_in if self.cache_written is None else self.cache_written
        plain = max(0, usage.put_in - usage.cached - usage.cache_written)
        total = plain * self.put_in + usage.cached * cached + usage.cache_written * written
        return (total + usage.given * self.out) / MILLION


FREE = Price(put_in=0.0)
"""What a model on a machine of one's own costs: nothing that anybody counts."""


class Known(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What is known of a model. `price` is None, and `context` 0, where it isn't known.

    `as_of` is the day on which somebody looked the price up. `thinks` says how it is told how
    long to think: for so many tokens (budget), as long as it likes and not at all when it isn't
    to (adaptive), always (always), with so much effort (effort), or not. `speaks` names the
    protocol that it wants of several.
    """

    model: str
    provider: str
    context: int = 0
    most_tokens: int = 0
    can: tuple[Ability, ...] = ("chat",)
    price: Price | None = None
    as_of: str = ""
    thinks: Literal["", "budget", "adaptive", "always", "effort"] = ""
    speaks: Literal["", "responses"] = ""


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """The content of a file of models."""

    models: tuple[Known, ...] = ()
    defaults: Mapping[str, str] = {}


class Catalogue:
    """Models by name. What a later file says of a model stands in place of what an earlier did."""

    def __init__(self, listings: Iterable[Listing] = ()) -> None:
        self._known: dict[tuple[str, str], Known] = {}
        self._defaults: dict[str, str] = {}
        for listing in listings:
            self._known.update({(known.provider, known.model): known for known in listing.models})
            self._defaults.update(listing.defaults)

    @classmethod
    def at(cls, *paths: Path) -> "Catalogue":
        """The models in those of the files that are there. Raises BadCatalogue."""
        return cls(_read(path) for path in paths if path.is_file())

    def __iter__(self) -> Iterator[Known]:
        return iter(self._known.values())

    def find(self, model: str, provider: str = "") -> Known | None:
        """What is known of a model, also by a name that has a day at its end."""
        for name in (model, _DATED.sub("", model)):
            for known in self._known.values():
                if known.model == name and provider in ("", known.provider):
                    return known
        return None

    def default(self, provider: str) -> str:
        """The model that is asked when nobody says which, "" when none is known."""
        return self._defaults.get(provider, "")


def _read(path: Path) -> Listing:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Listing)
    except (OSError, msgspec.DecodeError) as error:
        raise BadCatalogue(
            f"{path}: the models in it can't be read: {error}.",
            cure="Mend it, or remove it: Heddle has a list of its own.",
        ) from error
