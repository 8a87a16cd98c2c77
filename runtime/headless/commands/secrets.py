"""`heddle secrets`: kept, removed, moved; their values only go in."""

import click
import msgspec

from runtime.headless import options
from runtime.headless.commands.connections import here
from runtime.headless.exits import DONE
from runtime.headless.hidden_input import secret_for
from runtime.headless.words import count, hint, say
from runtime.secrets.keep import TITLES, Place
from runtime.secrets.vault_key import new_key


@click.group("secrets")
def command() -> None:
    """A flow names a secret as `{"$secret": "NAME"}`; its value comes from HEDDLE_SECRET_NAME, or
    is kept here. It is never printed.
    """


@command.command("list")
@options.as_json
def list_(as_json: bool) -> int:
    """List the names of the secrets that are kept, and say where that is."""
    seen = here().overview()
    if as_json:
        click.echo(msgspec.json.encode({"kept_in": seen.kept_in, "secrets": seen.secrets}))
        return DONE
    for name in seen.secrets:
        click.echo(name)
    why = f" ({seen.why})" if seen.why else ""
    say(f"Secrets are kept in {TITLES[seen.kept_in]}{why}.")
    if not seen.secrets:
        say(f"There are none. {hint('heddle secrets set NAME')} keeps one.")
    return DONE


@command.command("set")
@click.argument("name")
def set_(name: str) -> int:
    """Keep a secret. It is asked for, or read from the standard input."""
    here().put_secret(name, secret_for(name))
    say(f"{name} is kept.")
    return DONE


@command.command("remove")
@click.argument("name")
def remove(name: str) -> int:
    """Forget a secret."""
    here().remove_secret(name)
    say(f"{name} is gone.")
    return DONE


@command.command("move")
@click.option("--to", type=click.Choice(list(TITLES)), required=True, help="Where to keep them.")
def move(to: Place) -> int:
    """Keep all secrets, those of connections too, in the keyring or in the vault."""
    moved = here().move(to)
    say(f"{count(moved, 'secret')} moved; secrets are kept in {TITLES[to]} from now on.")
    return DONE


@command.command("rotate")
def rotate() -> int:
    """Seal the vault with a fresh key.

    With keys in HEDDLE_VAULT_KEY as NEW,OLD it is sealed with the first of them.
    """
    here().rotate()
    say("The vault has a fresh key.")
    return DONE


@command.command("key")
def key() -> int:
    """Print a fresh key, to be given as HEDDLE_VAULT_KEY."""
    click.echo(new_key())
    return DONE
