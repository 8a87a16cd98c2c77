"""What the hub refuses in its own words."""

from agents.errors import Unavailable
from runtime.journal.contract import UnknownRun
from runtime.steering import NotPossible


class Incompatible(NotPossible):
    """A schema would break what was promised of it."""


class NoSuchWorkflow(UnknownRun):
    """There is no workflow of that id."""


class NotDelivered(Unavailable):
    """Data or an event reached none of those that it was for."""
