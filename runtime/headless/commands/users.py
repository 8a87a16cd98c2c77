"""`heddle users`: who may come in over HTTP."""

import click

from runtime.access.access import Access
from runtime.access.users import User
from runtime.headless import letting_in, options
from runtime.headless.exits import DONE
from runtime.headless.hidden_input import secret_for
from runtime.headless.letting_in import BY
from runtime.headless.words import hint, moment, say


@click.group("users")
def command() -> None:
    """Viewers read; runners store flows, run them and answer questions; admins see to
    connections, secrets, agents and users as well. Passwords are asked for, or read from the
    standard input. `heddle serve` lets them in at once.
    """


@command.command("add")
@click.argument("name")
@letting_in.role
@letting_in.tenant
@options.where
def add(name: str, role: str | None, tenant: str, database: str | None) -> int:
    """Let somebody in, as a viewer unless --role says otherwise."""
    password = secret_for(f"Password for {name}")
    added = letting_in.done(
        database, lambda one: one.people.add(tenant, name, role or "viewer", password, BY)
    )
    say(f"{added.name} is let in as {added.role}.")
    return DONE


@command.command("list")
@letting_in.tenant
@options.as_json
@options.where
def list_(tenant: str, as_json: bool, database: str | None) -> int:
    """List the users."""
    found = letting_in.done(database, lambda one: _all(one, tenant))
    if as_json:
        letting_in.show_json(found)
    elif found:
        lines = [(u.name, u.role, "" if u.enabled else "shut out", moment(u.made)) for u in found]
        letting_in.show(("user", "role", "", "since"), lines)
    else:
        say(f"There are none. {hint('heddle users add NAME --role admin')} lets somebody in.")
    return DONE


@command.command("role")
@click.argument("name")
@click.argument("role", metavar="ROLE")
@letting_in.tenant
@options.where
def role_(name: str, role: str, tenant: str, database: str | None) -> int:
    """Give a user another role."""
    letting_in.done(database, lambda one: one.people.change(tenant, name, BY, role=role))
    say(f"{name} is {role} now.")
    return DONE


@command.command("password")
@click.argument("name")
@letting_in.tenant
@options.where
def password(name: str, tenant: str, database: str | None) -> int:
    """Give a user another password. They have to log in again everywhere."""
    fresh = secret_for(f"Password for {name}")
    letting_in.done(database, lambda one: one.people.set_password(tenant, name, fresh, BY))
    say(f"{name} has another password.")
    return DONE


@command.command("disable")
@click.argument("name")
@letting_in.tenant
@options.where
def disable(name: str, tenant: str, database: str | None) -> int:
    """Shut a user out, until they are enabled again. It holds at once, for every proof."""
    letting_in.done(database, lambda one: one.people.change(tenant, name, BY, enabled=False))
    say(f"{name} is shut out.")
    return DONE


@command.command("enable")
@click.argument("name")
@letting_in.tenant
@options.where
def enable(name: str, tenant: str, database: str | None) -> int:
    """Let a user in again. Wrong passwords that were given are forgotten."""
    letting_in.done(database, lambda one: one.people.change(tenant, name, BY, enabled=True))
    say(f"{name} is let in again.")
    return DONE


@command.command("remove")
@click.argument("name")
@letting_in.tenant
@options.where
def remove(name: str, tenant: str, database: str | None) -> int:
    """Forget a user, their keys and their sessions."""
    letting_in.done(database, lambda one: one.people.remove(tenant, name, BY))
    say(f"{name} is gone.")
    return DONE


async def _all(access: Access, tenant: str) -> list[User]:
    found = list[User]()
    while page := await access.people.users(tenant, found[-1].name if found else "", 1000):
        found.extend(page)
    return found
