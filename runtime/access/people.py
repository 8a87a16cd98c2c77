"""Users, their keys and tenants: added, changed, shut out, each change noted as it is made."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import msgspec

from agents.tables import Tables
from runtime.access import attempts, keys, sessions, tenants, users
from runtime.access.deeds import Deed
from runtime.access.errors import NotThere, Unfit
from runtime.access.keys import ApiKey
from runtime.access.logins import Logins, Whence
from runtime.access.passwords import Passwords, refuse_weak
from runtime.access.principal import Principal, Role
from runtime.access.proofs import Proofs
from runtime.access.signing import Signing
from runtime.access.tenants import Tenant
from runtime.access.trail import Trail
from runtime.access.users import User

if TYPE_CHECKING:
    import sqlalchemy as sa

T = TypeVar("T")


class By(NamedTuple):
    """Who changes something, and where their request comes from."""

    who: Principal
    whence: Whence = Whence()


class People:
    """Those of all tenants. Whether somebody may change them is asked before."""

    def __init__(
        self,
        tables: Tables,
        trail: Trail,
        passwords: Passwords,
        signing: Signing,
        proofs: Proofs,
        logins: Logins,
        now: Callable[[], float],
        folder: Path,
    ) -> None:
        self._tables = tables
        self._folder = folder
        self._trail = trail
        self._passwords = passwords
        self._signing = signing
        self._proofs = proofs
        self._logins = logins
        self._now = now

    # Users.

    async def users(self, tenant: str, after: str = "", limit: int = 100) -> Sequence[User]:
        """Users by their names, those after a name."""
        return await self._tables.do(lambda one: users.users(one, tenant, after, limit))

    async def user(self, tenant: str, name: str) -> User:
        """One user. Raises NotThere."""
        return await self._tables.do(lambda one: users.user(one, tenant, name))

    async def add(self, tenant: str, name: str, role: str, password: str, by: By) -> User:
        """Let somebody come in. Raises Unfit, Taken, NotThere for a tenant, TooBusy."""
        added = User(users.named(name), users.role_named(role), True, self._now(), tenant)
        refuse_weak(password, added.name)
        hash = await self._passwords.hashed(password)

        def work(connection: "sa.Connection") -> User:
            tenants.held(connection, tenant)
            users.add(connection, added, hash)
            return added

        return await self._do("add_user", f"{added.name} as {added.role}", by, work, tenant)

    async def change(
        self, tenant: str, name: str, by: By, *, role: str = "", enabled: bool | None = None
    ) -> User:
        """Give a user another role, shut them out, or let them in again. Raises NotThere, Unfit."""

        def work(connection: "sa.Connection") -> User:
            there = users.user(connection, tenant, name)
            changed = msgspec.structs.replace(
                there,
                role=users.role_named(role) if role else there.role,
                enabled=there.enabled if enabled is None else enabled,
            )
            users.change(connection, changed)
            if enabled is False:
                sessions.revoke_all(connection, tenant, name, self._now())
            if enabled:
                attempts.forgiven(connection, tenant, name)
            return changed

        said = [role and f"role {role}", {True: "let in", False: "shut out", None: ""}[enabled]]
        told = ", ".join(part for part in said if part)
        return await self._do("change_user", f"{name}: {told}", by, work, tenant)

    async def set_password(self, tenant: str, name: str, password: str, by: By) -> None:
        """Give a user another password; they have to log in again everywhere.

        Raises NotThere, Unfit, TooBusy.
        """
        refuse_weak(password, name)
        hash = await self._passwords.hashed(password)

        def work(connection: "sa.Connection") -> None:
            users.user(connection, tenant, name)
            users.keep_password(connection, tenant, name, hash)
            attempts.forgiven(connection, tenant, name)
            sessions.revoke_all(connection, tenant, name, self._now())

        await self._do("set_password", name, by, work, tenant)

    async def change_own_password(self, old: str, new: str, by: By) -> None:
        """Give oneself another password. Raises BadLogin when the old one is wrong, LockedOut,
        Unfit.
        """
        who = by.who
        await self._logins.prove(who, old, by.whence)
        await self.set_password(who.tenant, who.user, new, by)

    async def remove(self, tenant: str, name: str, by: By) -> None:
        """Forget a user and all by which they could come in. Raises NotThere."""

        def work(connection: "sa.Connection") -> None:
            users.user(connection, tenant, name)
            users.remove(connection, tenant, name)

        await self._do("remove_user", name, by, work, tenant)

    # Keys.

    async def keys(
        self, tenant: str, name: str = "", after: str = "", limit: int = 100
    ) -> Sequence[ApiKey]:
        """Keys by their ids, those after an id; of one user when there is a name."""
        return await self._tables.do(lambda one: keys.keys(one, tenant, name, after, limit))

    async def key(self, tenant: str, id: str) -> ApiKey:
        """One key, by how it begins. Raises NotThere."""
        return await self._tables.do(lambda one: keys.key(one, tenant, id))

    async def add_key(
        self, tenant: str, name: str, title: str, role: Role | None, until: float | None, by: By
    ) -> tuple[ApiKey, str]:
        """A key by which a program comes in as a user, and the whole of it, told this once.

        Without a `role` it has that of its user. Raises NotThere, Unfit.
        """
        now = self._now()
        if until is not None and until <= now:
            raise Unfit("The key would be over before it begins.", cure="Let it end later.")

        def work(connection: "sa.Connection") -> tuple[ApiKey, str]:
            user = users.held(connection, tenant, name)
            key = ApiKey(keys.new_id(), name, title, role or user.role, now, until, tenant=tenant)
            return key, keys.add(connection, key)

        return await self._do("add_key", f"{title or 'a key'} of {name}", by, work, tenant)

    async def change_key(
        self, tenant: str, id: str, by: By, **changes: str | float | None
    ) -> ApiKey:
        """Change the title, the role or the end of a key. Raises NotThere."""

        def work(connection: "sa.Connection") -> ApiKey:
            changed = msgspec.structs.replace(keys.key(connection, tenant, id), **changes)
            keys.change(connection, changed)
            return changed

        return await self._do("change_key", f"{id}: {', '.join(changes)}", by, work, tenant)

    async def revoke_key(self, tenant: str, id: str, by: By) -> None:
        """Let a key be good no more. Raises NotThere."""

        def work(connection: "sa.Connection") -> None:
            key = keys.key(connection, tenant, id)
            if key.revoked is None:
                keys.change(connection, msgspec.structs.replace(key, revoked=self._now()))

        await self._do("revoke_key", id, by, work, tenant)

    async def rotate(self, by: By) -> str:
        """Sign access tokens with a fresh key; gives its id. Those before it read for a while."""
        id = await asyncio.to_thread(self._signing.rotate, self._now())
        return await self._do("rotate_signing_key", id, by, lambda _: id, "")

    # Tenants.

    async def tenants(self) -> Sequence[Tenant]:
        """All tenants by their names."""
        return await self._tables.do(tenants.tenants)

    async def tenant(self, name: str) -> Tenant:
        """One tenant. Raises NotThere."""
        for tenant in await self.tenants():
            if tenant.name == name:
                return tenant
        raise NotThere(f"There is no tenant {name!r}.", cure="`heddle tenants list` lists them.")

    async def add_tenant(self, name: str, by: By) -> Tenant:
        """Add a tenant, empty. Raises Unfit, Taken, also by what an earlier one has left."""
        added = Tenant(tenants.named(name), self._now())

        def work(connection: "sa.Connection") -> Tenant:
            tenants.add(connection, added)
            tenants.refuse_left(connection, self._folder, name)
            return added

        return await self._do("add_tenant", name, by, work, name)

    async def remove_tenant(self, name: str, by: By) -> None:
        """Forget a tenant and its users. Its folder is left. Raises NotThere."""
        await self._do("remove_tenant", name, by, lambda one: tenants.remove(one, name), name)

    async def _do(
        self, what: str, target: str, by: By, work: "Callable[[sa.Connection], T]", tenant: str
    ) -> T:
        """Change something and note it in one transaction; what was known of anybody is stale."""
        deed = Deed(
            at=self._now(), what=what, outcome="done", who=by.who.user, tenant=tenant,
            target=target, request=by.whence.request, address=by.whence.address,
        )  # fmt: skip
        result = await self._trail.along(lambda one: (work(one), [deed]))
        self._proofs.forget()
        return result
