"""What stands now: the endpoints ready to be called, the keys, and what calls came to."""

from collections.abc import Iterable, Mapping
from typing import Any

from agents.swarm.api_gateway.gate import Gate
from agents.swarm.api_gateway.keys import Keys
from agents.swarm.api_gateway.routing import Table
from agents.swarm.api_gateway.shapes import ROOT, VERSIONS
from agents.swarm.api_gateway.store import Whole
from agents.swarm.api_gateway.tally import Tally
from graph.errors import BadInput

NOT_YET = "The endpoints haven't been read yet."


class Standing:
    """Taken over whole with each change; requests under way keep what they began with."""

    def __init__(self) -> None:
        self.change = -1
        self.missing = NOT_YET
        """Why nothing can be answered, "" once the endpoints are known."""
        self.broken: Mapping[str, str] = {}
        """Endpoints that can't be called as they are kept, and why."""
        self.table = Table[Gate]()
        self.keys = Keys()
        self.whole = Whole(-1, (), ())
        self._gates: dict[str, Gate] = {}
        self._tallies: dict[str, Tally] = {}

    def take(self, whole: Whole) -> None:
        """Let stand what is kept now; endpoints that are as they were stay ready."""
        gates: dict[str, Gate] = {}
        broken: dict[str, str] = {}
        for kept in whole.endpoints:
            key, before = kept.endpoint.key, self._gates.get(kept.endpoint.key)
            try:
                gates[key] = before if before and before.kept == kept else Gate(kept)
            except BadInput as error:  # it was kept by another Heddle
                broken[key] = str(error)
        self.table = Table(
            (gate.endpoint.version, gate.endpoint.method, gate.endpoint.path, gate)
            for gate in gates.values()
        )
        self._gates, self.broken, self.whole = gates, broken, whole
        self._tallies = {key: self.tally(key) for key in gates}
        self.keys = Keys(whole.keys)
        self.change, self.missing = whole.change, ""

    @property
    def has_rates(self) -> bool:
        """Whether calls of any endpoint are counted."""
        return any(gate.endpoint.rate is not None for gate in self._gates.values())

    def gate(self, key: str) -> Gate | None:
        """The endpoint called so."""
        return self._gates.get(key)

    def gates(self, version: str) -> Iterable[Gate]:
        """The endpoints of a version, in the order of their paths."""
        found = [gate for gate in self._gates.values() if gate.endpoint.version == version]
        return sorted(found, key=lambda gate: (gate.endpoint.path, gate.endpoint.method))

    def tally(self, key: str) -> Tally:
        """What calls of an endpoint came to."""
        if (tally := self._tallies.get(key)) is None:
            tally = self._tallies[key] = Tally()
        return tally

    def listed(self, before: str) -> dict[str, Any]:
        """The versions there are, for whoever asks at the root, which `before` comes first."""
        counts = {version: len(list(self.gates(version))) for version in VERSIONS}
        return {
            "versions": [
                {"version": version, "endpoints": count,
                 "openapi": f"{before}{ROOT}/{version}/openapi.json",
                 "docs": f"{before}{ROOT}/{version}/docs"}
                for version, count in counts.items()
                if count
            ]
        }  # fmt: skip
