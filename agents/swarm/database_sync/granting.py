"""Whether a flow may use the house's database, which is what every sync leads to."""

from pathlib import Path

from agents import databases
from agents.contract import Grants
from agents.errors import NotGranted
from agents.folders import Folders


def look_at(grants: Grants, database_url: str, file: Path | None) -> None:
    """Raises NotGranted for a flow that may not use the server at that address, or the file.

    Who may use any database may use a file that is the house's, too.
    """
    if "*" in grants.databases:
        return
    if file is not None:
        Folders(grants).writable(str(file.absolute()))
        return
    try:
        databases.allow(grants, databases.parsed(database_url))
    except ValueError:  # as of several hosts
        raise NotGranted(
            "The flow may not use the database at DATABASE_URL.",
            cure="If it should, run it without --allow-database.",
        ) from None
