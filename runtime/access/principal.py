"""Who makes a request, what they may do, and how they prove it."""

from typing import Literal, Protocol, get_args

import msgspec

Role = Literal["viewer", "runner", "admin"]
"""What somebody may do, each more than the one before.

A viewer reads; a runner stores flows, runs them and answers questions, too; an admin also changes
connections and secrets, looks after agents, and lets people in.
"""

ROLES: tuple[Role, ...] = get_args(Role)

Proof = Literal["owner", "session", "key"]
"""By what somebody is known: the server's own token, an access token, or an API key."""


class Principal(msgspec.Struct, frozen=True):
    """Who makes a request. It stands in `scope["state"]["principal"]` once a guard let it in.

    `tenant` is whose flows, runs, connections and agents there are for them: "" for those of the
    house itself. `session` names what is revoked to send them away.
    """

    user: str
    roles: frozenset[Role]
    tenant: str = ""
    proof: Proof = "session"
    session: str = ""

    def may(self, role: Role) -> bool:
        """Whether they have the role, or one that includes it."""
        return role in self.roles


def up_to(role: Role) -> frozenset[Role]:
    """A role and all that it includes."""
    return frozenset(ROLES[: ROLES.index(role) + 1])


OWNER = Principal("owner", up_to("admin"), proof="owner")
"""Whoever knows the token that the server was started with."""


class Verifier(Protocol):
    """Knows people by the word they give with a request: an access token, or an API key."""

    async def principal(self, word: str) -> Principal | None:
        """Who proves by that word who they are, None when nobody does.

        Raises HeddleError when that can't be said now, as the store of users is away.
        """
        ...
