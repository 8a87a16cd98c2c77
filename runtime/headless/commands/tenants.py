"""`heddle tenants`: those who share a server and nothing else."""

import click

from runtime.access.access import Access
from runtime.access.tenants import Tenant
from runtime.headless import letting_in, options
from runtime.headless.exits import DONE
from runtime.headless.letting_in import BY
from runtime.headless.words import hint, moment, say


@click.group("tenants")
def command() -> None:
    """Each has flows, runs, connections and agents of its own, which nobody else can reach."""


@command.command("add")
@click.argument("name")
@options.where
def add(name: str, database: str | None) -> int:
    """Add a tenant."""
    letting_in.done(database, lambda one: one.people.add_tenant(name, BY))
    first = f"heddle users add NAME --tenant {name} --role admin"
    say(f"{name} is there. {hint(first)} lets its first admin in.")
    return DONE


@command.command("list")
@options.as_json
@options.where
def list_(as_json: bool, database: str | None) -> int:
    """List the tenants."""
    found = letting_in.done(database, _all)
    if as_json:
        letting_in.show_json(found)
    elif found:
        letting_in.show(("tenant", "since"), [(one.name, moment(one.made)) for one in found])
    else:
        say(f"There are none. {hint('heddle tenants add NAME')} adds one.")
    return DONE


@command.command("remove")
@click.argument("name")
@options.where
def remove(name: str, database: str | None) -> int:
    """Forget a tenant and its users. Its runs and connections are left where they are."""
    letting_in.done(database, lambda one: one.people.remove_tenant(name, BY))
    say(f"{name} is gone; what it had is left in tenants/{name}, and in its schema if it had one.")
    return DONE


async def _all(access: Access) -> list[Tenant]:
    return list(await access.people.tenants())
