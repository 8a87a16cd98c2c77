"""`heddle keys`: by which programs come in over HTTP."""

import time

import click
import msgspec

from runtime.access.access import Access
from runtime.access.keys import ApiKey
from runtime.access.users import role_named
from runtime.headless import letting_in, options
from runtime.headless.exits import DONE
from runtime.headless.letting_in import BY
from runtime.headless.words import hint, moment, say

DAY = 86_400.0


@click.group("keys")
def command() -> None:
    """A key belongs to a user, and may what they may, or less. Programs send it as they would a
    token: `Authorization: Bearer KEY`.
    """


@command.command("add")
@click.argument("user")
@click.option("--title", default="", help="What it is for.")
@letting_in.role
@click.option("--days", type=click.FloatRange(min=0, min_open=True), metavar="N",
              help="How long it is good. [default: until it is revoked]")  # fmt: skip
@letting_in.tenant
@options.as_json
@options.where
def add(
    user: str,
    title: str,
    role: str | None,
    days: float | None,
    tenant: str,
    as_json: bool,
    database: str | None,
) -> int:
    """Make a key, and print it: nobody can be told again."""
    until = time.time() + days * DAY if days else None
    most = role_named(role) if role else None
    key, word = letting_in.done(
        database, lambda one: one.people.add_key(tenant, user, title, most, until, BY)
    )
    if as_json:
        click.echo(msgspec.json.encode({"key": word, "about": key}))
    else:
        click.echo(word)
        say("Keep it as you would a password; only how it begins is known here from now on.")
    return DONE


@command.command("list")
@letting_in.tenant
@options.as_json
@options.where
def list_(tenant: str, as_json: bool, database: str | None) -> int:
    """List the keys by how they begin."""
    found = letting_in.done(database, lambda one: _all(one, tenant))
    if as_json:
        letting_in.show_json(found)
    elif found:
        letting_in.show(("key", "user", "role", "for", "last used", ""), [_line(k) for k in found])
    else:
        say(f"There are none. {hint('heddle keys add USER')} makes one.")
    return DONE


@command.command("revoke")
@click.argument("key")
@letting_in.tenant
@options.where
def revoke(key: str, tenant: str, database: str | None) -> int:
    """Let a key, named by how it begins, be good no more."""
    letting_in.done(database, lambda one: one.people.revoke_key(tenant, key, BY))
    say(f"{key} opens nothing any more.")
    return DONE


@command.command("rotate")
@options.where
def rotate(database: str | None) -> int:
    """Sign access tokens with a fresh key of this home from now on.

    Those that were signed before are good for the few minutes they have left.
    """
    id = letting_in.done(database, _rotated)
    say(f"Access tokens are signed with the key {id}.")
    return DONE


async def _rotated(access: Access) -> str:
    return await access.people.rotate(BY)


async def _all(access: Access, tenant: str) -> list[ApiKey]:
    found = list[ApiKey]()
    while page := await access.people.keys(tenant, "", found[-1].id if found else "", 1000):
        found.extend(page)
    return found


def _line(key: ApiKey) -> tuple[str, ...]:
    ends = "revoked" if key.revoked else f"until {moment(key.until)}" if key.until else ""
    return key.id, key.name, key.role, key.title, moment(key.used) if key.used else "never", ends
