"""Who may come in: people, proofs and the trail of one home, put together."""

import time
from collections.abc import Callable
from pathlib import Path

from runtime.access.attempts import Rules
from runtime.access.logins import Logins
from runtime.access.passwords import Cost, Passwords
from runtime.access.people import People
from runtime.access.proofs import Proofs
from runtime.access.searching import Reading
from runtime.access.signing import Signing
from runtime.access.tables import access_tables
from runtime.access.trail import Trail


class Access:
    """Nothing is opened or imported before somebody asks for it."""

    def __init__(
        self,
        folder: Path,
        database_url: str = "",
        *,
        now: Callable[[], float] = time.time,
        cost: Cost = Cost(),
        rules: Rules = Rules(),
        durable: bool = False,
    ) -> None:
        """`folder` is the home; with a `database_url` of PostgreSQL the tables are there.

        In a file what is noted survives the death of the process, when `durable` a power cut, too.
        """
        self._tables = access_tables(folder, database_url, durable=durable)
        self._passwords = Passwords(cost)
        self.folder = folder
        self.now = now
        self.signing = Signing(folder)
        self.trail = Trail(self._tables, folder)
        self.reading = Reading(self._tables)
        self.proofs = Proofs(self._tables, self.signing, now)
        self.logins = Logins(
            self._tables, self.trail, self._passwords, self.signing, self.proofs, now, rules
        )
        self.people = People(
            self._tables, self.trail, self._passwords, self.signing, self.proofs, self.logins,
            now, folder,
        )  # fmt: skip

    async def close(self) -> None:
        """Wait until everything is noted, and let go of the tables."""
        await self.logins.close()
        await self.trail.close()
        self._passwords.close()
        self._tables.close()
