"""`heddle audit`: who did what over HTTP, and whether that was changed afterwards."""

from collections.abc import Sequence

import click
import msgspec

from runtime.access.access import Access
from runtime.access.activity import Doer
from runtime.access.deeds import Entry, Head
from runtime.access.searching import Wanted
from runtime.headless import letting_in, options
from runtime.headless.exits import DONE, FAILED
from runtime.headless.words import count, moment, say


@click.group("audit")
def command() -> None:
    """Everything that changes something, everybody who logs in and every change of users, keys
    and tenants is noted: never a value, never a secret.
    """


@command.command("list")
@click.option("--who", default="", help="Only what that user did.")
@click.option("--what", default="", help="Only that, such as login or start_run.")
@click.option("--text", default="", help="Only where that stands in it.")
@click.option("--tenant", metavar="NAME", help="Only of that tenant. [default: of all]")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 100_000),
              help="The most there are.")  # fmt: skip
@options.as_json
@options.where
def list_(
    who: str,
    what: str,
    text: str,
    tenant: str | None,
    limit: int,
    as_json: bool,
    database: str | None,
) -> int:
    """List what was done, the newest last."""
    wanted = Wanted(tenant, who, what, text=text)
    newest = letting_in.done(database, lambda one: one.reading.entries(wanted, limit=limit))
    found = list(reversed(newest))
    if as_json:
        letting_in.show_json(found)
    elif found:
        _show(found)
    else:
        say("Nothing was noted.")
    return DONE


@command.command("verify")
@click.option("--head", metavar="SEQ:HASH", help="An earlier head that has to be part of it.")
@options.as_json
@options.where
def verify(head: str | None, as_json: bool, database: str | None) -> int:
    """See that nothing was changed or taken away since it was noted.

    The head it prints, kept somewhere else, proves later that all until then is as it was.
    """
    since = _head(head) if head else None
    verdict = letting_in.done(database, lambda one: one.trail.verify(since))
    if as_json:
        click.echo(msgspec.json.encode(verdict))
    elif verdict.is_whole:
        say(f"Nothing was changed: {count(verdict.entries, 'entry', 'entries')}.")
        click.echo(f"{verdict.head.seq}:{verdict.head.hash}")
    else:
        say(f"The trail is not as it was written, from entry {verdict.flaw_at} on: {verdict.why}")
    return DONE if verdict.is_whole else FAILED


@command.command("activity")
@options.as_json
@options.where
def activity(as_json: bool, database: str | None) -> int:
    """Count what everybody did."""
    found = letting_in.done(database, _activity)
    if as_json:
        letting_in.show_json(found)
    else:
        lines = [
            (one.who or "(nobody)", one.tenant, f"{one.logins:,}", f"{one.wrong_passwords:,}",
             f"{one.changes:,}", f"{one.refused:,}", moment(one.last))
            for one in found
        ]  # fmt: skip
        headings = ("user", "tenant", "logins", "wrong passwords", "changes", "refused", "last")
        letting_in.show(headings, lines)
    return DONE


async def _activity(access: Access) -> Sequence[Doer]:
    return (await access.reading.activity(Wanted())).newest_first()


def _head(text: str) -> Head:
    seq, _, hash = text.partition(":")
    if not seq.isdigit() or not hash:
        raise click.UsageError("--head takes what `heddle audit verify` printed: SEQ:HASH.")
    return Head(int(seq), hash)


def _show(entries: Sequence[Entry]) -> None:
    letting_in.show(
        ("who", "when", "what", "to", "", "from"),
        [
            (
                "/".join(part for part in (one.tenant, one.who or "(nobody)") if part),
                moment(one.at),
                one.what,
                one.target,
                one.detail if one.outcome == "done" else f"{one.outcome} {one.detail}".strip(),
                one.address,
            )
            for one in entries
        ],
    )
