"""Every kind of block that can be placed, by its name."""

from collections.abc import Iterable, Iterator, Mapping
from types import ModuleType

from graph.errors import UnknownKind
from graph.offered import absent
from graph.spec import BlockSpec
from graph.values import did_you_mean


class Catalog:
    """The kinds at hand. Built once and handed on; never changed."""

    def __init__(self, specs: Iterable[BlockSpec] = ()) -> None:
        self._specs: dict[str, BlockSpec] = {}
        for spec in specs:
            if spec.kind in self._specs:
                raise ValueError(f"Two blocks are called {spec.kind!r}.")
            self._specs[spec.kind] = spec

    @classmethod
    def of(cls, *modules: ModuleType) -> "Catalog":
        """The blocks defined in the modules, in the order they stand there."""
        return cls(spec for module in modules for spec in blocks_in(module))

    def spec(self, kind: str) -> BlockSpec:
        """The spec of a kind. Raises UnknownKind, with the closest known one as its cure."""
        found = self._specs.get(kind)
        if found is None:
            message, cure = self.absent(kind)
            raise UnknownKind(message, cure=cure)
        return found

    def absent(self, kind: str) -> tuple[str, str]:
        """What is said of a kind that isn't here, and the cure."""
        message, cure = absent(kind)
        if message:
            return message, cure
        return f"No block of kind {kind!r} is installed.", self.closest(kind)

    def closest(self, kind: str) -> str:
        """The cure for an unknown kind."""
        return did_you_mean(kind, self._specs) or "`heddle blocks` lists what is there."

    def joined(self, specs: Iterable[BlockSpec]) -> "Catalog":
        """A catalog with more blocks. Raises ValueError when a kind is there already."""
        return Catalog((*self._specs.values(), *specs))

    def get(self, kind: str) -> BlockSpec | None:
        return self._specs.get(kind)

    def __contains__(self, kind: object) -> bool:
        return kind in self._specs

    def __iter__(self) -> Iterator[BlockSpec]:
        return iter(self._specs.values())

    def __len__(self) -> int:
        return len(self._specs)

    @property
    def kinds(self) -> Mapping[str, BlockSpec]:
        return self._specs


def blocks_in(module: ModuleType) -> Iterator[BlockSpec]:
    """The specs of the blocks a module defines itself (not those it imports)."""
    for value in vars(module).values():
        spec = getattr(value, "__block__", None)
        if isinstance(spec, BlockSpec) and value.__module__ == module.__name__:
            yield spec
