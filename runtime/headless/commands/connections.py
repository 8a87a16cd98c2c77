"""`heddle connections`: made, looked at, tried out and removed, with secrets only going in."""

import click
import msgspec
from rich.table import Table
from rich.text import Text

from graph.connections import ConnectionKind
from graph.values import did_you_mean
from runtime.compose import connections_of
from runtime.connections.connections import Connections
from runtime.connections.contents import Draft, NoConnection, Overview, Shown
from runtime.headless import options
from runtime.headless.exits import DONE, FAILED
from runtime.headless.hidden_input import secret_for
from runtime.headless.inputs import pairs
from runtime.headless.loop import waited
from runtime.headless.sources import blocks_at_hand
from runtime.headless.values import console
from runtime.headless.words import clean, hint, moment, say

WHERE = {
    "keyring": "in the keyring", "vault": "in the vault", "environment": "from the environment",
    "": "no secret",
}  # fmt: skip


@click.group("connections")
def command() -> None:
    """A connection holds what one service, model or database wants of you. Its secrets are kept
    in the keyring of the system, or in an encrypted file where there is none.

    \b
    heddle connections set claude --kind anthropic     asks for the key
    heddle connections test claude                     asks the other side
    """


@command.command("list")
@options.as_json
def list_(as_json: bool) -> int:
    """List the connections there are. No secret is ever printed."""
    seen = here().overview()
    if as_json:
        click.echo(msgspec.json.encode(seen))
    elif seen.connections:
        _show_all(seen)
    else:
        say(f"There are none. {hint('heddle connections kinds')} says what can be connected.")
    return DONE


@command.command("kinds")
@options.as_json
def kinds(as_json: bool) -> int:
    """List what can be connected, and what that takes."""
    seen = here().overview()
    if as_json:
        click.echo(msgspec.json.encode(seen.kinds))
        return DONE
    on = console()
    for kind in seen.kinds:
        on.print(Text(kind.kind, style="bold"), Text(kind.title, style="dim"))
        for field in kind.fields:
            sign = "secret" if field.secret else "required" if field.required else ""
            on.print(f"  {field.name:<14}{sign:<10}{clean(field.help)}", highlight=False)
    return DONE


@command.command("set")
@click.argument("name")
@click.option("--kind", help="What it connects to; needed when it is new.")
@click.option("--field", "fields", multiple=True, metavar="NAME=VALUE",
              help="What is no secret. Repeatable; those left out stay.")  # fmt: skip
@click.option("--secret", "asked", multiple=True, metavar="NAME",
              help="A secret to be given anew. [default: the required ones]")  # fmt: skip
@click.option("--yes", is_flag=True, help="Agree to the command or host that it is for.")
def set_(name: str, kind: str | None, fields: tuple[str, ...], asked: tuple[str, ...],
         yes: bool) -> int:  # fmt: skip
    """Make a connection, or change one. Secrets are asked for, or read from the standard input.

    With several secrets, each is one line of the standard input.
    """
    connections = here()
    seen = connections.overview()
    before = next((one for one in seen.connections if one.name == name), None)
    known = _kind(seen, kind or (before.kind if before else ""))
    held = before.secrets if before else ()
    wanted = asked or tuple(
        field.name for field in known.fields
        if field.secret and field.required and field.name not in held
    )  # fmt: skip
    draft = Draft(
        name=name,
        kind=known.kind,
        fields={**(before.fields if before else {}), **pairs(fields, "--field")},
        secrets=_secrets(known, wanted),
    )
    shown = connections.put(draft)
    say(f"{name} is kept, {WHERE[shown.where]}.")
    if not shown.agreed:
        _agree(connections, shown, yes=yes)
    return DONE


@command.command("agree")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Don't ask.")
def agree(name: str, yes: bool) -> int:
    """Agree to what a connection starts, or to the host that it sends to."""
    connections = here()
    shown = connections.show(name)
    if shown.agreed:
        say("There is nothing to agree to.")
        return DONE
    return DONE if _agree(connections, shown, yes=yes) else FAILED


@command.command("show")
@click.argument("name")
@options.as_json
def show(name: str, as_json: bool) -> int:
    """Show one connection, without its secrets."""
    shown = here().show(name)
    if as_json:
        click.echo(msgspec.json.encode(shown))
        return DONE
    on = console()
    for title, value in (("name", shown.name), ("kind", shown.kind), *shown.fields.items()):
        on.print(f"{title:<14}{clean(value)}", highlight=False)
    for field in shown.secrets:
        on.print(f"{field:<14}••• {WHERE[shown.where]}", highlight=False)
    if not shown.agreed:
        on.print(f"not agreed to: {hint(f'heddle connections agree {name}')}")
    if shown.tested:
        said = "worked" if shown.tested.ok else "failed"
        on.print(f"{'tested':<14}{said} {moment(shown.tested.at)}: {clean(shown.tested.said)}")
    return DONE


@command.command("test")
@click.argument("name")
@options.as_json
def test(name: str, as_json: bool) -> int:
    """Try a connection out: the exit code is 1 when the other side won't have it."""
    tested = waited(here().test(name))
    if as_json:
        click.echo(msgspec.json.encode(tested))
    else:
        mark = click.style("✓", fg="green") if tested.ok else click.style("✗", fg="red")
        click.echo(f"{mark} {clean(tested.said)}")
    return DONE if tested.ok else FAILED


@command.command("remove")
@click.argument("name")
def remove(name: str) -> int:
    """Forget a connection and its secrets."""
    here().remove(name)
    say(f"{name} is gone.")
    return DONE


def here() -> Connections:
    """The connections of this home."""
    settings = options.settings()
    return connections_of(settings, blocks_at_hand(settings))


def _kind(seen: Overview, kind: str) -> ConnectionKind:
    known = {one.kind: one for one in seen.kinds}
    if not kind:
        raise click.UsageError(f"Say --kind; it can be {', '.join(known)}.")
    if kind not in known:
        raise NoConnection(f"Nothing is called {kind!r}.", cure=did_you_mean(kind, known))
    return known[kind]


def _secrets(kind: ConnectionKind, wanted: tuple[str, ...]) -> dict[str, str]:
    """The secrets asked for: one whole, several as a line each."""
    for name in wanted:
        field = kind.field(name)
        if field is None or not field.secret:
            secret = [one.name for one in kind.fields if one.secret]
            raise click.UsageError(
                f"{kind.kind} has no secret {name!r}. {did_you_mean(name, secret)}".rstrip()
            )
    if len(wanted) == 1:
        return {wanted[0]: secret_for(wanted[0])}
    return {name: secret_for(name, line=True) for name in wanted}


def _agree(connections: Connections, shown: Shown, *, yes: bool) -> bool:
    say(f"{shown.name} is for:")
    for field, value in shown.agrees_to.items():
        say(f"  {field}: {clean(value)}")
    if not yes and not click.confirm("May flows use it?", err=True):
        say(f"Then none can. {hint(f'heddle connections agree {shown.name}')} asks again.")
        return False
    connections.agree(shown.name, shown.agrees_to)
    return True


def _show_all(seen: Overview) -> None:
    table = Table.grid(padding=(0, 2))
    for one in seen.connections:
        state = "" if one.agreed else "not agreed to"
        if one.tested and not state:
            state = "works" if one.tested.ok else f"failed: {one.tested.said}"
        table.add_row(one.name, Text(one.kind, style="dim"), WHERE[one.where], Text(clean(state)))
    console().print(table)
